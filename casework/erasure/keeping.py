"""May a case be erased, must it, and from when on?

Retention: pure. A legal hold beats every rule; the floor of the law is undercut by nobody, also not by the person whose
data it is (GDPR, article 17 (3) b); a type of case without a rule is kept, for nobody has said that it may go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from casework.forms.answer_validation import text_errors
from orchestration.ground.counts import counted

DAYS: Final = (0, 36_500)
"""Of a rule: the fewest and the most."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`floor`, `keep`: days after the end of the case before which it may not, and after which it must go."""

    floor: int
    keep: int
    law: str


@dataclass(frozen=True, slots=True)
class Standing:
    """`why`: a sentence for people. `since`: from when on it may go, where that is known."""

    may: bool
    due: bool
    why: str
    since: datetime | None = None


def tightened(rule: Rule | None, days: int | None) -> Rule | None:
    """The rule where a business unit lets cases go sooner; the floor of the law stands."""
    if rule is None or days is None or days >= rule.keep:
        return rule
    return replace(rule, keep=max(rule.floor, days))


def standing(*, ended: datetime | None, rule: Rule | None, hold: str, now: datetime) -> Standing:
    """Of one case. `ended`: when, aware; None: it is open. `hold`: why it is held; empty: it is not."""
    if hold:
        return Standing(False, False, f"A legal hold keeps it: {hold}")
    if ended is None:
        return Standing(False, False, "It is open. It has to come to its end first.")
    if rule is None:
        return Standing(False, False, "No rule says how long cases of this type have to be kept.")
    may, due = ended + timedelta(days=rule.floor), ended + timedelta(days=rule.keep)
    if now < may:
        return Standing(False, False, f"{rule.law} keeps it until {may:%Y-%m-%d}.", may)
    if now < due:
        return Standing(
            True, False, f"It may go since {may:%Y-%m-%d}, and has to on {due:%Y-%m-%d} by {rule.law}.", may
        )
    return Standing(True, True, f"It had to go on {due:%Y-%m-%d} by {rule.law}.", may)


def mention_standing(*, ended: datetime | None, rule: Rule | None, hold: str, now: datetime) -> Standing:
    """Of a case of somebody else's that names a person: may they be taken out? What the law keeps for so many days, it
    keeps whole, from the beginning of the case; one that it asks no days for may be open still."""
    if hold:
        return Standing(False, False, f"A legal hold keeps it whole: {hold}")
    if rule is None:
        return Standing(False, False, "No rule says how long cases of this type have to be kept whole.")
    if rule.floor and ended is None:
        return Standing(False, False, f"{rule.law} keeps it whole until {counted(rule.floor, 'day')} after its end.")
    if ended is not None and now < (may := ended + timedelta(days=rule.floor)):
        return Standing(False, False, f"{rule.law} keeps it whole until {may:%Y-%m-%d}.", may)
    return Standing(True, False, "A marker takes the person's place." if ended else
                    "It goes on, with a marker in the person's place.")  # fmt: skip


def amiss(floor: int | None, keep: int | None, law: str) -> dict[str, str]:
    """What is wrong with a rule, a sentence a field; None: what was written is no number of days."""
    wrong: dict[str, str] = {}
    for name, days in (("floor", floor), ("keep", keep)):
        if days is None or not DAYS[0] <= days <= DAYS[1]:
            wrong[name] = f"Write days, from {DAYS[0]} to {DAYS[1]}."
    if not wrong and floor is not None and keep is not None and keep < floor:
        wrong["keep"] = "It cannot have to go before it may."
    if not 3 <= len(law) <= 200:
        wrong["law"] = "Name the law or rule of the house, in 3 to 200 characters."
    return wrong | text_errors({"law": law})
