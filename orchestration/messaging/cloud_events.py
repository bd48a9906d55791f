"""What does an event look like between systems? (CloudEvents 1.0.2, HTTP binding, and plain JSON)

Reads what comes in: structured (`application/cloudevents+json`), binary (`ce-*` headers) or plain JSON with the
identity of a webhook; and writes what goes out, always structured. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

Json = Any

STRUCTURED: Final = "application/cloudevents+json"
SOURCE: Final = "casewright"


class NoEvent(ValueError):
    """What came in is no event; a sentence for its sender."""


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """`id` is unique with `source`. `data` is JSON."""

    id: str
    type: str
    source: str = ""
    subject: str = ""
    time: str = ""
    data: Json = None
    extensions: Mapping[str, Json] = field(default_factory=dict)

    def facts(self) -> dict[str, Json]:
        """What an expression may ask of it: the names of the standard."""
        return {
            "id": self.id, "type": self.type, "source": self.source, "subject": self.subject, "time": self.time,
            "data": self.data,
        }  # fmt: skip


def event_of(headers: Mapping[str, str], body: bytes, otherwise: str) -> CloudEvent:
    """The event that a request carries; names of headers in small letters. `otherwise`: its id, where it says none.

    Raises NoEvent.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    document = _json(body)
    if kind == STRUCTURED:
        return _structured(document)
    if "ce-id" in headers:
        return _binary(headers, document)
    return CloudEvent(otherwise, str(document.get("type", "")) if isinstance(document, dict) else "", data=document)


def _json(body: bytes) -> Json:
    try:
        return orjson.loads(body) if body.strip() else None
    except orjson.JSONDecodeError:
        raise NoEvent("The body is no JSON.") from None


def _structured(document: Json) -> CloudEvent:
    if not isinstance(document, dict):
        raise NoEvent("An event is an object with names.")
    missing = [name for name in ("id", "source", "type", "specversion") if not isinstance(document.get(name), str)]
    if missing:
        raise NoEvent(f"The event lacks {', '.join(missing)} (CloudEvents 1.0).")
    if "data_base64" in document:
        raise NoEvent("Events with binary data are not taken; send JSON as data.")
    return CloudEvent(
        document["id"], document["type"], document["source"], str(document.get("subject", "")),
        str(document.get("time", "")), document.get("data"),
    )  # fmt: skip


def _binary(headers: Mapping[str, str], document: Json) -> CloudEvent:
    missing = [name for name in ("ce-source", "ce-type", "ce-specversion") if name not in headers]
    if missing:
        raise NoEvent(f"The event lacks the headers {', '.join(missing)} (CloudEvents 1.0).")
    return CloudEvent(
        headers["ce-id"], headers["ce-type"], headers["ce-source"], headers.get("ce-subject", ""),
        headers.get("ce-time", ""), document,
    )  # fmt: skip


def written(event: CloudEvent) -> bytes:
    """The event as one JSON document."""
    document = {
        "specversion": "1.0", "id": event.id, "type": event.type, "source": event.source or SOURCE,
        "subject": event.subject, "time": event.time, "datacontenttype": "application/json", "data": event.data,
    }  # fmt: skip
    return orjson.dumps({name: value for name, value in document.items() if value not in ("", None)})


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
