"""What does a line of a list say of its case: what it is about, why the task is here, what a machine thinks of it?

The case type's manifest names the places (`list`: `headline`, `why`), a form names its suggestion. Each value is shown
as this reader may see it, in people's words. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.cases.read.values import InWords, schema_at, written
from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.form_answers import at_path
from orchestration.privacy.classification import pointer_of
from orchestration.privacy.masks import ABSENT, DOTS
from orchestration.privacy.principal import Principal

Json = Any

FIRST_WORDS: Final = 70
"""Characters of a text from outside that a line begins with."""
PROSE: Final = 300
"""Characters that a name or a number may have; what may have more is meant for sentences."""
_MASKED_AT_FIRST: Final = 600
_ENOUGH: Final = 3 * FIRST_WORDS


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a headline. `quoted`: somebody outside wrote it, so it stands in quotation marks."""

    text: str
    quoted: bool = False


def in_one_line(headline: Iterable[Words]) -> str:
    """The parts of a headline as one text."""
    return " · ".join(f"“{one.text}”" if one.quoted else one.text for one in headline)


@dataclass(frozen=True, slots=True)
class Glance:
    """The data of a case under one reader's eyes, a value at a time.

    `masked` hides in a text what this reader may not see, nor what stood in its place before.
    """

    case_type: CaseType
    data: Mapping[str, Json]
    person: Principal
    masked: Callable[[str], str]
    said: InWords

    def at(self, path: str) -> Json:
        """The value at a dotted place as this reader may see it; None where there is none."""
        value, pointer = at_path(self.data, path), pointer_of(path)
        if value in (None, "") or isinstance(value, dict | list):
            return None
        rule = self.case_type.classification.rule(pointer)
        if not self.person.sees(rule, pointer):
            if rule.mask == ABSENT:
                return None
            return self._or_dots(self.person.instead(written(value), rule.mask))
        if isinstance(value, str):
            return self.said(pointer, self._text(value))
        return self.said(pointer, value) if self.masked(written(value)) == written(value) else DOTS

    def _text(self, text: str) -> str:
        """What a line may need of a text, masked; what is masked at the end of a part may have lost its end."""
        part = self.masked(text[:_MASKED_AT_FIRST])
        return part[:_ENOUGH] if len(text) <= _MASKED_AT_FIRST or len(part) > 2 * _ENOUGH else self.masked(text)

    def _or_dots(self, shown: str) -> str:
        """What a mask lets through must not be another secret."""
        return shown if self.masked(shown) == shown else DOTS


def headline(seen: Glance) -> tuple[Words, ...]:
    """What tells this case from others; empty where its type says nothing of it, or nothing is known."""
    return tuple(_headline(seen))


def _headline(seen: Glance) -> Iterator[Words]:
    outside = _from_outside(seen.case_type)
    for path in seen.case_type.headline:
        if (value := seen.at(path)) is not None:
            yield Words(first_words(str(value)), quoted=path in outside)


def _from_outside(case_type: CaseType) -> frozenset[str]:
    """The places whose text a customer wrote: what they say, not an amount or a name."""
    waited = (field.path for each in case_type.external for field in case_type.forms[each.form].fields)
    places = frozenset((*case_type.intake.required, *waited))
    return frozenset(path for path in places if _is_prose(schema_at(case_type.schema, pointer_of(path))))


def _is_prose(schema: Mapping[str, Json]) -> bool:
    return schema.get("type") == "string" and schema.get("maxLength", PROSE + 1) > PROSE


def first_words(text: str) -> str:
    """The beginning of a text in one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= FIRST_WORDS:
        return line
    cut = line[: FIRST_WORDS + 1].rpartition(" ")[0]
    return (cut or line[:FIRST_WORDS]).rstrip(" ,;:.-–") + " …"


def reason(seen: Glance, item: str) -> str:
    """Why this task is here, in the words of the rule that sent it; empty where its type names no place for it."""
    path = seen.case_type.reasons.get(item, "")
    return str(seen.at(path) or "") if path else ""


def suggestion(seen: Glance, form: str) -> tuple[str, float | None]:
    """What a machine thinks that this task is about, in words, and how sure it is (0 to 1)."""
    asked = seen.case_type.forms.get(form)
    named = asked.suggestion if asked else {}
    label = seen.at(named["label"]) if "label" in named else None
    sure = at_path(seen.data, named["confidence"]) if "confidence" in named else None
    if label is None or not isinstance(sure, int | float) or seen.at(named["confidence"]) == DOTS:
        return str(label or ""), None
    return str(label), float(sure)
