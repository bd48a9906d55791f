"""Which values of a case's past does a text touch?

They may be thousands, and nearly none stands in a text of today. So they stay as they are kept, as texts, until one is
met: a set of their keys says at once whether anything could be in a text, and only what is gets an index of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Final

from orchestration.privacy.spellings import PART, SOUGHT

ASKED: Final = 200
"""Parts of numbers that are looked for one by one; when there are more, all parts are put into a set first."""
LONGER: Final = 2 * PART

_NUMBER: Final = re.compile(r"#(\d+)")


@dataclass(frozen=True)
class Former:
    """Values of the past that have one mask, a row each: their forms (see `spellings`), and the `seeds` of these."""

    mask: str
    forms: Sequence[str]
    seeds: Sequence[str]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(" ".join(self.seeds).split())

    @cached_property
    def digits(self) -> str:
        """All numbers, a line each."""
        return "\n".join(["", *_NUMBER.findall("\n".join(self.forms)), ""])

    def with_key(self, key: str) -> Iterator[str]:
        """The rows that have this key."""
        return (
            forms for forms, keys in zip(self.forms, self.seeds, strict=True) if key in keys and key in keys.split()
        )


@dataclass
class FormerIndex:
    """What of the past a text could hold. `work` counts look-ups."""

    groups: Sequence[Former]
    work: int = 0
    _asked: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def is_there(self) -> bool:
        return any(group.forms for group in self.groups)

    @cached_property
    def short(self) -> frozenset[str]:
        """Keys that are sought as words of their own."""
        return frozenset(key for key in self.keys if len(key) < SOUGHT)

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset().union(*(group.keys for group in self.groups))

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(key[:SOUGHT] for key in self.keys)

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(key) for key in self.keys}))

    def keys_in(self, stream: str) -> set[str]:
        """The keys that stand among these letters and digits."""
        begins, found = self._beginnings, set[str]()
        for at in range(len(stream) - SOUGHT + 1):
            if stream[at : at + SOUGHT] in begins:
                self.work += 1
                found |= {stream[at : at + length] for length in self._lengths} & self.keys
        return found

    def forms_of(self, key: str, most: int) -> Iterator[tuple[str, str]]:
        """The forms with this key, of at most so many values with one mask, each with this mask."""
        for group in self.groups:
            rows = islice(group.with_key(key), most) if key in group.keys else ()
            forms = {form for row in rows for form in row.split() if form[0] not in "#@="}
            yield from ((form, group.mask) for form in forms if form.replace("_", "").startswith(key))

    def marked(self, mark: str) -> Iterator[tuple[str, str]]:
        """All forms of a kind (`@` dates, `=` signs), each with its mask."""
        for group in self.groups:
            for forms in group.forms:
                if mark in forms:
                    yield from ((form, group.mask) for form in forms.split() if form[0] == mark)

    # numbers

    @cached_property
    def _parts(self) -> frozenset[str]:
        return frozenset(
            group.digits[at : at + PART] for group in self.groups for at in range(len(group.digits) - PART + 1)
        )

    def has_part(self, part: str) -> bool:
        """Whether a number of the past holds these digits."""
        if part not in self._asked:
            self.work += 1
            many = len(self._asked) >= ASKED
            self._asked[part] = part in self._parts if many else any(part in group.digits for group in self.groups)
        return self._asked[part]

    def numbers_with(self, digits: str, most: int) -> Iterator[tuple[str, str]]:
        """Numbers that hold the most of these digits, at most so many, each with its mask."""
        for part in (digits[:LONGER], digits[:PART]):
            found = [each for group in self.groups for each in _lines_with(group, part, most)]
            if found:
                yield from found[:most]
                return


def _lines_with(group: Former, part: str, most: int) -> Iterator[tuple[str, str]]:
    at = group.digits.find(part)
    while at >= 0 and most:
        end = group.digits.find("\n", at)
        yield group.digits[group.digits.rfind("\n", 0, at) + 1 : end], group.mask
        at, most = group.digits.find(part, end), most - 1
