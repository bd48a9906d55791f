"""How does a call of another system over HTTP answer a job?

The kind `http`: its artefact is the connector's file (`docs/connectors.md`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from orchestration.actors import call
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.hosts.addresses import Listed
from orchestration.actors.hosts.client import Bounds, Got, WireFault, exchange, following, origin, reach
from orchestration.actors.hosts.register import listed_hosts
from orchestration.actors.kinds.files import FileRefused
from orchestration.actors.kinds.http_connector.answer import answer_of, scope_of
from orchestration.actors.kinds.http_connector.file import Connector, Pages, connector_of
from orchestration.actors.kinds.http_connector.request import Request, base_address, request_of, signed, with_query
from orchestration.actors.kinds.http_connector.token import bearing_token, grant_of, token_for

Json = Any

HEALTH_SECONDS: Final = 5.0


class Unsent(ActorError):
    """The request was certainly not carried out: nothing of it left."""


class HttpConnector:
    """An actor that asks another system over HTTP, as its file says. Kinds that speak HTTP too build on it."""

    read: Callable[[bytes], Connector] = staticmethod(connector_of)

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        self.key = key
        self.version = version
        try:
            self.connector = self.read(artefact or b"")
        except FileRefused as refused:
            raise ActorError(f"The connector's file is not sound: {refused}", temporary=False) from None
        self.capability = self.connector.capability
        self.input_schema = dict(self.connector.input)
        self.output_schema = dict(self.connector.output)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Ask once, page by page where the file says so. Raises ActorError."""
        request = request_of(self.connector, input, idempotency_key)
        got, scope = asked(self.connector, request, input, idempotency_key)
        return answer_of(self.connector.answers, got, self.known(scope), repeatable=self.connector.repeatable)

    def known(self, scope: dict[str, Json]) -> dict[str, Json]:
        """What the rules of answers may read, from what every answer over HTTP has."""
        return scope

    def shown(self, input: Json, key: str) -> dict[str, Json]:
        """The first request that it would send, with its secrets as dots. Raises ActorError."""
        return request_of(self.connector, input, key).shown()

    def health(self) -> str:
        """Why it cannot be reached now; empty where a connection came about. Nothing is sent. Raises ActorError."""
        base = base_address(self.connector.server) + str(self.connector.url[0])
        try:
            reach(base, listed_hosts(), HEALTH_SECONDS)
        except WireFault as fault:
            return str(fault)
        return ""


def asked(connector: Connector, request: Request, input: Json, key: str) -> tuple[Got, dict[str, Json]]:
    """The answer, and what expressions may read of it; with pages the last one, and `items` of all. Raises ActorError.

    The time of the file, or what the capability leaves of it, is for all pages together.
    """
    listed, until = listed_hosts(), time.monotonic() + min(connector.timeout, call.current().limit.total_seconds())
    request, got = _exchanged(connector, request, listed, until)
    scope = scope_of(got, input, request.secrets, repeatable=connector.repeatable)
    if connector.pages is None:
        return got, scope
    items = _items(connector.pages, scope)
    for _ in range(connector.pages.most - 1):
        onward = _onward(connector, connector.pages, request, got, scope, key)
        if onward is None:
            break
        request, got = _exchanged(connector, onward, listed, until)
        scope = scope_of(got, input, request.secrets, repeatable=connector.repeatable)
        items += _items(connector.pages, scope)
    return got, scope | {"items": items}


def _exchanged(connector: Connector, request: Request, listed: tuple[Listed, ...], until: float) -> tuple[Request, Got]:
    """What went out and what came back. A token that is refused is asked for anew, once: nothing was done under it."""
    grant = grant_of(connector)
    if grant is None:
        return request, sent(request, listed, _bounds(connector, until), repeatable=connector.repeatable)
    token = token_for(grant, listed, _bounds(connector, until))
    bearing = bearing_token(request, token)
    got = sent(bearing, listed, _bounds(connector, until), repeatable=connector.repeatable)
    if got.status != 401:
        return bearing, got
    bearing = bearing_token(request, token_for(grant, listed, _bounds(connector, until), refused=token))
    return bearing, sent(bearing, listed, _bounds(connector, until), repeatable=connector.repeatable)


def sent(request: Request, listed: Iterable[Listed], bounds: Bounds, *, repeatable: bool) -> Got:
    """The answer to a request. Raises ActorError; temporary only where asking again can do nothing twice."""
    try:
        return exchange(request.sent, listed, bounds)
    except WireFault as fault:
        again = fault.temporary and (fault.undone or repeatable)
        unknown = "" if again or fault.undone else " Whether it was carried out is not known."
        raise (Unsent if fault.undone else ActorError)(str(fault) + unknown, temporary=again) from None


def _bounds(connector: Connector, until: float) -> Bounds:
    return Bounds(until - time.monotonic(), connector.most_bytes, connector.redirects)


def _items(pages: Pages, scope: Mapping[str, Json]) -> list[Json]:
    found = pages.items.filled(scope)
    return found if isinstance(found, list) else []


def _onward(
    connector: Connector, pages: Pages, request: Request, got: Got, scope: Mapping[str, Json], key: str
) -> Request | None:
    """The request for the next page; None where this was the last. It goes to the same system."""
    if pages.query is not None:
        query = pages.query.filled(scope)
        return None if None in query.values() else with_query(connector, request, query, key)
    place = got.next if pages.link else None if pages.next is None else pages.next.filled(scope)
    if not isinstance(place, str) or not place:
        return None
    try:
        url = following(request.sent.url, place)
    except WireFault as fault:
        raise ActorError(str(fault), temporary=False) from None
    if origin(url) != origin(request.sent.url):
        raise ActorError("The next page would be another system's: it is not asked for.", temporary=False)
    return signed(connector.auth, replace(request.sent, url=url, credentials={}), key)
