"""What does an actor do that reads the clauses of a contract, gets the house standard, compares, or summarises?

Each is a step of its own in a model (`do` of its file), so that a language model can take the place of any of them. The
standard is a document of the knowledge base, read with the rights of that moment; its passages are the sources of what
is compared, so that a case is told where the standard is withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from orchestration.actors.call import current
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.clauses.file import clauses_fault
from orchestration.actors.kinds.files import read_file
from orchestration.clauses import telling
from orchestration.clauses.comparing import Deviation, Matched, deviations, matched, unclear
from orchestration.clauses.finding import Clause, clauses_in
from orchestration.clauses.standard import SEVERE, sections_of
from orchestration.documents.asked import AskedOf, words_of_case
from orchestration.knowledge.register import is_being_read
from orchestration.knowledge.search import Reader, passages_of

Json = Any

PAGES: Final = 40
READ_SOON: Final = 5.0
"""Seconds after which to look whether the standard is read."""
INPUT: Final[dict[str, Json]] = {"type": "object"}


class ClausesActor:
    """Does one of four things, by its file."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        if wrong := clauses_fault("clauses", artefact or b""):
            raise ActorError(f"The actor's file is not sound. {wrong}", temporary=False)
        self._file = read_file(artefact or b"")
        self.key, self.version, self.capability = key, version, self._file["capability"]
        self.input_schema, self.output_schema = INPUT, INPUT

    def run(self, input: dict[str, Json], *, idempotency_key: str) -> Answer:
        """Writes nothing, so that a repeated key needs no care. Raises ActorError."""
        does: dict[str, Callable[[Mapping[str, Json]], Answer]] = {
            "read": self._read, "standard": self._standard, "compare": self._compare, "summarise": self._summarise,
        }  # fmt: skip
        return does[self._file["do"]](input)

    def _read(self, input: Mapping[str, Json]) -> Answer:
        told = words_of_case(AskedOf(current().case, input.get("document"), self._file.get("pages", PAGES)))
        found = clauses_in(told.sheets)
        if not found:
            raise ActorError(
                "No clauses were found: no line is a heading, or begins with a number.",
                temporary=False,
                code="no-clauses",
            )
        output = {"document": told.document, "pages": told.pages, "clauses": [_clause(one) for one in found]}
        return Answer(output, None, {"clauses": len(found)}, {"pages": told.pages})

    def _standard(self, input: Mapping[str, Json]) -> Answer:
        found = passages_of(self._file["standard"], Reader(self._file["clearance"], instance=current().case))
        if not found and is_being_read(self._file["standard"]):
            raise ActorError("The house standard is being read just now.", temporary=True, after=READ_SOON)
        if not found:
            wanted = f"“{self._file['standard']}” is not in the knowledge base, or may not be read."
            raise ActorError(wanted, temporary=False, code="no-standard")
        told = [{"id": one.id, "title": one.heading, "text": one.text} for one in found]
        return Answer({"passages": told, "document": found[0].document}, None, {"passages": len(told)}, {"calls": 1})

    def _compare(self, input: Mapping[str, Json]) -> Answer:
        standard = sections_of((one["id"], one["title"], one["text"]) for one in input["passages"] or ())
        clauses = [_read_back(one) for one in input["clauses"] or ()]
        found = matched(clauses, standard)
        apart = deviations(found, standard)
        output = {
            "deviations": [_deviation(one) for one in apart], "compared": [_matched(one) for one in found],
            "count": len(apart), "unclear": len(unclear(found)),
            "severe": sum(one.section.weight == SEVERE for one in apart),
            "not_compared": sum(one.section is None for one in found), "said": telling.told(apart),
            "report": telling.report(found, apart, unclear(found)), "letter": telling.letter(apart) if apart else "",
            "sources": sorted({one.section.passage for one in apart} | _passages(found))[:100],
        }  # fmt: skip
        return Answer(output, None, {"deviations": len(apart)}, {"clauses": len(clauses)})

    def _summarise(self, input: Mapping[str, Json]) -> Answer:
        text = telling.summary([_read_back(one) for one in input["clauses"] or ()])
        return Answer({"text": text, "how": telling.EXTRACTED}, None, {"characters": len(text)}, {"calls": 1})


def _passages(found: Sequence[Matched]) -> set[int]:
    return {one.section.passage for one in found if one.section}


def _clause(one: Clause) -> dict[str, Json]:
    turns = [{"at": at, "page": page} for at, page in one.turns]
    return {"number": one.number, "heading": one.heading, "text": one.text, "page": one.page, "turns": turns}


def _read_back(one: Mapping[str, Json]) -> Clause:
    turns = tuple((turn["at"], turn["page"]) for turn in one.get("turns") or ())
    return Clause(one.get("number") or "", one["heading"], one["text"], one["page"], turns)


def _matched(one: Matched) -> dict[str, Json]:
    kind = one.section.kind if one.section else ""
    return {"heading": one.clause.called, "page": one.clause.page, "kind": kind, "by": one.by}


def _deviation(one: Deviation) -> dict[str, Json]:
    return {
        "clause": one.section.kind, "heading": one.clause.called if one.clause else "", "what": one.what,
        "standard": one.asked, "apart": None if one.apart is None else round(one.apart, 4), "quote": one.quote[:2000],
        "page": one.page, "weight": one.section.weight, "source": one.section.passage,
    }  # fmt: skip
