"""How are the words that a person is known by taken out of what somebody else's case says? Pure.

Each place gets a marker in the person's place; all that stands around it is of others, and stays. Words are replaced
where they stand by themselves: a name that is a part of another word there is somebody else's, or no name. A number
that is one of the words goes whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson

from casework.erasure.folding import folded

Json = Any

MARKER: Final = "[erased]"
WITHIN: Final = r"(?<![^\W_])(?:%s)(?=(?:['’]?s)?(?![^\W_]))"
"""By themselves; "Sandoval's" too."""
OF_ENGINE: Final = frozenset({
    "kind", "key", "transition", "source", "target", "state", "node", "definition", "type", "capability", "form", "how",
    "code", "fact", "reach", "due", "decision", "assignee", "candidate_groups", "candidate_users", "roles", "taken",
    "in_place_of", "removed", "hits",
})  # fmt: skip
"""What the engine goes by, and no content."""
NAMED: Final = frozenset({
    "InstanceStarted", "TaskOpened", "JobRequested", "ItemOpened", "ItemChanged", "ElementPassed", "MilestoneReached",
    "ItemPlanned", "PlanRefused",
})  # fmt: skip
"""Events whose name is for people; that of any other is what a message or a file item is found by."""
OF_FACTS: Final = frozenset({
    "actor", "version", "by", "for", "person", "group", "case_type", "source", "path", "document",
    "digest", "level", "unit", "mentions", "capability", "command", "code", "words", "state", "kind", "contents",
})  # fmt: skip
"""Who did it, and which things by their names."""
OF_HANDING: Final = OF_FACTS | {"to", "from"}
"""The same where a task or a case goes from somebody to somebody."""


class Words:
    """What one person is known by."""

    def __init__(self, marks: Iterable[str]) -> None:
        self.marks = tuple(marks)
        self._folded = tuple(sorted({folded(mark) for mark in self.marks}, key=len, reverse=True))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        spelled = (r"\s*".join(map(re.escape, mark)) for mark in self._folded)
        return re.compile(WITHIN % "|".join(spelled), re.IGNORECASE)

    def stand_in(self, text: str) -> bool:
        """Whether one stands there, also as a part of another word."""
        plain = folded(text)
        return any(mark in plain for mark in self._folded)

    def out_of(self, text: str) -> str:
        return self.pattern.sub(MARKER, text) if self.stand_in(text) else text

    def out_of_value(self, value: Json) -> Json:
        """The same JSON without them. Names of its members stay."""
        match value:
            case str():
                return self.out_of(value)
            case dict():
                return {name: self.out_of_value(each) for name, each in value.items()}
            case list():
                return [self.out_of_value(each) for each in value]
            case int() | float() if not isinstance(value, bool):
                return None if self.pattern.search(str(value)) else value
        return value

    def out_of_event(self, action: str, detail: dict[str, Json]) -> dict[str, Json]:
        """The detail of an event without them; what the engine goes by and who did it stays."""
        kept = _kept_of(action)
        return {name: each if name in kept else self.out_of_value(each) for name, each in detail.items()}

    def out_of_form(self, text: str) -> str:
        """Of names and values as a form sends them."""
        return urlencode([(name, self.out_of(value)) for name, value in parse_qsl(text, keep_blank_values=True)])

    def out_of_bytes(self, content: bytes) -> bytes:
        """Of JSON, else of a text."""
        try:
            return orjson.dumps(self.out_of_value(orjson.loads(content)))
        except orjson.JSONDecodeError:
            return self.out_of(content.decode(errors="surrogateescape")).encode(errors="surrogateescape")

    @cached_property
    def parts(self) -> frozenset[str]:
        """The single words, as they stand apart on a page that was read."""
        return frozenset(folded(part) for mark in self.marks for part in mark.split() if len(part) > 1)

    def out_of_page(self, words: Json) -> Json:
        """Of what was read on a page, a word at a time: each word that is a part of the person's."""
        match words:
            case str():
                return MARKER if folded(words).strip(".,;:!?()\"'") in self.parts else self.out_of(words)
            case list():
                return [self.out_of_page(each) for each in words]
            case dict():
                return {name: self.out_of_page(each) for name, each in words.items()}
        return words


def _kept_of(action: str) -> frozenset[str]:
    _, engine, kind = action.rpartition("engine.")
    if engine:
        return OF_ENGINE if kind in NAMED else OF_ENGINE | {"name"}
    return OF_HANDING if action.startswith(("task.", "case.handed")) else OF_FACTS
