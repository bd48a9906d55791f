"""What does the file of an HTTP connector say, and is it sound?

`connector_faults` tells all that is wrong, a sentence each; `connector_of` gives the file with its expressions read.
The host stands in the address as it is: no value of a case decides which host is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from orchestration.actors.kinds.files import FileRefused, file_faults, read_file, schema_faults
from orchestration.actors.kinds.http_connector.shape import VALIDATOR
from orchestration.actors.kinds.mapping import Filled, condition, expression_faults, mapping, mapping_faults

Json = Any

BEFORE: Final = frozenset({"input"})
AFTER: Final = frozenset({"input", "status", "headers", "body", "items"})
PAGE: Final = AFTER - {"items"}
PIECE: Final = re.compile(r"\{([^{}]*)\}")
HOST: Final = re.compile(r"https?://[^/?#{}@\\\s]+(?=/|$)", re.IGNORECASE)
REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
WAYS: Final = ("output", "error", "again", "fails")
NO_VALUES: Final = mapping({})
ANYTHING: Final[Mapping[str, Json]] = {"type": "object"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer for which `when` holds stands for: one of output, business error, another try, lasting failure."""

    when: Filled
    output: Filled | None = None
    confidence: Filled | None = None
    code: str | None = None
    again: float | None = None
    """Seconds to wait; 0 for as long as the capability says."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """How the next page is asked for, and what of a page is collected."""

    items: Filled
    next: Filled | None = None
    query: Filled | None = None
    link: bool = False
    most: int = 10


@dataclass(frozen=True, slots=True)
class Connector:
    """`url` in pieces: texts, and expressions whose values are put into the path. `idempotency`: the header of the key.

    `repeatable`: asking again does nothing twice.
    """

    capability: str
    title: str
    method: str
    server: str
    url: tuple[str | Filled, ...]
    answers: tuple[Rule, ...]
    query: Filled
    headers: Filled
    body: Filled | None
    form: str = "json"
    auth: Mapping[str, Json] = field(default_factory=dict)
    idempotency: str = ""
    repeatable: bool = False
    pages: Pages | None = None
    timeout: float = 30.0
    most_bytes: int = 1_000_000
    redirects: int = 0
    input: Mapping[str, Json] = field(default_factory=lambda: ANYTHING)
    output: Mapping[str, Json] = field(default_factory=lambda: ANYTHING)


def connector_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def connector_of(content: bytes) -> Connector:
    """The connector of a file. Raises FileRefused."""
    if wrong := connector_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    method = given["method"]
    return replace(
        over_http(given, method, given["url"], given.get("headers", {})),
        query=mapping(given.get("query", {})),
        body=mapping(given["body"]) if "body" in given else None,
        form=given.get("as", "json"),
        pages=_pages(given["pages"]) if "pages" in given else None,
        redirects=given.get("redirects", 0),
    )


def over_http(given: Mapping[str, Json], method: str, url: str, headers: Json) -> Connector:
    """What the files of all kinds that speak HTTP have in common."""
    idempotency = given.get("idempotency", "")
    return Connector(
        capability=given["capability"],
        title=given.get("title") or given["capability"],
        method=method,
        server=given.get("server", ""),
        url=tuple(_pieces(url)),
        answers=rules_of(given["answers"]),
        query=NO_VALUES,
        headers=mapping(headers),
        body=None,
        auth=given.get("auth", {}),
        idempotency=idempotency,
        repeatable=given.get("repeatable", bool(idempotency) or method in REPEATABLE),
        timeout=given.get("timeout", 30.0),
        most_bytes=given.get("most-bytes", 1_000_000),
        input=given.get("input", ANYTHING),
        output=given.get("output", ANYTHING),
    )


def rules_of(given: list[Json]) -> tuple[Rule, ...]:
    return tuple(_rule(one) for one in given)


def _rule(given: Mapping[str, Json]) -> Rule:
    error = given.get("error", {})
    again = given.get("again")
    return Rule(
        condition(given["when"]),
        output=mapping(given["output"]) if "output" in given else None,
        confidence=mapping(given["confidence"]) if "confidence" in given else None,
        code=error.get("code"),
        again=None if again is None else 0.0 if again is True else float(again),
        message=error.get("message", given.get("fails", "")),
    )


def _pages(given: Mapping[str, Json]) -> Pages:
    return Pages(
        condition(given["items"]),
        next=condition(given["next"]) if "next" in given else None,
        query=mapping(given["query"]) if "query" in given else None,
        link=given.get("link", False),
        most=given.get("most", 10),
    )


def _pieces(url: str) -> Iterator[str | Filled]:
    for index, piece in enumerate(PIECE.split(url)):
        if index % 2:
            yield condition(piece)
        elif piece:
            yield piece


# ---------------------------------------------------------------- what is wrong


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    yield from address_faults(given)
    for part in ("query", "headers", "body"):
        yield from mapping_faults(part, given.get(part), BEFORE)
    yield from _form_faults(given)
    yield from rule_faults(given["answers"], AFTER if "pages" in given else PAGE)
    yield from _page_faults(given.get("pages"))
    yield from hmac_faults(given)
    yield from schema_faults(given)


def address_faults(given: Mapping[str, Json]) -> Iterator[str]:
    """What is wrong with server and address."""
    url = given["url"]
    if "server" in given and not url.startswith("/"):
        yield "url: beside a server it begins with /."
    if "server" not in given and not HOST.match(url):
        yield "url: https:// or http://, and a host without user name and without {expression}, are expected."
    if "server" not in given and url.startswith("/"):
        yield "url: it names no host, and there is no server."
    for piece in PIECE.findall(url):
        yield from expression_faults("url", piece, BEFORE)
    if set("{}") & set(PIECE.sub("", url)) or "#" in url or "?" in url:
        yield "url: braces stand around an expression only; what follows ? belongs under query."


def _form_faults(given: Mapping[str, Json]) -> Iterator[str]:
    form, body = given.get("as", "json"), given.get("body")
    if "body" in given and given["method"] in ("GET", "HEAD"):
        yield f"body: {given['method']} has none."
    if form == "form" and body is not None and not isinstance(body, dict):
        yield "body: a form is names with values."
    if form in ("text", "xml") and body is not None and not isinstance(body, str):
        yield f"body: as {form} it is one text, or one expression."


def rule_faults(rules: list[Json], names: frozenset[str]) -> Iterator[str]:
    """What is wrong with the rules of answers."""
    for index, rule in enumerate(rules):
        place = f"answers/{index}"
        if sum(way in rule for way in WAYS) != 1:
            yield f"{place}: exactly one of {', '.join(WAYS)} is expected."
        if "confidence" in rule and "output" not in rule:
            yield f"{place}: confidence belongs to an output."
        yield from expression_faults(f"{place}/when", rule["when"], names)
        yield from mapping_faults(f"{place}/output", rule.get("output"), names)
        yield from mapping_faults(f"{place}/confidence", rule.get("confidence"), names)
    if not any("output" in rule for rule in rules):
        yield "answers: no rule gives an output, so no call could ever succeed."


def _page_faults(given: Mapping[str, Json] | None) -> Iterator[str]:
    if given is None:
        return
    if sum(way in given for way in ("next", "query", "link")) != 1:
        yield "pages: exactly one of next, query, link is expected."
    for part in ("items", "next"):
        if part in given:
            yield from expression_faults(f"pages/{part}", given[part], PAGE)
    yield from mapping_faults("pages/query", given.get("query"), PAGE)


def hmac_faults(given: Mapping[str, Json]) -> Iterator[str]:
    """What is wrong with a signature."""
    hmac = given.get("auth", {}).get("hmac")
    if hmac is None:
        return
    if ("timestamp" in hmac["over"]) != ("timestamp" in hmac):
        yield "auth/hmac: a timestamp is signed and sent in a header of its own (timestamp: NAME), or neither."
    if "idempotency-key" in hmac["over"] and "idempotency" not in given:
        yield "auth/hmac: the idempotency key is signed, but not sent."
