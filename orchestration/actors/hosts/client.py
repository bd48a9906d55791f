"""How is another system asked over HTTP, within limits?

One request, one answer: to listed hosts only, within a time for all of it and a size, compressed answers refused,
redirects followed as often as the caller says (never, unless it does), each judged like the first. What may not be
known by whoever is redirected to (credentials) stays behind.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

import httpcore2
import httpx2

from orchestration.actors.hosts.addresses import HostRefused, Listed, permitted
from orchestration.actors.hosts.connecting import ListedHosts, TimeOver
from orchestration.ground.counts import counted

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
SAFE: Final = frozenset({"GET", "HEAD"})

for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # their lines hold addresses, and with them data of cases


class WireFault(Exception):
    """There is no answer that could be used. `undone`: the request was certainly not carried out."""

    def __init__(self, message: str, *, temporary: bool, undone: bool) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.undone = undone


@dataclass(frozen=True, slots=True)
class Sent:
    """A request. `credentials` are headers that only the first host gets, and that are shown to nobody."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Got:
    """An answer; the names of its headers in small letters. `next`: where its header Link says the next page is."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one exchange: seconds for all of it, bytes of the answer, redirects that are followed."""

    seconds: float = 30.0
    most_bytes: int = 1_000_000
    redirects: int = 0


class _Transport(httpx2.HTTPTransport):
    """httpx's own, over connections that only the list decides on; one connection, used once."""

    def __init__(self, backend: ListedHosts, *, tls: bool) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls() if tls else None, network_backend=backend, max_connections=1, max_keepalive_connections=0
        )


def exchange(sent: Sent, listed: Iterable[Listed], bounds: Bounds) -> Got:
    """Send it and read the answer. Raises WireFault."""
    listed, until = tuple(listed), time.monotonic() + bounds.seconds
    for _ in range(bounds.redirects + 1):
        got = _once(sent, listed, bounds.most_bytes, until)
        onward = _onward(sent, got) if bounds.redirects else None
        if onward is None:
            return got
        sent = onward
    raise WireFault(f"It redirects more than {counted(bounds.redirects, 'time')}.", temporary=False, undone=True)


def reach(url: str, listed: Iterable[Listed], seconds: float) -> None:
    """Connect to where this address is, with TLS where it has it, and send nothing. Raises WireFault."""
    backend = ListedHosts(listed, time.monotonic() + seconds)
    sent = Sent("HEAD", url)
    try:
        found = _request(sent, tuple(listed)).url
        stream = backend.connect_tcp(found.raw_host.decode("ascii"), _port(found))
        if found.scheme == "https":
            stream = stream.start_tls(_tls(), found.host)
        stream.close()
    except HostRefused as refused:
        raise WireFault(str(refused), temporary=False, undone=True) from None
    except httpx2.InvalidURL:
        raise WireFault("The address that it would be sent to is none.", temporary=False, undone=True) from None
    except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
        raise _fault(error, sent, reached=backend.connected) from None


def _port(url: httpx2.URL) -> int:
    return url.port if url.port is not None else {"http": 80, "https": 443}[url.scheme]


def _once(sent: Sent, listed: tuple[Listed, ...], most: int, until: float) -> Got:
    backend = ListedHosts(listed, until)
    try:
        request = _request(sent, listed)
        with _Transport(backend, tls=request.url.scheme == "https") as transport:
            response = transport.handle_request(request)
            try:
                return _read(sent, response, most)
            finally:
                response.close()
    except HostRefused as refused:
        raise WireFault(str(refused), temporary=False, undone=True) from None
    except httpx2.InvalidURL:
        raise WireFault("The address that it would be sent to is none.", temporary=False, undone=True) from None
    except (httpx2.HTTPError, httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
        raise _fault(error, sent, reached=backend.connected) from None


def _request(sent: Sent, listed: tuple[Listed, ...]) -> httpx2.Request:
    url = httpx2.URL(sent.url)
    if url.scheme not in ("http", "https") or not url.host:
        raise HostRefused("Only addresses that begin with https:// or http:// are called.")
    if url.userinfo:
        raise HostRefused("An address that holds a user's name or password is not called.")
    entry = permitted(url.raw_host.decode("ascii"), _port(url), listed)
    if url.scheme == "http" and sent.credentials and not entry.private:
        raise HostRefused(f"{entry.host} would get a secret without TLS: use https://.")
    headers = {"Accept-Encoding": "identity", "User-Agent": "Casewright", **sent.headers, **sent.credentials}
    return httpx2.Request(sent.method, url, headers=headers, content=sent.content or None)


def _read(sent: Sent, response: httpx2.Response, most: int) -> Got:
    if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise WireFault("It answered compressed, which it was not asked to.", temporary=False, undone=False)
    parts, size = [], 0
    for part in response.iter_raw():
        size += len(part)
        if size > most:
            raise WireFault(f"Its answer has more than {most} bytes.", temporary=False, undone=False)
        parts.append(part)
    onward = response.links.get("next", {}).get("url", "")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Got(response.status_code, headers, b"".join(parts), sent.url, onward)


def _onward(sent: Sent, got: Got) -> Sent | None:
    """The request that a redirect asks for; None where there is none, or where it would do something twice."""
    place = got.headers.get("location", "")
    if got.status not in REDIRECTS or not place or sent.method not in SAFE:
        return None
    url = following(sent.url, place)
    if httpx2.URL(sent.url).scheme == "https" and httpx2.URL(url).scheme != "https":
        raise WireFault("It redirects from https:// to an address without TLS.", temporary=False, undone=True)
    same = origin(url) == origin(sent.url)
    return replace(sent, url=url, credentials=sent.credentials if same else {})


def following(url: str, place: str) -> str:
    """Where a place that an answer names leads, seen from the address that was asked. Raises WireFault."""
    try:
        return str(httpx2.URL(url).join(place))
    except (httpx2.InvalidURL, ValueError):
        raise WireFault("The address that it leads on to is none.", temporary=False, undone=True) from None


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: whoever has the same is the same system."""
    found = httpx2.URL(url)
    return found.scheme, found.host, found.port


def _fault(error: Exception, sent: Sent, *, reached: bool) -> WireFault:
    host = httpx2.URL(sent.url).host
    if _is_about_certificate(error):
        return WireFault(f"The certificate of {host} does not hold.", temporary=False, undone=True)
    if not reached:
        return WireFault(f"{host} cannot be reached.", temporary=True, undone=True)
    if isinstance(error, httpx2.TimeoutException | httpcore2.TimeoutException | TimeOver):
        return WireFault(f"{host} did not answer in time.", temporary=True, undone=False)
    return WireFault(f"{host} ended the connection, or answered what is no HTTP.", temporary=True, undone=False)


def _is_about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


@cache
def _tls() -> ssl.SSLContext:
    """What certificates are held against; made once, since that takes some 20 ms."""
    return ssl.create_default_context()
