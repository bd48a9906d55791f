"""What would somebody send who means harm? Crafted requests from a seed, and archives and documents that swell."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Json = Any
TAG: Final = "<script>zq4417()</script>"
SPLIT: Final = "zq\r\nX-Injected: yes"
ELSEWHERE: Final = "//evil.example/zq"
TEXTS: Final = (
    TAG, '"><img src=x onerror=zq4417()>', "javascript:zq4417()", "' OR '1'='1", "1; drop table auth_user; --",
    "%' union select password from auth_user --", "{{7*1910417}}", "{% debug %}", "${7*1910417}", "#{7*1910417}",
    "; cat /etc/passwd",
    "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd\0.png", "\0", "\ud800", SPLIT, ELSEWHERE,
    "https://evil.example/zq", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "A" * 100_000,
    "\u202eevil\u202c", "=HYPERLINK(1)", "-1", "0", "9" * 40, "1e400", "NaN", "null", "[]", "true", "%00", "%s%n%x",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", "*)(uid=*))(|(uid=*", "\\x00\\xff", " ", "",
)  # fmt: skip
NAMES: Final = (
    "q", "next", "back", "reference", "reason", "message", "path", "at", "since", "before", "register", "who", "field",
    "case", "name", "username", "password", "url", "file", "tab", "sort", "state", "kind", "version", "as", "group",
    "is_superuser", "id", "pk", "by", "definition", "action", "answers", "data", "card",
)  # fmt: skip
HEADERS: Final = (
    {}, {}, {"X-HTTP-Method-Override": "DELETE"}, {"X-Forwarded-For": "127.0.0.1"}, {"Origin": "https://evil.example"},
    {"Authorization": "Bearer cww_zq"}, {"Authorization": "Bearer " + "A" * 5000}, {"HX-Request": "true"},
    {"Cookie": "sessionid=zq; csrftoken=zq"}, {"Accept-Language": "../../etc"}, {"X-Request-ID": TAG},
    {"Content-Type": "application/xml"}, {"Content-Type": "text/plain"}, {"If-None-Match": "*"}, {"Range": "bytes=0-1"},
)  # fmt: skip


@dataclass(frozen=True)
class Crafted:
    """One request. `door`: by name, with `parts` of its address changed; `body`: bytes as they are, or a form."""

    door: str
    method: str
    role: str
    parts: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def crafted(doors: list[str], roles: list[str], many: int, seed: int = 1) -> Iterator[Crafted]:
    """So many, over all doors in turn."""
    chance = random.Random(seed)
    for at in range(many):
        door, role = doors[at % len(doors)], chance.choice(roles)
        method = chance.choice(["GET", "GET", "POST", "POST", "POST", "PUT", "DELETE"])
        wild = {name: chance.choice(TEXTS) for name in chance.sample(NAMES, 4)}
        one = Crafted(door, method, role, query=wild, headers=dict(chance.choice(HEADERS)))
        if method in ("POST", "PUT"):
            one = Crafted(door, method, role, form=wild, headers=one.headers, body=_body(chance, wild))
        yield one


def _body(chance: random.Random, wild: dict[str, str]) -> bytes | None:
    """None: sent as a form."""
    deep = "[" * 3000 + "]" * 3000
    said = json.dumps({**wild, "answers": {"verdict": wild}, "data": [wild] * 3}).encode()
    choices = [None, None, said, said, deep.encode(), b"{", b"\xff\xfe\x00", said[:-5], b'{"a":' * 2000, entities()]
    return chance.choice(choices)


def entities(levels: int = 12) -> bytes:
    """XML that is a billion of letters once its entities are replaced."""
    lines = ['<!ENTITY a0 "zqzqzqzqzq">']
    lines += [f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, levels)]
    return f"<?xml version='1.0'?><!DOCTYPE x [{''.join(lines)}]><x>&a{levels - 1};</x>".encode()


def archive(megabytes: int = 300, name: str = "manifest.yaml") -> bytes:
    """A small zip that is large once it is unpacked."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed, packed.open(name, "w") as out:
        for _ in range(megabytes):
            out.write(b" " * 1_000_000)
    return content.getvalue()


def climbing() -> bytes:
    """A zip whose files would stand elsewhere."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name in ("../../evil.yaml", "/etc/evil.yaml", "manifest.yaml"):
            packed.writestr(name, "key: evil\n")
    return content.getvalue()
