"""How many clauses of contracts are found, how many of their deviations, and how many alarms are false?

Twenty contracts, made with a fixed seed in four layouts, printed as PDF and read as any document is. A contract leaves
out a clause now and then; the deviations that are in it are known. The texts (`contracts.yaml`) were written by who
wrote the standard, after its rules: an organisation measures its own contracts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from textwrap import fill
from typing import Any, Final

import yaml

from casework.runtime.locations import CHECKOUT as ROOT
from orchestration.clauses.comparing import Deviation, Matched, deviations, matched, unclear
from orchestration.clauses.finding import Clause, clauses_in
from orchestration.clauses.standard import Section, sections_of
from orchestration.documents.printing import printed
from orchestration.documents.reading import text_of
from orchestration.knowledge.pieces import cut

OURS: Final = Path(__file__).with_suffix(".yaml")
STANDARD: Final = ROOT / "casework/casetypes/contract/knowledge/house-standard.md"
SEED: Final = 20_261_129
WANTED: Final = 20
LAYOUTS: Final = ("{number}. {heading}", "Article {number} - {heading}", "§ {number} {heading}", "{capitals}")
PARTIES: Final = (
    "Brook Ltd",
    "Lumen Services BV",
    "Oakfield Systems GmbH",
    "Delta Logistics AG",
    "Marten Software Inc",
)
LEFT_OUT: Final = 0.08
DEPARTS: Final = 0.4
TITLE: Final = "AGREEMENT FOR SERVICES\n\nbetween Brook Ltd and Casewright Demo\n\n"
NEWEST: Final = ("newest", "german-newest")


@dataclass(frozen=True, slots=True)
class Contract:
    """`headings`: of its clauses, in order; `kinds`: of each, "" for one of no kind; `apart`: kinds that depart."""

    party: str
    text: str
    headings: tuple[str, ...]
    kinds: tuple[str, ...]
    apart: frozenset[str]


def contracts(wanted: int = WANTED, seed: int = SEED) -> Iterator[Contract]:
    draws, given = Random(seed), yaml.safe_load(OURS.read_text("utf-8"))
    needed = {one.kind for one in standard() if one.needed}
    for number in range(wanted):
        yield _contract(draws, given, LAYOUTS[number % len(LAYOUTS)], PARTIES[number % len(PARTIES)], needed)


def standard() -> tuple[Section, ...]:
    pieces = cut(STANDARD.read_text("utf-8"))
    return sections_of((number, piece.heading, piece.text) for number, piece in enumerate(pieces, 1))


def _contract(draws: Random, given: dict[str, Any], layout: str, party: str, needed: set[str]) -> Contract:
    parts: list[tuple[str, str, str]] = []
    apart = set()
    for kind, texts in given.items():
        if kind == "other" or isinstance(texts, list):
            continue
        if draws.random() < LEFT_OUT:
            apart |= {kind} & needed
            continue
        departs = draws.random() < DEPARTS
        apart |= {kind} if departs else set()
        parts.append((kind, draws.choice(texts["headings"]), draws.choice(texts["departs" if departs else "keeps"])))
    others = list(zip(given["other"]["headings"], given["other"]["keeps"], strict=True))
    parts += [("", heading, text) for heading, text in draws.sample(others, 2)]
    draws.shuffle(parts)
    return Contract(
        party, _written(party, layout, parts), tuple(one[1] for one in parts), tuple(one[0] for one in parts),
        frozenset(apart),
    )  # fmt: skip


def _written(party: str, layout: str, parts: list[tuple[str, str, str]]) -> str:
    name = "Agreement for services" if "capitals" in layout else "AGREEMENT FOR SERVICES"
    title = f"{name}\n\nbetween {party} (the Supplier)\nand Casewright Demo, Quay 1, Rotterdam (the Customer)\n"
    bodies = [
        f"{layout.format(number=at, heading=heading, capitals=heading.upper())}\n\n{fill(text, 76)}\n"
        for at, (_, heading, text) in enumerate(parts, 1)
    ]
    return "\n\n".join([title, *bodies, "Signatures\n\nRotterdam, ____________\n"])


def read(contract: Contract) -> list[Clause]:
    """Its clauses, as they are found in its PDF."""
    pdf = printed(contract.text)
    pages = text_of(pdf, "pdf", contract.text.count("\n") // 54 + 1).pages
    return list(clauses_in([page.text for page in pages]))


def compared(contract: Contract) -> tuple[list[Clause], list[Matched], list[Deviation]]:
    clauses, known = read(contract), standard()
    found = matched(clauses, known)
    return clauses, found, deviations(found, known)


def figures() -> Iterator[str]:
    """Of clauses and of deviations: found, of how many, and how many besides."""
    sums, wrong = Counter[str](), Counter[str]()
    for contract in contracts():
        one, mistakes = measured(contract)
        sums.update(one)
        wrong.update(mistakes)
    yield (
        f"{WANTED} contracts: {sums['found']} of {sums['clauses']} clauses found, {sums['besides']} besides; "
        f"{sums['kinds']} of the right kind"
    )
    yield (
        f"{sums['named']} of {sums['apart']} clauses that depart, or are missing, are named, {sums['false']} others "
        f"wrongly; {sums['quoted']} of {sums['quotes']} quoted as they stand"
    )
    if wrong:
        yield "wrong: " + ", ".join(f"{what} {times}" for what, times in sorted(wrong.items()))
    yield of_headless()
    for which in ("unseen", "tuned", "held-out", "fresh", "german", "german-looked-at", "last", "german-last", *NEWEST):
        yield in_other_words(which).said()


def of_headless() -> str:
    """Contracts whose clauses have a number and no heading, ten to one, through their PDF."""
    asked, sums = yaml.safe_load(OURS.read_text("utf-8"))["headless"], Counter[str]()
    for start in range(0, len(asked), 10):
        sums.update(_headless(asked[start : start + 10], standard()))
    return (
        f"{len(asked)} clauses without a heading: {sums['found']} found as they stand, {sums['right']} of the right "
        f"kind, {sums['wrong']} of another, the others told as not compared; {sums['named']} of {sums['apart']} that "
        f"depart are named, {sums['false']} others wrongly"
    )


def _headless(asked: list[tuple[str, str, str, bool]], known: tuple[Section, ...]) -> Counter[str]:
    said = [one[2] for one in asked]
    text = "\n\n".join(fill(f"{at}. {one}", 76) for at, one in enumerate(said, 1))
    clauses = clauses_in([page.text for page in text_of(printed(f"{TITLE}{text}"), "pdf", 1).pages])
    found = matched(clauses, known)
    kinds = {one.clause.text.rstrip("."): one.section.kind if one.section else "" for one in found}
    told = {one.clause.text.rstrip(".") for one in deviations(found, known) if one.clause}
    sums = Counter[str]()
    for _, kind, one, departs in asked:
        given, named = kinds.get(one.rstrip(".")), one.rstrip(".") in told
        sums.update(found=given is not None, right=given == kind, wrong=given not in (None, "", kind))
        sums.update(apart=departs, named=departs and named, false=named and not departs)
    return sums


@dataclass(frozen=True, slots=True)
class Named:
    """Of clauses that depart or do not: how many were named, and how many of the others are left to the reader."""

    which: str
    named: Counter[tuple[bool, bool]]
    left: Counter[bool]

    def said(self) -> str:
        named, left = self.named, self.left
        return (
            f"{named.total()} clauses in other words ({self.which}): {named[True, True]} of "
            f"{named[True, True] + named[True, False]} that depart are named, {left[True]} more left to the reader; "
            f"of {named[False, True] + named[False, False]} others {named[False, True]} named wrongly"
        )


def in_other_words(which: str) -> Named:
    """Clauses in other words than those of the twenty contracts, each by itself."""
    asked, known = yaml.safe_load(OURS.read_text("utf-8"))[which], standard()
    sums, left = Counter[tuple[bool, bool]](), Counter[bool]()
    for *heading, kind, text, departs in asked:
        found = matched([Clause("1", heading[0] if heading else kind, text, 1)], known)
        named = any(one.section.kind == kind for one in deviations(found, known))
        sums[departs, named] += 1
        left[departs] += bool(not named and unclear(found))
    return Named(which, sums, left)


def measured(contract: Contract) -> tuple[Counter[str], list[str]]:
    """How many of what, and which deviations were missed or made up."""
    clauses, of_kinds, apart = compared(contract)
    got, there = {one.heading.lower() for one in clauses}, {one.lower() for one in contract.headings}
    kinds = {(one.clause.heading.lower(), one.section.kind if one.section else "") for one in of_kinds}
    right = {(heading.lower(), kind) for heading, kind in zip(contract.headings, contract.kinds, strict=True)}
    alarms, quotes = {one.section.kind for one in apart}, [one for one in apart if one.clause]
    sums = {
        "clauses": len(there), "found": len(there & got), "besides": len(got - there), "kinds": len(kinds & right),
        "apart": len(contract.apart), "named": len(alarms & contract.apart), "false": len(alarms - contract.apart),
        "quotes": len(quotes), "quoted": sum(one.clause is not None and one.quote in one.clause.text for one in quotes),
    }  # fmt: skip
    mistakes = [f"missed {one}" for one in contract.apart - alarms] + [
        f"false {one}" for one in alarms - contract.apart
    ]
    return Counter(sums), mistakes
