"""How is a host connected to, so that nothing but the list decides where to?

Everything that connects comes by here (`httpcore` network backend): the host is looked for on the list, its name is
resolved once, each address is judged, and the connection goes to an address that was judged: what the name leads to a
moment later does not matter (DNS rebinding). No proxy of the environment is asked. All waiting together has one end.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any

import httpcore2

from orchestration.actors.hosts.addresses import Address, HostRefused, Listed, address_refused, permitted, plain_host


class TimeOver(httpcore2.ReadTimeout):
    """The whole exchange has taken as long as it may."""


class ListedHosts(httpcore2.NetworkBackend):
    """Connects to hosts on the list, until a moment of the monotonic clock. `connected` is true once one is reached."""

    def __init__(self, listed: Iterable[Listed], until: float) -> None:
        self._listed, self._until = tuple(listed), until
        self.connected = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        """Raises HostRefused, or httpcore's ConnectError and ConnectTimeout."""
        addresses = judged(host, port, self._listed, self._until)
        error: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            try:
                stream = httpcore2.SyncBackend().connect_tcp(str(address), port, remaining(self._until), None, ())
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                error = failed
                continue
            self.connected = True
            return _Bounded(stream, self._until)
        raise error


class _Bounded(httpcore2.NetworkStream):
    """A stream of which no wait goes beyond the end of the whole exchange, whatever trickles in."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, remaining(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, remaining(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, remaining(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def judged(host: str, port: int, listed: Iterable[Listed], until: float) -> Sequence[Address]:
    """The addresses of a listed host, each of which may be connected to. Raises HostRefused and ConnectError."""
    entry = permitted(host, port, listed)
    addresses = resolved(plain_host(host), port, until)
    for address in addresses:
        if why := address_refused(address, entry):
            raise HostRefused(why)
    return addresses


def remaining(until: float) -> float:
    """Seconds that are left. Raises TimeOver."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeOver("the time is over")
    return left


def resolved(host: str, port: int, until: float) -> Sequence[Address]:
    """What a name leads to, asked once; names below `localhost` lead here, whoever else would answer (RFC 6761)."""
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    if host == "localhost" or host.endswith(".localhost"):
        return [ip_address("127.0.0.1")]
    return _asked(host, port, remaining(until))


def _asked(host: str, port: int, seconds: float) -> Sequence[Address]:
    """Ask for the name's addresses in a thread of its own: the system's resolver knows no limit that we could set."""
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            answers.put([str(row[4][0]) for row in found])
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise httpcore2.ConnectTimeout("the name was not resolved in time") from None
    if isinstance(found, OSError):
        raise httpcore2.ConnectError("the name is not known")
    return [ip_address(text.partition("%")[0]) for text in dict.fromkeys(found)]
