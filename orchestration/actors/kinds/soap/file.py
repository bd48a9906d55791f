"""What does the file of a SOAP connector say, and is it sound? (SOAP 1.1 and 1.2)

The envelope is written out in the file; a value of the case stands in it as text, whatever signs it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

from jsonschema import Draft202012Validator

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.files import FileRefused, file_faults, read_file, schema_faults
from orchestration.actors.kinds.http_connector.file import (
    BEFORE,
    PAGE,
    PIECE,
    Connector,
    address_faults,
    hmac_faults,
    over_http,
    rule_faults,
)
from orchestration.actors.kinds.http_connector.shape import COMMON, HEADER
from orchestration.actors.kinds.mapping import Filled, condition, expression_faults
from orchestration.engine.xml import XmlRefused, parse

Json = Any

AFTER: Final = PAGE | {"fault"}
NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "url", "envelope", "answers"],
    "properties": {
        **COMMON,
        "action": {"type": "string", "pattern": "^[!#-~]{0,500}$"},
        "version": {"enum": ["1.1", "1.2"]},
        "envelope": {"type": "string", "minLength": 1, "maxLength": 100_000},
        "idempotency": HEADER,
        "repeatable": {"type": "boolean"},
    },
}
VALIDATOR: Final = Draft202012Validator(SHAPE)


@dataclass(frozen=True, slots=True)
class Envelope(Filled):
    """A text of XML with values put in: its tree is texts and expressions in turn."""

    def filled(self, scope: Mapping[str, Json]) -> Json:
        """Raises ActorError for a value that no XML can hold."""
        return "".join(_text(one.filled(scope)) if isinstance(one, Filled) else one for one in self.tree)


def _text(value: Json) -> str:
    if isinstance(value, dict | list):
        raise ActorError("A list or an object stands where one value belongs.", temporary=False)
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    if NOT_XML.search(text):
        raise ActorError("A value holds characters that XML cannot hold.", temporary=False)
    return escape(text, {'"': "&quot;", "'": "&apos;"})


def soap_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def soap_of(content: bytes) -> Connector:
    """How the other system is asked. Raises FileRefused."""
    if wrong := soap_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    pieces = PIECE.split(given["envelope"].strip())
    envelope = Envelope([condition(one) if index % 2 else one for index, one in enumerate(pieces)])
    found = over_http(given, "POST", given["url"], _headers(given))
    return replace(found, body=envelope, form="xml")


def _headers(given: Mapping[str, Json]) -> dict[str, str]:
    action = given.get("action", "")
    if given.get("version", "1.1") == "1.1":
        return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"', "Accept": "text/xml"}
    more = f'; action="{action}"' if action else ""
    return {"Content-Type": f"application/soap+xml; charset=utf-8{more}", "Accept": "application/soap+xml"}


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    yield from address_faults(given)
    for piece in PIECE.findall(given["envelope"]):
        yield from expression_faults("envelope", piece, BEFORE)
    try:
        root = parse(PIECE.sub("", given["envelope"]).strip().encode())
        if root.name != "Envelope":
            yield "envelope: its outermost element has to be Envelope."
    except XmlRefused as refused:
        yield f"envelope: {refused}."
    yield from rule_faults(given["answers"], AFTER)
    yield from hmac_faults(given)
    yield from schema_faults(given)
