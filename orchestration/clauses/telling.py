"""How are the clauses of a contract and its deviations told: as a summary, a report for a lawyer, and a letter?

Pure. Nothing is written anew: a summary is made of sentences that stand in the contract, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orchestration.clauses.comparing import Deviation, Matched
from orchestration.clauses.finding import Clause, sentences
from orchestration.clauses.standard import SEVERE
from orchestration.ground.counts import counted

LONGEST: Final = 3_000
LONGEST_REPORT: Final = 12_000
LONGEST_QUOTE: Final = 400
EXTRACTED: Final = "Made of sentences of the contract, the first of each clause; nothing is written anew."


def summary(clauses: Sequence[Clause]) -> str:
    """The first sentence of each clause below its heading."""
    lines = (f"{_named(one)}: {_cut(next(iter(sentences(one.text)), ''))}" for one in clauses)
    return "\n".join(lines)[:LONGEST]


def report(found: Sequence[Matched], deviations: Sequence[Deviation], unclear: Sequence[Matched] = ()) -> str:
    """What departs from the standard and where, and which clauses nobody has compared."""
    lines = [f"{len(found)} clauses, {told(deviations)}.", ""]
    lines += [line for one in deviations for line in (*_lines(one), "")]
    if left := [one for one in unclear if one.section and one.section not in {each.section for each in deviations}]:
        lines += ["Read these yourself, the rules can say nothing sure of them:"]
        lines += [f"  {_named(one.clause)} (page {one.clause.page})" for one in left] + [""]
    if strange := [each.clause for each in found if each.section is None]:
        lines += ["Not compared, for the standard knows no such clause:"]
        lines += [f"  {_named(one)} (page {one.page})" for one in strange]
    return "\n".join(lines).strip()[:LONGEST_REPORT]


def told(deviations: Sequence[Deviation]) -> str:
    severe = sum(one.section.weight == SEVERE for one in deviations)
    if not deviations:
        return "no deviation was found"
    return f"{counted(len(deviations), 'deviation')}, {severe} of them severe"


def letter(deviations: Sequence[Deviation]) -> str:
    """What the other side is asked to change, for a person to read and send."""
    asked = "\n\n".join("\n".join(_wish(number, one)) for number, one in enumerate(deviations, 1))
    return (
        "Dear Sir or Madam,\n\nthank you for your draft of the contract. "
        "Before we sign it, we ask you to change the following:\n\n"
        f"{asked}\n\nPlease send us the changed contract.\n\nKind regards"
    )[:4_900]


def _lines(one: Deviation) -> list[str]:
    where = f"{_named(one.clause)}, page {one.page}" if one.clause else "missing"
    lines = [f"{one.section.kind} ({one.section.weight}; {where})", f"  {one.what} Standard: {one.asked}{_apart(one)}"]
    return [*lines, f"  “{_cut(one.quote)}”"] if one.quote else lines


def _wish(number: int, one: Deviation) -> list[str]:
    if one.clause is None:
        return [f"{number}. {one.section.kind}: please add a clause. Ours reads: “{_cut(one.section.text)}”"]
    lines = [f"{number}. {_named(one.clause)} (page {one.page}): “{_cut(one.quote)}”"]
    return [
        *lines,
        f"   {one.what} We ask for: {one.asked[:1].lower()}{one.asked[1:]} Ours reads: “{_cut(one.section.text)}”",
    ]


def _apart(one: Deviation) -> str:
    return "" if one.apart is None else f" ({abs(one.apart):.0%} {'more' if one.apart > 0 else 'less'})"


def _named(clause: Clause) -> str:
    return f"{clause.number}. {clause.heading}" if clause.number and clause.heading else clause.called


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rstrip() + "…"
