"""Where does a contract depart from the house standard: which clause, by how much, in which words, on which page?

A clause is of the kind that its heading names, else of the one whose text, or whose sentences, are nearest in meaning
(an embedding), if they are near enough. What is asked of that kind is then looked for by rules, and by what its
sentences read like. A clause that is of no kind is told as such: nobody has compared it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from orchestration.actors.kinds.text_model.embedding import embed
from orchestration.clauses.amounts import amounts_in
from orchestration.clauses.finding import Clause, sentences
from orchestration.clauses.likeness import Likeness, alike, called, one_sided, unlike
from orchestration.clauses.standard import Limit, Section
from orchestration.knowledge.wording import denies

NEAR: Final = 0.5
"""How near a clause has to be to a section of the standard to be of its kind, where its heading does not say so."""
OTHER_UNIT: Final = {"days": ("months", 30.0), "months": ("days", 1 / 30)}
"""In what else a length of time may be said, and how many of the limit's unit one of that is."""
BEFORE: Final = 5
"""Words before a phrase in which a denial turns it round."""
PLAIN: Final = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
WORD: Final = re.compile(r"[a-zäöüß]+")


@dataclass(frozen=True, slots=True)
class Matched:
    """`section`: None where it is of no kind that the standard knows. `by`: "heading", "meaning" or ""."""

    clause: Clause
    section: Section | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Deviation:
    """`clause`: None where the contract has none of this kind. `apart`: by which share of the standard, for a limit."""

    section: Section
    what: str
    asked: str
    clause: Clause | None = None
    quote: str = ""
    apart: float | None = None

    @property
    def page(self) -> int | None:
        return self.clause.page_of(self.quote) if self.clause else None


def matched(clauses: Sequence[Clause], standard: Sequence[Section]) -> list[Matched]:
    """Of which kind each clause is."""
    named = [_by_heading(one, standard) for one in clauses]
    open_to = [at for at, section in enumerate(named) if section is None]
    near = _by_meaning([clauses[at] for at in open_to], standard)
    found = dict(zip(open_to, near, strict=True))
    return [
        Matched(one, section, "heading") if section
        else Matched(one, found[at], "meaning" if found[at] else "")
        for at, (one, section) in enumerate(zip(clauses, named, strict=True))
    ]  # fmt: skip


def _by_heading(clause: Clause, standard: Sequence[Section]) -> Section | None:
    words = " ".join(WORD.findall(clause.heading.lower()))
    found = [
        (len(name), section)
        for section in standard for name in (section.kind.lower(), *section.names)
        if re.search(rf"\b{re.escape(' '.join(WORD.findall(name)))}\b", words)
    ]  # fmt: skip
    return max(found, key=lambda one: one[0])[1] if found else None


def _by_meaning(clauses: Sequence[Clause], standard: Sequence[Section]) -> list[Section | None]:
    """By the whole text; of what that leaves open, by the sentences that the standard knows of each kind, which are
    read in other languages, too."""
    if not clauses or not standard:
        return [None] * len(clauses)
    texts = [f"{one.heading}. {one.text}" if one.heading else one.text for one in clauses]
    vectors = embed([*texts, *(f"{one.kind}. {one.text}" for one in standard)])
    near = vectors[: len(clauses)] @ vectors[len(clauses) :].T
    found = [standard[int(row.argmax())] if row.max() >= NEAR else None for row in near]
    left = [at for at, one in enumerate(found) if one is None]
    kinds = [(f"{one.kind}. {one.text}", one.text, *one.like, *one.unlike) for one in standard]
    for at, like in zip(left, alike([texts[at] for at in left], kinds), strict=True):
        found[at] = standard[like.kind] if like.surely else None
    return found


def deviations(found: Sequence[Matched], standard: Sequence[Section]) -> list[Deviation]:
    """What departs, in the order of the standard."""
    return [
        one for section in standard
        for one in _of_section(section, [each.clause for each in found if each.section == section])
    ]  # fmt: skip


def unclear(found: Sequence[Matched]) -> list[Matched]:
    """Clauses of which the rules can say nothing sure.

    The standard limits an amount, and they name none of its unit; or a sentence of theirs reads a little more like what
    the house does not agree to than like what it does.
    """
    return [one for one in found if one.section and (_names_no_amount(one) or _may_read_like(one))]


def _names_no_amount(one: Matched) -> bool:
    return one.section is not None and any(not _named([one.clause], one.section, limit) for limit in one.section.limits)


def _may_read_like(one: Matched) -> bool:
    return one.section is not None and any(not like.surely for like in _likenesses(one.section, one.clause))


def _of_section(section: Section, clauses: Sequence[Clause]) -> Iterator[Deviation]:
    if not clauses:
        if section.needed:
            yield Deviation(section, "The contract has no such clause.", "It is needed.")
        return
    for limit in section.limits:
        yield from _beyond(section, clauses, limit)
    for phrases in section.must:
        if not any(_says(one.text, phrase) for one in clauses for phrase in phrases):
            wanted = " or ".join(f"“{one}”" for one in phrases)
            yield Deviation(section, f"It does not say {wanted}.", "It has to.", clauses[0], _first(clauses[0]))
    told = [one for phrases in section.must_not for one in _forbidden(section, clauses, phrases)]
    yield from told
    yield from _read_like(section, clauses, {one.quote for one in told})


def _beyond(section: Section, clauses: Sequence[Clause], limit: Limit) -> Iterator[Deviation]:
    """The amount that is farthest beyond the limit, in the sentences that are meant."""
    named = _named(clauses, section, limit)
    if not named:
        return
    value, clause, quote = (max if limit.at_most else min)(named, key=lambda one: one[0])
    if (value > limit.value) if limit.at_most else (value < limit.value):
        way = "at most" if limit.at_most else "at least"
        asked = f"{way.capitalize()} {limit.value:g} {limit.unit}."
        apart = (value - limit.value) / limit.value if limit.value else None
        yield Deviation(section, f"It says {value:g} {limit.unit}.", asked, clause, quote, apart)


def _named(clauses: Sequence[Clause], section: Section, limit: Limit) -> list[tuple[float, Clause, str]]:
    """The amounts that the limit is about, each with its sentence; where none is in its unit, days count as months and
    months as days. Where no sentence has a word that tells which is meant, any of them is, unless the house itself
    names several."""
    said = [(one, sentence) for one in clauses for sentence in sentences(one.text)]
    near = [each for each in said if any(_folded(word) in _folded(each[1]) for word in limit.near)]
    named = [
        (unit, value, one, sentence)
        for one, sentence in near or (said if not limit.near or _is_alone(limit, section) else [])
        for unit, value in amounts_in(sentence)
    ]  # fmt: skip
    own = [(value, one, sentence) for unit, value, one, sentence in named if unit == limit.unit]
    times = OTHER_UNIT.get(limit.unit)
    if own or times is None:
        return own
    other, of_it = times
    return [(round(value * of_it, 1), one, sentence) for unit, value, one, sentence in named if unit == other]


def _is_alone(limit: Limit, section: Section) -> bool:
    """Whether the house's own text names no other amount of the unit than the one that is limited."""
    return len({value for unit, value in amounts_in(section.text) if unit == limit.unit}) <= 1


def _folded(text: str) -> str:
    """Without capitals and umlauts, so that a plural is found by its singular (Vorfälle by Vorfall)."""
    return text.lower().translate(PLAIN)


def _forbidden(section: Section, clauses: Sequence[Clause], phrases: Sequence[str]) -> Iterator[Deviation]:
    for clause in clauses:
        for sentence in sentences(clause.text):
            said = next((one for one in phrases if _says(sentence, one) and not _is_denied(sentence, one)), None)
            if said:
                yield Deviation(section, f"It says “{said}”.", "It may not.", clause, sentence)


def _read_like(section: Section, clauses: Sequence[Clause], told: set[str]) -> Iterator[Deviation]:
    """What departs in words that no rule foresaw; of a sentence that was named already nothing more is said."""
    for clause in clauses:
        alone = [one for one in sentences(clause.text) if section.both and one not in told and one_sided(one)]
        for sentence in alone:
            yield Deviation(section, "It binds or frees one side alone.", "Both sides alike.", clause, sentence)
        for one in _likenesses(section, clause):
            if one.surely and one.sentence not in told and one.sentence not in alone:
                what = f"It reads like “{one.like}.”"
                yield Deviation(section, what, "Words such as ours.", clause, one.sentence)


def _likenesses(section: Section, clause: Clause) -> list[Likeness]:
    said = [one for one in sentences(clause.text) if not _counted(one, clause, section)]
    return unlike(said, section.unlike, (*section.like, *sentences(section.text)))


def _counted(sentence: str, clause: Clause, section: Section) -> bool:
    """Whether an amount of it was compared: what is counted need not be guessed from what it reads like."""
    return any(sentence == quote for limit in section.limits for _, _, quote in _named([clause], section, limit))


def _says(text: str, phrase: str) -> bool:
    return bool(re.search(rf"\b{re.escape(phrase)}\b", called(text), re.IGNORECASE))


def _is_denied(sentence: str, phrase: str) -> bool:
    """Whether what stands just before the phrase turns it round, as “in no case unlimited”."""
    before = called(sentence).lower().partition(phrase)[0].split()[-BEFORE:]
    return denies(" ".join(before)) and not denies(phrase)


def _first(clause: Clause) -> str:
    return next(iter(sentences(clause.text)), "")
