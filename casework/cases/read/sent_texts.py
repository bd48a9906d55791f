"""What did the machine draft, and what did people make of it?

A form that names the text of its suggestion and offers it in a field leaves both in the case's data: the draft as it
was, and what was sent. Here they are laid side by side, word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from casework.cases.read.case_view import Look
from orchestration.casetypes.case_type import FormField
from orchestration.casetypes.form_answers import PLACEHOLDER, at_path

Json = Any

WORDS: Final = re.compile(r"\s+|[^\s]+")
MOST: Final = 3000
"""Words of both texts; longer ones stand beside each other as wholes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of the two texts. `how`: "same" in both, "gone" from the draft, or "new" in what was sent."""

    text: str
    how: str


@dataclass(frozen=True, slots=True)
class SentText:
    """A text that was drafted and then sent. `label`: what the form calls it."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def is_as_drafted(self) -> bool:
        return all(piece.how == "same" for piece in self.pieces)


def sent_texts(seen: Look) -> tuple[SentText, ...]:
    """Each text of the case that began as a draft and has been sent, as this reader may see both."""
    return tuple(_compared(label, drafted, sent) for label, drafted, sent in _pairs(seen))


def _pairs(seen: Look) -> Iterator[tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for form in seen.case_type.forms.values():
        source = form.suggestion.get("text", "")
        for asked in form.fields:
            if source and asked.initial == source and asked.path != source:
                drafted, sent = _shown(seen, source, asked), _shown(seen, asked.path, asked)
                if drafted and sent:
                    found.setdefault(asked.path, (asked.label, drafted, sent))
    yield from found.values()


def _shown(seen: Look, path: str, asked: FormField) -> str:
    """The text at a path as this reader may see it, with what is filled in by itself: that is no change of anybody's.

    It is filled in before it is masked, so that the same value is masked in the same way in both texts.
    """
    shown, clear = at_path(seen.view.data, path), at_path(seen.state.root.variables, path)
    if not isinstance(shown, str) or not isinstance(clear, str):
        return ""
    return seen.view.text(_filled(asked, clear, seen.state.root.variables)) if shown == seen.view.text(clear) else shown


def _filled(asked: FormField, text: str, data: Mapping[str, Json]) -> str:
    def value(match: re.Match[str]) -> str:
        known = at_path(data, match[1]) if match[1] in asked.fills else None
        return match[0] if known is None else str(known)

    return PLACEHOLDER.sub(value, text)


def _compared(label: str, drafted: str, sent: str) -> SentText:
    before, after = (WORDS.findall(text.replace("\r\n", "\n").strip()) for text in (drafted, sent))
    if len(before) + len(after) > MOST and before != after:
        return SentText(label, (Piece("".join(before), "gone"), Piece("".join(after), "new")))
    return SentText(label, tuple(_pieces(before, after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("".join(before[start:end]), "same")
            continue
        if end > start:
            yield Piece("".join(before[start:end]), "gone")
        if last > first:
            yield Piece("".join(after[first:last]), "new")
