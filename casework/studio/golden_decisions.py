"""How would golden cases have been decided by rules that are not in force yet?

Every decision that was made in them is made again by the draft, on the values that it was made on. Where it comes out
otherwise, the draft is published only if its publisher says that this is meant; the note says why. Which values they
were is the case's: what came out is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from audit.selectors import Entry, newest_of
from orchestration.casetypes.case_type import CaseType, read
from orchestration.models import GoldenCase
from orchestration.view.decided import again

MADE: Final = "engine.DecisionEvaluated"
MOST: Final = 200
"""The newest decisions of one case, and golden cases of a type, that are made again."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A decision that would come out otherwise. `gone`: the draft has none of this name."""

    golden: int
    decision: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Held:
    """`cases` golden ones with `decisions` in all, and those of them that would come out otherwise."""

    cases: int
    decisions: int
    otherwise: tuple[Otherwise, ...]


NOTHING: Final = Held(0, 0, ())


def of_files(key: str, files: Mapping[str, str]) -> Held:
    """The golden cases of a case type, by the rules of a draft of it that was found to be sound."""
    golden = list(GoldenCase.objects.filter(instance__definition__key=key).order_by("pk")[:MOST])
    kept = newest_of({one.instance_id: 0 for one in golden}, actions=[MADE], but="", most=MOST)
    made = [(one.pk, entry) for one in golden for entry in reversed(kept.get(one.instance_id, ())) if _can_be(entry)]
    return Held(len(golden), len(made), tuple(_otherwise(made, read(files))) if made else ())


def unseen(held: Held, seen: str) -> bool:
    """Whether something comes out otherwise, and whoever publishes has not said that it is meant so."""
    return bool(held.otherwise) and seen != "seen"


def _can_be(entry: Entry) -> bool:
    """Whether it can be made again: the history still says on what it was made."""
    return "inputs" in entry.detail


def _otherwise(made: list[tuple[int, Entry]], draft: CaseType) -> Iterator[Otherwise]:
    for golden, entry in made:
        verdict = again(draft.library, entry.detail["decision"], entry.detail["inputs"], entry.at)
        if verdict is None or verdict.output != entry.detail["output"]:
            yield Otherwise(golden, str(entry.detail["decision"]), verdict is None)
