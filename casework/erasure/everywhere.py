"""Does a word stand anywhere in what the product keeps?

Every row of every table, each file below the state folder but the database's own, and what the broker and the cache
hold; in clear, in hex, in base64 at each of its three places, whatever the capitals. For marks of ASCII letters and
digits, which look the same in JSON, HTML and addresses.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection

from casework.runtime.locations import locations
from orchestration.documents import store
from orchestration.documents.reached import Reached
from orchestration.ground.counts import counted

APART: Final = frozenset({"postgres", "postgres.log", "node_modules"})
"""Below the state folder: the database's own files, whose dead rows go with the next vacuum."""
LARGEST: Final = 200_000_000


@dataclass(slots=True)
class Everywhere:
    """`hits`: where the mark stands, in words. The rest: how much was looked through."""

    hits: list[str] = field(default_factory=list)
    tables: int = 0
    files: int = 0
    keys: int = 0


def forms(mark: str) -> frozenset[str]:
    """How a mark may be written, in small letters. Raises ValueError where it is not of ASCII letters and digits."""
    if not (mark.isascii() and mark.isalnum()):
        raise ValueError("a mark is of ASCII letters and digits")
    found = {mark.lower()}
    for spelled in (mark, mark.lower(), mark.upper()):
        found.add(spelled.encode().hex())
        for before in range(3):
            whole = b64encode(b"_" * before + spelled.encode()).decode().rstrip("=")
            start = (before * 8 + 5) // 6
            found.add(whole[start : (before + len(spelled)) * 8 // 6].lower())
    return frozenset(found)


def look(mark: str) -> Everywhere:
    """Look for a mark everywhere."""
    found, wanted = Everywhere(), forms(mark)
    _in_tables(found, wanted)
    _in_files(found, [one.encode() for one in wanted])
    _in_bucket(found, [one.encode() for one in wanted])
    _in_memory(found, [one.encode() for one in wanted])
    return found


def _in_tables(found: Everywhere, wanted: frozenset[str]) -> None:
    patterns = [f"%{one}%" for one in sorted(wanted)]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            statement = f"select count(*) from {quoted} t where lower(t::text) like any(%s)"  # noqa: S608 - a table's name
            cursor.execute(statement, [patterns])
            count = cursor.fetchone()[0]
            found.tables += 1
            if count:
                found.hits.append(f"{counted(count, 'row')} of {table}")


def _in_files(found: Everywhere, wanted: list[bytes]) -> None:
    for path in _files():
        try:
            content = path.read_bytes().lower() if path.stat().st_size <= LARGEST else b""
        except OSError:
            continue  # gone since, or a socket
        found.files += 1
        if any(one in content for one in wanted) or any(one in path.name.lower().encode() for one in wanted):
            found.hits.append(str(path))


def _in_bucket(found: Everywhere, wanted: list[bytes]) -> None:
    """Documents that are kept elsewhere than in a folder, which the folders above have."""
    if isinstance(storages["documents"], FileSystemStorage):
        return
    try:
        for name, _ in store.all_kept():
            found.files += 1
            content = (Reached().read(name) or b"").lower()
            if any(one in content or one in name.lower().encode() for one in wanted):
                found.hits.append(f"document {name}")
    except store.Away as away:
        found.hits.append(f"not looked through, so nothing is shown: {away}")


def _files() -> Iterator[Path]:
    stores = (settings.STORAGES[name].get("OPTIONS", {}).get("location") for name in ("documents", "checkpoints"))
    folders = {Path(place).resolve() for place in (locations().state, settings.PICTURES, *stores) if place}
    alone = {folder for folder in folders if not any(other in folder.parents for other in folders)}
    for folder in sorted(alone):
        for here, inside, names in os.walk(folder):
            inside[:] = [name for name in inside if name not in APART]
            yield from (Path(here) / name for name in names if name not in APART)


def _in_memory(found: Everywhere, wanted: list[bytes]) -> None:
    """What a broker or cache of Redis's kind holds; any other keeps messages of numbers alone."""
    for address in {settings.CELERY_BROKER_URL, settings.CACHES["default"].get("LOCATION", "")}:
        if not str(address).startswith(("redis", "valkey", "unix")):
            continue
        try:
            _in_keys(found, redis.Redis.from_url(str(address).replace("redis+socket:", "unix:")), wanted)
        except redis.RedisError as error:
            found.hits.append(f"not looked through, so nothing is shown: the broker or cache, {type(error).__name__}")


def _in_keys(found: Everywhere, server: Any, wanted: list[bytes]) -> None:
    for key in server.scan_iter(count=500):
        found.keys += 1
        content = key + b" " + b" ".join(_held(server, key))
        if any(one in content.lower() for one in wanted):
            found.hits.append(f"the key {key!r} of the broker or cache")


def _held(server: Any, key: bytes) -> Iterator[bytes]:
    match server.type(key):
        case b"string":
            yield server.get(key) or b""
        case b"list":
            yield from server.lrange(key, 0, -1)
        case b"set":
            yield from server.smembers(key)
        case b"zset":
            yield from server.zrange(key, 0, -1)
        case b"hash":
            for name, value in server.hgetall(key).items():
                yield name + b" " + value
