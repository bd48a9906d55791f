"""How does a case get what stands in one of its documents?

Capability `read-document`. The words of a document stay beside it; what the case gets are the fields that were found,
each as a value, with how sure that is and where it stands. Opening it goes on in a process that may do nothing else.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.call import current
from orchestration.actors.capability import shipped
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.reader.file import reader_fault, reader_of
from orchestration.actors.kinds.reader.passing import passing
from orchestration.documents.asked import AskedOf, asked_of_case
from orchestration.documents.fields import plain_of
from orchestration.documents.finding import Found

Json = Any
CAPABILITY: Final = "read-document"


class ReaderActor:
    """Gives `{document, pages, sure, fields}`; `sure` is that of the least sure field."""

    capability = CAPABILITY

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        if wrong := reader_fault("reader", artefact or b""):
            raise ActorError(f"This version reads by programs that are not here any more. {wrong}", temporary=False)
        self.key = key
        self.version = version
        self._file = reader_of(artefact or b"")
        contract = shipped()[CAPABILITY]
        self.input_schema: dict[str, Json] = dict(contract.input or {})
        self.output_schema: dict[str, Json] = dict(contract.output or {})

    def run(self, input: dict[str, Json], *, idempotency_key: str) -> Answer:
        """Read a document of the case whose work this is. What was read before is not read again."""
        told = asked_of_case(AskedOf(current().case, input.get("document")))
        wanted = [one for one in told.found if one.name in self._file.fields and one.page <= self._file.pages]
        about = {"document": told.document, "pages": told.pages}
        fields = passing(about, {one.name: _told(one) for one in wanted})
        sure = min((field["sure"] for field in fields.values()), default=0.0)
        output = {**about, "sure": sure, "fields": fields}
        return Answer(output, sure, {"reader": told.reader}, {"pages": told.pages, "words": told.words})


def _told(found: Found) -> dict[str, Json]:
    place = {"sure": found.sure, "page": found.page, "box": found.box.packed()}
    return {"value": plain_of(found.name, found.value), "text": found.value, **place}
