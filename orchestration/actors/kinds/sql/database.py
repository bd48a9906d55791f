"""How is another database connected to? (PostgreSQL)

The connection string is a secret. Its host has to be on the list like any other, its address is judged before, and what
is not listed as private is connected to over TLS only. A socket of this machine (its folder as host) is `localhost`,
and has to be listed as private.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpcore2
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.addresses import HostRefused, permitted
from orchestration.actors.hosts.connecting import judged
from orchestration.actors.hosts.register import listed_hosts
from orchestration.ground.secrets import SecretMissing, secret

Connection = psycopg.Connection[dict[str, Any]]

OVER_TLS: Final = ("require", "verify-ca", "verify-full")
FORBIDDEN: Final = ("hostaddr", "service", "options", "passfile", "sslkey", "sslcert")
CONNECT_SECONDS: Final = 5
THIS_MACHINE: Final = "localhost"


@contextmanager
def connected(name: str, *, read_only: bool, seconds: float) -> Iterator[Connection]:
    """A connection to the database whose connection string is the secret of this name. Raises ActorError."""
    plain = _conninfo(name)
    address = _address(str(plain.get("host", "")), str(plain.get("port") or 5432), plain)
    settings = (
        f"-c statement_timeout={int(seconds * 1000)} -c idle_in_transaction_session_timeout={int(seconds * 1000)}"
    )
    settings += " -c default_transaction_read_only=on" if read_only else ""
    try:
        connection: Connection = psycopg.connect(
            **plain, hostaddr=address, options=settings, connect_timeout=CONNECT_SECONDS, row_factory=dict_row,
            application_name="casewright-connector",
        )  # fmt: skip
    except psycopg.OperationalError:
        raise ActorError(f"The database of {name!r} cannot be connected to.", temporary=True) from None
    except psycopg.Error:
        raise ActorError(f"The connection string of {name!r} is not sound.", temporary=False) from None
    with connection:
        yield connection


def _conninfo(name: str) -> dict[str, Any]:
    try:
        plain = dict(conninfo_to_dict(secret(name).reveal()))
    except SecretMissing as missing:
        raise ActorError(str(missing), temporary=False) from None
    except psycopg.ProgrammingError:
        raise ActorError(f"The secret {name!r} is no connection string.", temporary=False) from None
    if wrong := [one for one in FORBIDDEN if one in plain]:
        raise ActorError(f"The connection string of {name!r} may not say {wrong[0]}.", temporary=False)
    for ours in ("connect_timeout", "application_name"):
        plain.pop(ours, None)
    return plain


def _address(host: str, given: str, plain: dict[str, Any]) -> str | None:
    """The address that was judged, to which it is connected; None where that is a socket. Raises ActorError."""
    if not given.isascii() or not given.isdigit():
        raise ActorError("A connection string names one host, and one port.", temporary=False)
    listed, port = listed_hosts(), int(given[:6])
    try:
        entry = permitted(THIS_MACHINE if host.startswith("/") else host, port, listed)
        if host.startswith("/") and not entry.private:
            raise HostRefused(f"A socket is on this machine, and {THIS_MACHINE} is not listed as private.")
        if host.startswith("/"):
            return None
        if not entry.private and plain.get("sslmode") not in OVER_TLS:
            raise HostRefused(f"{host} would be connected to without TLS: set sslmode=verify-full.")
        return str(judged(host, port, listed, time.monotonic() + CONNECT_SECONDS)[0])
    except HostRefused as refused:
        raise ActorError(str(refused), temporary=False) from None
    except (httpcore2.ConnectError, httpcore2.TimeoutException, IndexError):
        raise ActorError(f"{host} cannot be reached.", temporary=True) from None
