"""What in this text would tell somebody a personal detail, and what is shown in its place?

Two things are looked for: values that are known from the case and hidden from the reader (`Known`), and what has the
form of a detail of a hidden kind (`details`). The text is read twice where it holds escapes (`&#64;`, `%40`): as it
stands, and as it is meant. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, TypeVar

from orchestration.privacy.detectors import FORMS, Detail, details
from orchestration.privacy.folding import Folded, light, tight, unescaped
from orchestration.privacy.former import Former
from orchestration.privacy.known import Find, Known
from orchestration.privacy.masks import DOTS, mask_value
from orchestration.privacy.spellings import spellings
from orchestration.privacy.stand_ins import STAND_IN

T = TypeVar("T")

ROUNDS: Final = 5
"""How often a masked text is looked at again; a text that still tells something then is hidden whole."""


_UNKEYED: Final = re.compile(r"\bsha256:[0-9a-f]{16}\b")
"""A digest of a job's input, as histories of before 2026-12 hold it: anybody could try out what it was made from."""


def _nobody_wrote(text: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that the reader must not see, and how it is masked (name, email, phone, iban, card, text, all).

    `named`: the name that stands for it, where one does."""

    value: str
    mask: str
    named: str = ""


@dataclass(frozen=True)
class Secrets:
    """What a reader must not learn from any text: known values, and kinds of detail that show by their form.

    `shown` holds values (compressed, see `compress`) that the reader sees anyway, and that stay clear in a text too.
    `withheld` are common words, hidden only where one stands alone. `former` are values of the past. The index of it
    all is made once, when the first text is looked at. `wrote` knows the reader's own words: in them only what shows by
    its form is masked, since a mask over anything else would tell that a guess is right.
    """

    known: frozenset[Secret] = frozenset()
    kinds: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    former: Sequence[Former] = ()
    wrote: Callable[[str], bool] = field(default=_nobody_wrote, repr=False, compare=False)

    @cached_property
    def index(self) -> Known:
        """The known values, ready to be looked for."""
        return index_of(self.known, self.former)

    @property
    def hide_anything(self) -> bool:
        """Whether there may be a text in which something is masked."""
        return bool(self.kinds or self.withheld or self.index)

    def watching(self, kinds: frozenset[str]) -> "Secrets":
        """The same known values, with other kinds of detail; the index is shared."""
        other = replace(self, kinds=kinds)
        other.__dict__["index"] = self.index
        return other

    def holds_known(self, text: str) -> bool:
        """Whether a known value, or a part that gives it away, is in this text."""
        return any(_each(text, self.index.finds))

    def leak(self, text: str) -> str:
        """The kind of detail that this text would give away, or an empty text."""
        if self.holds_known(text):
            return "known value"
        return next((detail for detail in _each(text, self._kinds_in)), "")

    def finds(self, text: str) -> list[Find]:
        """Everything in a text that is to be hidden; parts may overlap."""
        return list(_each(text, self._in))

    def _in(self, folded: Folded) -> Iterator[Find]:
        if self.index or self.kinds:
            yield from (Find(*match.span(), f"sha256:{DOTS}") for match in _UNKEYED.finditer(folded.text))
        yield from self.index.finds(folded)
        if self.kinds and not _INSTANT.fullmatch(folded.text):
            yield from self.by_form(folded)

    def by_form(self, folded: Folded) -> Iterator[Find]:
        """What shows by its form, be it right or wrong."""
        for detail in self._details(folded):
            if compress(folded.text[detail.start : detail.end]) not in self.shown:
                yield Find(detail.start, detail.end, mask_value(detail.plain, detail.kind))

    def formed(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, kind) of each detail of these kinds that shows by its form."""
        return [(find.start, find.end, find.shown) for find in _each(text, self._formed)]

    def _formed(self, folded: Folded) -> Iterator[Find]:
        yield from (Find(each.start, each.end, each.kind) for each in self._details(folded))

    def _kinds_in(self, folded: Folded) -> Iterator[str]:
        return (detail.kind for detail in self._details(folded))

    def _details(self, folded: Folded) -> Iterator[Detail]:
        """Those of the kinds that are looked for; what stands for one (`stand_ins`) tells nothing."""
        found = (each for each in details(folded) if each.kind in self.kinds)
        return (each for each in found if not STAND_IN.fullmatch(folded.text, each.start, each.end))


def index_of(known: Iterable[Secret], former: Sequence[Former] = ()) -> Known:
    """The index of these values; where two are written alike, the same one says what is shown in every process."""
    index = Known(former)
    for secret in sorted(known, key=lambda secret: (secret.value, secret.mask, secret.named)):
        index.add(spellings(secret.value, secret.mask), secret.named or secret.mask)
    return index


NO_SECRETS: Final = Secrets()


_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?")


def mask_text(text: str, secrets: Secrets) -> str:
    """The text with every secret replaced by its mask; the same text where there is nothing to hide."""
    shown = text
    for turn in range(ROUNDS):
        finds = secrets.finds(shown)
        if not finds:
            return shown
        if turn == 0 and secrets.wrote(text):
            return _replaced(text, list(_each(text, secrets.by_form)), secrets)
        # A mask shows a part of its value, and what stood beside it may now be a secret of its own.
        shown = _replaced(shown, finds, secrets if turn == 0 else None)
    return DOTS if secrets.finds(shown) else shown


def compress(value: str) -> str:
    """A value without the spaces and signs that people write it with, folded: for comparing."""
    return tight(light(unicodedata.normalize("NFC", value))) or value.casefold()


def _replaced(text: str, finds: list[Find], secrets: Secrets | None) -> str:
    """The text with these parts hidden; without `secrets` nothing of them is shown."""
    pieces: list[str] = []
    last = 0
    for find in _apart(finds):
        shown = find.shown if secrets and not secrets.holds_known(find.shown) else DOTS
        pieces += [text[last : find.start], shown]
        last = find.end
    return "".join([*pieces, text[last:]])


def _apart(finds: list[Find]) -> list[Find]:
    """Parts that overlap made one, under the mask of the one that covers it all, else under none that shows a part."""
    found: list[Find] = []
    for find in sorted(finds, key=lambda find: (find.start, -find.end)):
        if not found or find.start >= found[-1].end:
            found.append(find)
        elif find.end > found[-1].end:
            found[-1] = Find(found[-1].start, find.end, DOTS)
        elif (find.start, find.end) == (found[-1].start, found[-1].end) and find.shown == DOTS:
            found[-1] = find
    return found


def _each(text: str, look: Callable[[Folded], Iterable[T]]) -> Iterator[T]:
    """What is found in a text as it stands, and in what its escapes mean, led back to the text."""
    yield from look(Folded(text))
    read = unescaped(text)
    if read is None:
        return
    meant, places = read
    for found in look(Folded(meant)):
        yield _led_back(found, places)


def _led_back(found: T, places: list[tuple[int, int]]) -> T:
    if isinstance(found, Find):
        return replace(found, start=places[found.start][0], end=places[found.end - 1][1])
    return found


__all__ = [
    "DOTS",
    "FORMS",
    "NO_SECRETS",
    "Former",
    "Secret",
    "Secrets",
    "compress",
    "index_of",
    "mask_text",
    "mask_value",
]
