"""A reader is declared in a file, reads by what is here, and says how sure it is of a field and where that stands."""

from __future__ import annotations

import pytest

from orchestration.actors.artefacts import artefact_fault
from orchestration.actors.contract import ActorError, version_of
from orchestration.actors.kinds import load
from orchestration.actors.kinds.reader.file import own_file
from orchestration.documents import asked
from orchestration.documents.asked import AskedOf, Told
from orchestration.documents.finding import Found
from orchestration.documents.words import Box


def read(monkeypatch: pytest.MonkeyPatch, file: bytes) -> dict[str, object]:
    found = (
        Found("total", "1,234.50", 0.9, 1, Box(0.1, 0.2, 0.3, 0.4)),
        Found("company", "ACME", 0.6, 2, Box(0, 0, 1, 1)),
    )
    given: list[AskedOf] = []

    def told_of(asked_for: AskedOf) -> Told:
        given.append(asked_for)
        return Told(7, 2, 80, "pdfium", found)

    monkeypatch.setattr(asked, "readers", [told_of])
    answer = load("reader", version_of(file), file).run({"document": 7}, idempotency_key="k")
    assert given == [AskedOf(0, 7)] and answer.usage == {"pages": 2, "words": 80}
    return answer.output


def test_fields_come_with_value_confidence_page_and_box(monkeypatch: pytest.MonkeyPatch) -> None:
    output = read(monkeypatch, own_file())
    assert output["sure"] == 0.6 and output["fields"] == {
        "total": {"value": 1234.5, "text": "1,234.50", "sure": 0.9, "page": 1, "box": [0.1, 0.2, 0.3, 0.4]},
        "company": {"value": "ACME", "text": "ACME", "sure": 0.6, "page": 2, "box": [0, 0, 1, 1]},
    }  # fmt: skip


def test_a_version_gives_the_fields_and_pages_that_its_file_names(monkeypatch: pytest.MonkeyPatch) -> None:
    output = read(monkeypatch, own_file().replace(b"pages: 5", b"pages: 1"))
    assert list(output["fields"]) == ["total"]  # type: ignore[call-overload]


def test_a_file_that_asks_for_programs_or_fields_that_are_not_here_is_no_version() -> None:
    assert artefact_fault("reader", own_file()) == ""
    assert "fields" in artefact_fault("reader", own_file().replace(b"- total", b"- shoe size"))
    old = own_file().replace(b"pdfium+pp-ocr-1", b"pdfium+pp-ocr-0")
    assert "pdfium+pp-ocr-1" in artefact_fault("reader", old)
    with pytest.raises(ActorError, match="programs that are not here any more"):
        load("reader", version_of(old), old)
