"""Which request does a connector make of the input of a job?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx2

from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.client import Sent
from orchestration.actors.kinds.http_connector.credentials import Credentials, Signed, credentials
from orchestration.actors.kinds.http_connector.file import Connector
from orchestration.actors.kinds.mapping import Filled
from orchestration.ground import clock
from orchestration.ground.secrets import DOTS, Secret, SecretMissing
from orchestration.ground.servers import ServerUnknown, server_address

Json = Any

TYPES: Final = {
    "json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
}  # fmt: skip
MOST_HEADER: Final = 4_000


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and the secrets in it, which may not come back."""

    sent: Sent
    secrets: tuple[Secret, ...] = ()

    def shown(self) -> dict[str, Json]:
        """The request as people may see it: secrets as dots."""
        dots = dict.fromkeys(self.sent.credentials, DOTS)
        content = self.sent.content.decode("utf-8", "replace")
        return {
            "method": self.sent.method, "url": self.sent.url, "headers": {**self.sent.headers, **dots}, "body": content,
        }  # fmt: skip


def request_of(connector: Connector, input: Json, key: str) -> Request:
    """The request for this input. Raises ActorError (not temporary)."""
    scope = {"input": input}
    sent = Sent(
        connector.method, _address(connector, scope), _headers(connector, scope, key), _content(connector, scope)
    )
    return signed(connector.auth, sent, key)


def signed(auth: Mapping[str, Json], sent: Sent, key: str) -> Request:
    """The request with what shows who sends it. Raises ActorError (not temporary)."""
    path = httpx2.URL(sent.url).raw_path.decode("ascii")
    try:
        found: Credentials = credentials(auth, Signed(sent.method, path, sent.content, key, clock.utc_now()))
    except SecretMissing as missing:
        raise ActorError(str(missing), temporary=False) from None
    for value in found.headers.values():
        if not _may_stand(value):
            raise ActorError("The secret holds characters that no header can carry.", temporary=False)
    return Request(replace(sent, credentials=found.headers), found.secrets)


def with_query(connector: Connector, request: Request, query: Mapping[str, Json], key: str) -> Request:
    """The same request with other values in its query."""
    url = httpx2.URL(request.sent.url).copy_merge_params(list(_pairs(query)))
    return signed(connector.auth, replace(request.sent, url=str(url), credentials={}), key)


def base_address(server: str) -> str:
    """Where the named server stands; empty where none is named. Raises ActorError (not temporary)."""
    try:
        return server_address(server) if server else ""
    except ServerUnknown as unknown:
        raise ActorError(str(unknown), temporary=False) from None


def _address(connector: Connector, scope: Mapping[str, Json]) -> str:
    path = "".join(_in_path(piece.filled(scope)) if isinstance(piece, Filled) else piece for piece in connector.url)
    query = urlencode(list(_pairs(connector.query.filled(scope))), quote_via=quote)
    return base_address(connector.server) + path + (f"?{query}" if query else "")


def _in_path(value: Json) -> str:
    """A value as one part of a path: nothing in it leads out of that part."""
    text = _plain(value)
    if text in ("", ".", ".."):
        raise ActorError("A value that the address needs is missing.", temporary=False)
    return quote(text, safe="")


def _pairs(given: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Names and values of a query or form: null is left out, a list stands for several."""
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield name, _plain(one)


def _plain(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise ActorError("A list or an object stands where one value belongs.", temporary=False)
    return "" if value is None else str(value)


def _headers(connector: Connector, scope: Mapping[str, Json], key: str) -> dict[str, str]:
    found = {name: _plain(value) for name, value in connector.headers.filled(scope).items() if value is not None}
    if any(not _may_stand(value) for value in found.values()):
        raise ActorError("A value holds characters that no header can carry.", temporary=False)
    named = {name.lower() for name in found}
    if connector.body is not None and "content-type" not in named:
        found["Content-Type"] = TYPES[connector.form]
    if "accept" not in named:
        found["Accept"] = "application/json, application/xml;q=0.9, text/plain;q=0.8"
    return found | ({connector.idempotency: key} if connector.idempotency else {})


def _may_stand(value: str) -> bool:
    """Whether a header can carry it: no line break can begin a header of its own."""
    return value.isascii() and value.isprintable() and len(value) <= MOST_HEADER


def _content(connector: Connector, scope: Mapping[str, Json]) -> bytes:
    if connector.body is None:
        return b""
    value = connector.body.filled(scope)
    match connector.form:
        case "json":
            return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        case "form":
            return urlencode(list(_pairs(value))).encode()
    return _plain(value).encode()
