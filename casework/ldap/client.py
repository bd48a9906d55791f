"""What does an LDAP directory say of its people, and is this somebody's password there?

By ldap3, an extra that is loaded where a directory is named (RFC 4511). Everything is read from scratch; whatever it
says that is not whole (a limit, a referral, a silence) is Away, so that nobody is taken for gone by it.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from casework.ldap.setup import Directory

log = structlog.get_logger()

CONNECT: Final = 3
ANSWER: Final = 10
"""Seconds."""
PAGE: Final = 500
MOST: Final = 100_000
"""People, or groups, of one directory."""
SUCCESS: Final = 0
BUSY: Final = (51, 52)
"""Result codes; the latter say that it cannot answer now."""
INSTALL: Final = ".venv/bin/python -m pip install --require-hashes -r requirements-ldap.txt"
NOT_INSTALLED: Final = f"A directory is named, but the extra `ldap` is not installed: {INSTALL}"
Values = dict[str, list[bytes]]


class Away(Exception):
    """The directory does not answer, or not wholly: what it has is not known. The text says why, for administrators."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in the directory. `id` never changes; `groups`: how those are named, by DN and by plain name."""

    id: str
    dn: str
    name: str
    first: str = ""
    last: str = ""
    email: str = ""
    groups: frozenset[str] = frozenset()


def is_installed() -> bool:
    return find_spec("ldap3") is not None


def everybody(directory: Directory) -> tuple[Entry, ...]:
    """All whom it lets in, with their groups. Raises Away."""
    with _asked(directory) as connection:
        people = list(_found(connection, directory.people, directory.people_filter, _of_people(directory)))
        groups = _groups(connection, directory, directory.groups_filter)
    return tuple(_entry(directory, dn, values, groups) for dn, values in people)


def who_signs_in(directory: Directory, id: str, password: str) -> Entry | None:
    """Who has this id, if this is their password there; None: it is not, or they are let in no more.

    `id` empty: nobody is; it takes as long. Raises Away.
    """
    from ldap3.utils.conv import escape_filter_chars

    with _asked(directory) as connection:
        named = f"({directory.id}={_id_in_filter(directory, id) if id else secrets.token_hex(8)})"
        found = list(
            _found(connection, directory.people, f"(&{directory.people_filter}{named})", _of_people(directory))
        )
        alone = found[0] if len(found) == 1 else None
        dn = alone[0] if alone else f"{directory.name}={secrets.token_hex(8)},{directory.people}"
        if not _is_password(directory, dn, password if alone else secrets.token_hex(8)) or alone is None:
            return None
        member = alone[0] if _by_dn(directory) else _one(alone[1], directory.name)
        named = f"({directory.member}={escape_filter_chars(member)})"
        groups = _groups(connection, directory, f"(&{directory.groups_filter}{named})")
    return _entry(directory, *alone, groups)


def _is_password(directory: Directory, dn: str, password: str) -> bool:
    """By binding as them. An empty password would be nobody's (RFC 4513, 5.1.2), whatever it answers."""
    if not password or "\0" in password:
        return False
    with _answered():
        connection = _opened(directory, dn, password)
        try:
            is_right = bool(connection.bind())
            if connection.result["result"] in BUSY:
                raise Away(f"it is {connection.result['description']}")
            return is_right
        finally:
            connection.unbind()


@contextmanager
def _asked(directory: Directory) -> Iterator[Any]:
    """A connection on which we are who reads. Raises Away."""
    with _answered():
        connection = _opened(directory, directory.who or None, directory.password or None)
        try:
            if not connection.bind():
                raise Away(f"it does not let us read: {connection.result['description']}")
            yield connection
        finally:
            connection.unbind()


@contextmanager
def _answered() -> Iterator[None]:
    if not is_installed():
        raise Away(NOT_INSTALLED)
    from ldap3.core.exceptions import LDAPException

    try:
        yield
    except (LDAPException, OSError) as error:
        log.warning("the directory is away", why=str(error)[:200])
        raise Away(f"it does not answer as it should ({type(error).__name__}: {str(error)[:150]})") from error


def _opened(directory: Directory, who: str | None, password: str | None) -> Any:
    import ldap3

    parts = urlsplit(directory.address)
    is_ldaps = parts.scheme == "ldaps"
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=directory.ca or None)
    server = ldap3.Server(
        parts.hostname, parts.port or (636 if is_ldaps else 389), use_ssl=is_ldaps, tls=tls, get_info=ldap3.NONE,
        connect_timeout=CONNECT,
    )  # fmt: skip
    connection = ldap3.Connection(
        server, who, password, receive_timeout=ANSWER, auto_referrals=False, check_names=False, read_only=True,
        return_empty_attributes=False,
    )  # fmt: skip
    connection.open()
    if directory.starttls and not is_ldaps and not connection.start_tls():
        connection.unbind()
        raise Away("it does not speak TLS")
    return connection


def _found(connection: Any, base: str, asked: str, attributes: list[str]) -> Iterator[tuple[str, Values]]:
    """(DN, attributes) of all that fit, page by page. Raises LDAPException where they are not all."""
    answers = connection.extend.standard.paged_search(
        base, asked, attributes=attributes, paged_size=PAGE, generator=True
    )
    for count, answer in enumerate(answers):
        if answer["type"] != "searchResEntry":
            raise Away("it refers to another directory for some of them")
        if count >= MOST:
            raise Away(f"it has more than {MOST:,} of them")
        yield str(answer["dn"]), {name.lower(): list(values) for name, values in answer["raw_attributes"].items()}
    if connection.result["result"] != SUCCESS:
        raise Away(f"it says of {base}: {connection.result['description']}")


def _groups(connection: Any, directory: Directory, asked: str) -> dict[str, frozenset[str]]:
    """As what the groups of each member are named: by DN, and by the plain name that one group alone has."""
    if not directory.groups:
        return {}
    found = list(_found(connection, directory.groups, asked, ["cn", directory.member]))
    plain = [_one(values, "cn") for _, values in found]
    named: dict[str, set[str]] = {}
    for (dn, values), name in zip(found, plain, strict=True):
        if any(key.startswith(f"{directory.member.lower()};range=") for key in values):
            raise Away(f"it gives the members of {name} in parts, which is not read here")
        names = {dn} | ({name} if name and plain.count(name) == 1 else set())
        for member in values.get(directory.member.lower(), ()):
            named.setdefault(_same(_text(member)), set()).update(names)
    return {member: frozenset(names) for member, names in named.items()}


def _entry(directory: Directory, dn: str, values: Values, groups: dict[str, frozenset[str]]) -> Entry:
    name = _one(values, directory.name)
    member = dn if _by_dn(directory) else name
    return Entry(
        _id(directory, values), dn, name, _one(values, "givenName"), _one(values, "sn"), _one(values, "mail"),
        groups.get(_same(member), frozenset()),
    )  # fmt: skip


def _of_people(directory: Directory) -> list[str]:
    return [directory.id, directory.name, "givenName", "sn", "mail"]


def _by_dn(directory: Directory) -> bool:
    """Whether groups name their members by DN (RFC 4519), and not by sign-in name (RFC 2307)."""
    return directory.member.lower() != "memberuid"


def _id(directory: Directory, values: Values) -> str:
    found = values.get(directory.id.lower(), [b""])[0]
    if directory.id.lower() == "objectguid" and len(found) == 16:
        return str(UUID(bytes_le=found))
    return _text(found)


def _id_in_filter(directory: Directory, id: str) -> str:
    from ldap3.utils.conv import escape_bytes, escape_filter_chars

    if directory.id.lower() == "objectguid":
        return str(escape_bytes(UUID(id).bytes_le))
    return str(escape_filter_chars(id))


def _one(values: Values, name: str) -> str:
    """The first value of an attribute."""
    return _text(values.get(name.lower(), [b""])[0])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()


def _same(dn: str) -> str:
    """A DN, or a name, as it is compared: without regard to case and to spaces between its parts."""
    from ldap3.core.exceptions import LDAPInvalidDnError
    from ldap3.utils.dn import parse_dn

    try:
        return ",".join(f"{name}={value}{mark}" for name, value, mark in parse_dn(dn, strip=True)).casefold()
    except LDAPInvalidDnError:
        return dn.casefold()
