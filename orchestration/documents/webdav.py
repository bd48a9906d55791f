"""How are documents kept in a folder (collection) of a WebDAV server?

A storage of Django's over RFC 4918. What the server does wrong is an OSError, as with a folder: silence within seconds,
an error of its own after one more try, a password that is not taken, a folder that is not there. Only a file that is
not there, in a folder that is, is FileNotFoundError.
A file is brought under a name of its own and moved to its place, so that nobody ever reads half of one.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

import httpx2
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from orchestration.documents.reached import BRINGING
from orchestration.engine.xml import MAX_BYTES, Element, XmlRefused, parse

CONNECT: Final = 3.0
ANSWER: Final = 10.0
"""Seconds until it says something: a person waits, and so does whoever shares the worker."""
WHOLE: Final = 6
"""Times as long until all is said."""
TRIES: Final = 2
LARGEST: Final = 64 * 2**20
"""Bytes of an answer: more than any document has."""
PROPERTIES: Final = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/>'
    b"<getlastmodified/></prop></propfind>"
)
NOT_THERE: Final = (404, 410)
AGAIN: Final = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder as the server lists it, by its path."""

    path: str
    is_folder: bool
    size: int
    modified: str


@deconstructible
class WebDav(Storage):
    """`address`: of the folder. A password goes over TLS, or to this machine alone."""

    def __init__(
        self, address: str, user: str = "", password: str = "", answer: float = ANSWER, tries: int = TRIES
    ) -> None:
        self.address, self.user, self.password = f"{address.rstrip('/')}/", user, password
        self.answer, self.tries = answer, tries
        parts = _parts(self.address)
        if (
            parts is None
            or parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            raise ImproperlyConfigured(
                "The address of the WebDAV folder for documents begins with https:// or http://."
            )
        if parts.username or parts.password:
            raise ImproperlyConfigured(
                "Name and password for WebDAV stand in settings of their own, not in its address."
            )
        if user and parts.scheme == "http" and not _is_here(parts.hostname):
            raise ImproperlyConfigured("A password for WebDAV goes over https:// only, but to this machine.")

    @cached_property
    def client(self) -> httpx2.Client:
        """Threads may share it. It goes where the address says: to no proxy, and nowhere that an answer sends it."""
        waits = httpx2.Timeout(self.answer, connect=min(CONNECT, self.answer))
        auth = httpx2.BasicAuth(self.user, self.password) if self.user else None
        return httpx2.Client(timeout=waits, auth=auth, trust_env=False, follow_redirects=False)

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        return ContentFile(self._done(name, "GET", 200).body, name)

    def _save(self, name: str, content: Any) -> str:
        body = content.read()
        brought = f"{BRINGING}/{name.rpartition('/')[2]}-{secrets.token_hex(4)}"
        self._within(brought, "PUT", 200, 201, 204, content=body)
        try:
            self._moved(brought, name, len(body))
        except OSError:
            self._left(brought)
            raise
        return name

    def _moved(self, brought: str, name: str, size: int) -> None:
        """To its place. Where somebody else has brought the same meanwhile, theirs stays; also where it stumbles
        over two at once (WsgiDAV answers 500 then, others 412)."""
        to = {"Destination": self._url(name), "Overwrite": "F"}
        said = self._within(brought, "MOVE", 201, 204, 412, 500, headers=to, into=name)
        if said.status not in (412, 500):
            return
        if said.status == 500 and not self.exists(name):
            raise OSError("the WebDAV server answers 500 to MOVE")
        if self.size(name) == size:
            self._left(brought)
        else:
            self._done(brought, "MOVE", 201, 204, headers=to | {"Overwrite": "T"})

    def _left(self, brought: str) -> None:
        """Remove what was brought, where that is possible: it is found and removed later otherwise."""
        try:
            self.delete(brought)
        except OSError:
            return

    def _within(self, name: str, method: str, *right: int, into: str = "", **more: Any) -> Said:
        """Ask; where the folder is not there yet (409), make it and ask once more."""
        said = self._done(name, method, *right, 409, **more)
        if said.status != 409:
            return said
        self._done(f"{(into or name).rpartition('/')[0]}/", "MKCOL", 201, 405)  # 405: it is there by now
        return self._done(name, method, *right, **more)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The same name stands for the same content."""
        return name

    def exists(self, name: str) -> bool:
        try:
            self._entry(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return self._entry(name).size

    def get_modified_time(self, name: str) -> datetime:
        try:
            said = parsedate_to_datetime(self._entry(name).modified)
        except ValueError:
            raise OSError("the WebDAV server does not say since when it has a file") from None
        return said if said.tzinfo else said.replace(tzinfo=UTC)

    def delete(self, name: str) -> None:
        try:
            self._done(name, "DELETE", 200, 204)
        except FileNotFoundError:
            return

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files in it; of one that is not there none."""
        folder = f"{path.strip('/')}/" if path.strip("/") else ""
        try:
            found = self._entries(folder, "1")
        except FileNotFoundError:
            return [], []
        below = _path(self._url(folder))
        inside = [one for one in found if one.path.startswith(below) and one.path.rstrip("/") != below.rstrip("/")]
        names = [(one.path[len(below) :].rstrip("/"), one.is_folder) for one in inside]
        return [name for name, is_folder in names if is_folder], [name for name, is_folder in names if not is_folder]

    def _entry(self, name: str) -> Entry:
        found = self._entries(name, "0")
        if not found:
            raise OSError("the WebDAV server does not say what it has")
        return found[0]

    def _entries(self, name: str, depth: str) -> list[Entry]:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        return _listed(self._done(name, "PROPFIND", 207, headers=headers, content=PROPERTIES).body)

    def _done(self, name: str, method: str, *right: int, **more: Any) -> Said:
        """What the server says of a file. Raises FileNotFoundError, OSError."""
        said = self._asked(name, method, **more)
        if said.status in NOT_THERE and said.status not in right:
            if name and self._asked("", "PROPFIND", headers={"Depth": "0"}, content=PROPERTIES).status == 207:
                raise FileNotFoundError(name)
            raise OSError("the WebDAV server does not have the folder")
        if said.status not in right:
            raise OSError(f"the WebDAV server answers {said.status} to {method}")
        return said

    def _asked(self, name: str, method: str, **more: Any) -> Said:
        tries = 1 if method == "MOVE" else self.tries
        for left in reversed(range(tries)):
            try:
                said = self._said(name, method, **more)
            except httpx2.HTTPError as error:
                if not left:
                    raise OSError(f"the WebDAV server does not answer ({type(error).__name__})") from error
                continue
            if said.status not in AGAIN or not left:
                return said
        raise AssertionError("the last try returns or raises")

    def _said(
        self, name: str, method: str, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Said:
        """One answer, within its time and size."""
        ends, body = time.monotonic() + WHOLE * self.answer, bytearray()
        with self.client.stream(method, self._url(name), headers=dict(headers or {}), content=content) as answer:
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST or time.monotonic() > ends:
                    raise OSError("the WebDAV server says more than it may, or too slowly")
            return Said(answer.status_code, bytes(body))

    def _url(self, name: str) -> str:
        return self.address + quote(name.replace("\\", "/").lstrip("/"))


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parts(address: str) -> SplitResult | None:
    """None for what is no address, such as a host in brackets that is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _path(address: str) -> str:
    """The path of an address or of a path, as people write it. Raises OSError."""
    parts = _parts(address)
    if parts is None:
        raise OSError("the WebDAV server names what is no address")
    return unquote(parts.path)


def _listed(body: bytes) -> list[Entry]:
    """What a multistatus tells of (RFC 4918, section 13). Raises OSError."""
    if len(body) > MAX_BYTES:
        raise OSError("the WebDAV server says more than it may")
    try:
        root = parse(body)
    except XmlRefused as error:
        raise OSError("the WebDAV server answers with what is no list") from error
    return [_of(one) for one in root.all("response") if one.first("href") is not None]


def _of(response: Element) -> Entry:
    found = {one.name: one for one in response.walk()}
    size = found["getcontentlength"].text.strip() if "getcontentlength" in found else ""
    modified = found["getlastmodified"].text.strip() if "getlastmodified" in found else ""
    return Entry(
        _path(found["href"].text.strip()), "collection" in found, int(size) if size.isdecimal() else 0, modified
    )
