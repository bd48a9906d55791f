"""How does a call of another system over SOAP answer a job?

The kind `soap`: HTTP with an envelope of XML. Answers are read without DTD and entities, as names with values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.actors.kinds.soap.file import soap_of

Json = Any


class SoapConnector(HttpConnector):
    """Its rules read `body`: what stands in the envelope's body; `fault`: the fault in it, null where there is none."""

    read = staticmethod(soap_of)

    def known(self, scope: dict[str, Json]) -> dict[str, Json]:
        body = _below(_below(scope["body"], "Envelope"), "Body")
        return scope | {"body": body, "fault": _below(body, "Fault")}


def _below(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, Mapping) else None
