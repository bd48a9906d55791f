"""Where does a text hold what is known of the case and hidden from its reader?

One index for all forms of all hidden values (see `spellings`), made once for a case and a reader. A text is gone
through once: at each place a look-up of four characters says whether anything could begin there, so the cost grows with
the text and not with the values. Values of the past come as they are kept in their table, and are taken up when a text
touches them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from orchestration.privacy.dates import dates_in
from orchestration.privacy.folding import Folded, light
from orchestration.privacy.former import LONGER, Former, FormerIndex
from orchestration.privacy.masks import DOT, DOTS, mask_in_text
from orchestration.privacy.spellings import LONGEST, PART, SOUGHT, straight
from orchestration.privacy.stand_ins import STAND_IN

WIDEST: Final = 12
"""Signs and spaces that may stand between two characters of one value, also where a line ends and is quoted."""
ALIKE: Final = 8
"""Values with one beginning that are compared one by one; more of them are hidden together."""

_TOKEN: Final = re.compile(r"[^\W_]+")
_RUN: Final = re.compile(r"\d{6,}")
_BREAK: Final = re.compile(r"\W*\n[\W_]*")


@dataclass(frozen=True, slots=True)
class Find:
    """A part of a text that is to be hidden, and what is shown in its place."""

    start: int
    end: int
    shown: str


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of letters: its characters, where signs may stand between them, and its mask."""

    text: str
    breaks: frozenset[int]
    mask: str


@dataclass
class Known:
    """The index. `work` counts look-ups and comparisons, for tests and measurements."""

    former: Sequence[Former] = ()
    work: int = 0
    _forms: dict[str, list[_Form]] = field(default_factory=dict)
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _widths: set[int] = field(default_factory=set)
    _short: dict[str, _Form] = field(default_factory=dict)
    _numbers: dict[str, list[tuple[str, int, str]]] = field(default_factory=dict)
    _dates: dict[date, str] = field(default_factory=dict)
    _literals: dict[str, str] = field(default_factory=dict)
    _taken_up: set[str] = field(default_factory=set)

    def add(self, forms: Iterable[str], mask: str) -> None:
        """Hide these forms of a value; a value of several fields is hidden wholly where one of them says so."""
        for form in forms:
            match form[0]:
                case "#":
                    self._add_number(form[1:], mask)
                case "@":
                    self._dates[date.fromisoformat(form[1:])] = mask
                case "=":
                    self._literals[unquote(form[1:])] = mask
                case _:
                    self._add_form(form, mask)

    def __bool__(self) -> bool:
        return bool(self._forms or self._short or self._numbers or self._dates or self._literals or self._past.is_there)

    def finds(self, text: Folded) -> Iterator[Find]:
        """Everything of a text that is known and hidden; parts may overlap."""
        if not self:
            return
        yield from self._letters(text)
        if self._short or self._past.short:
            yield from self._short_words(text)
        if self._dates or self._former_dates:
            yield from self._days(text)
        if self._numbers or self._past.is_there:
            yield from self._parts_of_numbers(text)
        yield from self._signs(text)

    # taking forms up

    def _add_form(self, form: str, mask: str) -> None:
        words = form.split("_")
        places, length = set[int](), 0
        for word in words[:-1]:
            length += len(word)
            places.add(length)
        plain = "".join(words)
        made = _Form(plain, frozenset(places), mask)
        if len(plain) < SOUGHT and not _is_ideographic(plain):
            self._short[plain] = self._stricter(self._short.get(plain), made)
            return
        seed, key = plain[:SOUGHT], plain[:LONGEST]
        alike = self._forms.setdefault(key, [])
        same = next((one for one in alike[:ALIKE] if one.text == plain), None)
        if same is not None:
            alike[alike.index(same)] = self._stricter(same, made)
        elif len(alike) < ALIKE:
            alike.append(made)
        lengths = self._lengths.get(seed, ())
        self._widths.add(len(seed))
        if len(key) not in lengths:
            self._lengths[seed] = tuple(sorted((*lengths, len(key)), reverse=True))

    def _stricter(self, one: _Form | None, other: _Form) -> _Form:
        if one is None or other.mask == "all":
            return other
        names = {each.mask for each in (one, other) if STAND_IN.fullmatch(each.mask)}
        if len(names) == 2:
            return replace(one, mask="all")  # two of one surname: it names neither
        return other if names == {other.mask} and one.mask != "all" else one

    def _add_number(self, digits: str, mask: str) -> None:
        for start in range(len(digits) - PART + 1):
            alike = self._numbers.setdefault(digits[start : start + PART], [])
            if len(alike) < ALIKE and all(one[0] != digits for one in alike):
                alike.append((digits, start, mask))

    # what was

    @cached_property
    def _past(self) -> FormerIndex:
        return FormerIndex(self.former)

    @cached_property
    def _former_dates(self) -> bool:
        """Takes the dates of the past up; whether there are any at all."""
        self._take_up(self._past.marked("@"))
        return bool(self._dates)

    @cached_property
    def _former_literals(self) -> bool:
        self._take_up(self._past.marked("="))
        return bool(self._literals)

    def _take_up(self, rows: Iterable[tuple[str, str]]) -> None:
        for forms, mask in rows:
            self.add(forms.split(), mask)

    def _take_up_keys(self, keys: Iterable[str]) -> None:
        """Take up the values of the past that have these keys."""
        for key in keys:
            if key not in self._taken_up:
                self._taken_up.add(key)
                for form, mask in self._past.forms_of(key, ALIKE):
                    self._add_form(form, mask)

    def _take_up_numbers(self, digits: str) -> None:
        part = digits[:LONGER]
        if part not in self._taken_up and self._past.has_part(digits[:PART]):
            self._taken_up.add(part)
            for number, mask in self._past.numbers_with(digits, ALIKE):
                self._add_number(number, mask)

    # looking

    def _letters(self, text: Folded) -> Iterator[Find]:
        stream, lengths = text.tight, self._lengths
        self.work += len(stream)
        if self._past.is_there:
            self._take_up_keys(self._past.keys_in(stream))
        for width in sorted(self._widths, reverse=True):
            for at in range(len(stream) - width + 1):
                if (seed := stream[at : at + width]) in lengths:
                    yield from self._beginning(text, at, lengths[seed])

    def _beginning(self, text: Folded, at: int, lengths: tuple[int, ...]) -> Iterator[Find]:
        """The longest form that begins at this place."""
        for length in lengths:
            self.work += 1
            for form in self._forms.get(text.tight[at : at + length], ()):
                end = at + _agreed(text.tight, at, form.text)
                self.work += end - at
                if end and _is_written_so(text, at, end, form):
                    yield self._found(text, at, end, form)
                    return

    def _short_words(self, text: Folded) -> Iterator[Find]:
        for match in _TOKEN.finditer(text.light):
            word = match[0]
            self.work += 1
            if len(word) >= SOUGHT:
                continue
            if word in self._past.short:
                self._take_up_keys([word])
            form = self._short.get(word)
            if form is not None:
                start, end = text.span(*match.span())
                yield Find(start, end, mask_in_text(text.text[start:end], form.mask))

    def _days(self, text: Folded) -> Iterator[Find]:
        for start, end, days in dates_in(text.light):
            self.work += 1
            if any(day in self._dates for day in days):
                yield Find(*text.span(start, end), DOTS)

    def _parts_of_numbers(self, text: Folded) -> Iterator[Find]:
        stream = straight(text.tight)
        for run in _RUN.finditer(stream):
            at = done = run.start()
            while at <= run.end() - PART:
                self.work += 1
                if self._past.is_there:
                    self._take_up_numbers(stream[at : min(at + LONGER, run.end())])
                end, mask = self._part(text, stream, at, run.end())
                if not end:
                    at += 1
                    continue
                start, last = _with_digits_beside(text, stream, max(at, done), end, done)
                shown = mask_in_text(stream[at:end], mask)
                yield Find(*text.span(text.tight_places[start], text.tight_places[last - 1] + 1), shown)
                at = done = last

    def _part(self, text: Folded, stream: str, at: int, limit: int) -> tuple[int, str]:
        """How far the longest part of a known number goes that begins here, or 0."""
        longest, mask = 0, ""
        for digits, start, kind in self._numbers.get(stream[at : at + PART], ()):
            end = at
            while end < limit and start + end - at < len(digits) and stream[end] == digits[start + end - at]:
                if end > at and not _is_near(text.gap(end)):
                    break
                end += 1
            self.work += end - at
            if end > longest:
                longest, mask = end, kind
        return (longest, mask) if longest and _is_a_part(text, stream, at, longest) else (0, "")

    def _signs(self, text: Folded) -> Iterator[Find]:
        if not self._former_literals:
            return
        for literal, mask in self._literals.items():
            whole = len(literal) < SOUGHT
            for start in _places(text.text, literal):
                self.work += 1
                end = start + len(literal)
                if not whole or not (_is_word(text.text[start - 1 : start]) or _is_word(text.text[end : end + 1])):
                    yield Find(start, end, mask_in_text(literal, mask))
            folded = light(literal)
            if len(folded) >= SOUGHT and folded != literal:
                for start in _places(text.light, folded):
                    yield Find(*text.span(start, start + len(folded)), DOTS)

    def _found(self, text: Folded, at: int, end: int, form: _Form) -> Find:
        places = text.tight_places
        start, last = text.span(places[at], places[end - 1] + 1)
        if form.mask != "name":
            return Find(start, last, mask_in_text(text.text[start:last], form.mask))
        words = [at, *(at + place for place in sorted(form.breaks) if at + place < end)]
        initials = (text.text[text.places[places[word]]] for word in words)
        return Find(start, last, " ".join(initial + DOTS for initial in initials))


def _agreed(stream: str, at: int, form: str) -> int:
    """How many characters of a form stand here: all, or of a very long one at least `LONGEST`."""
    if stream.startswith(form, at):
        return len(form)
    if len(form) <= LONGEST:
        return 0
    length = LONGEST
    while length < len(form) and at + length < len(stream) and stream[at + length] == form[length]:
        length += 1
    return length


def _is_written_so(text: Folded, at: int, end: int, form: _Form) -> bool:
    """Whether what stands between the characters lets them be one value."""
    places = text.tight_places
    contiguous = places[end - 1] - places[at] == end - at - 1
    if contiguous:
        return not (form.text.isdigit() and form.breaks and len(form.text) < PART)
    gaps = {place: gap for place in range(at + 1, end) if (gap := text.gap(place))}
    if not all(_is_near(gap) for gap in gaps.values()):
        return False
    inside = [place for place in gaps if place - at not in form.breaks]
    if not inside:
        return True
    if not (text.gap(at) and text.gap(end)):
        return False
    if len(gaps) == sum(_is_apart(text, place) for place in range(at + 1, end)):  # letter by letter
        return True
    if form.text.isdigit() and len(form.text) < PART:
        return len(inside) == 1 and end - inside[0] == 3 and len(gaps) == 1 and gaps[inside[0]] in " ,.'"
    return all(_may_part_a_word(text, place, gaps[place]) for place in inside)


def _is_apart(text: Folded, place: int) -> bool:
    """Whether this character and the one before were two in the text (`ß` is folded to two)."""
    places = text.tight_places
    return text.places[places[place]] != text.places[places[place - 1]]


def _is_near(gap: str) -> bool:
    return len(gap) <= WIDEST and DOT not in gap


def _may_part_a_word(text: Folded, place: int, gap: str) -> bool:
    """One sign inside of a word, or the end of a line."""
    if len(gap) == 1 and gap != " ":
        return True
    places = text.tight_places
    return bool(_BREAK.fullmatch(text.text[text.places[places[place - 1]] + 1 : text.places[places[place]]]))


def _is_a_part(text: Folded, stream: str, at: int, end: int) -> bool:
    """Whether these digits give a number away, or are a number of their own that happens to be like a part of it."""
    digits = stream[at:end]
    if len(digits) < PART or (len(digits) < 10 and not digits[1:].strip("0")):
        return False
    if len(digits) >= 8:
        return True
    begins = not (at and stream[at - 1].isdigit()) or bool(text.gap(at))
    ends = not (end < len(stream) and stream[end].isdigit()) or bool(text.gap(end))
    return begins and ends


def _with_digits_beside(text: Folded, stream: str, at: int, end: int, first: int) -> tuple[int, int]:
    """A part of a number with the digits that stand right beside it, from `first` on."""
    while at > first and stream[at - 1].isdigit() and not text.gap(at):
        at -= 1
    while end < len(stream) and stream[end].isdigit() and not text.gap(end):
        end += 1
    return at, end


def _places(text: str, sought: str) -> Iterator[int]:
    at = text.find(sought)
    while at >= 0:
        yield at
        at = text.find(sought, at + 1)


def _is_word(character: str) -> bool:
    return character.isalnum()


def _is_ideographic(text: str) -> bool:
    """Whether words of this script stand without spaces between them."""
    return len(text) > 1 and all(ord(character) >= 0x2E80 for character in text)
