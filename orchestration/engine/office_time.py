"""When is a timer due that counts by the hours and holidays of an office?

`<timeDuration casewright:calendar="office">P2D</timeDuration>` (BPMN 10.4.5; `timerExpression` in CMMN 5.4.2) is read
as `P2D by office`: two working days, due when the office closes on the second; `PT4H by office` is four hours during
which it is open. What is due stands in the history, so a calendar that is changed later moves no timer that is set.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from orchestration.deadlines.reckoning import NeverDue, reckon, timeline
from orchestration.deadlines.rule import STARTED, BadLength, Event, rule_of
from orchestration.engine.limits import Limits
from orchestration.engine.moments import BadTimer, short

_BY: Final = re.compile(r"(?P<length>.+) by (?P<key>[\w-]{1,64})")
_COUNTED: Final = re.compile(r"P(?:(?P<days>\d{1,5})D|T(?P<hours>\d{1,5})H)")


def counted(text: str, now: datetime, limits: Limits) -> datetime | None:
    """The moment, of a timer that names an office; None of any other. Raises BadTimer."""
    found = _BY.fullmatch(text.strip())
    if found is None:
        return None
    length = _COUNTED.fullmatch(found["length"].strip())
    if length is None:
        raise BadTimer(f"{short(text)} counts by an office, so it is whole days (P2D) or whole hours (PT4H).")
    unit, amount = ("working days", length["days"]) if length["days"] else ("working hours", length["hours"])
    office = limits.office(found["key"])
    try:
        rule = rule_of(f"{int(amount)} {unit}", closing=True)
        line = timeline(rule, [Event(STARTED, now)], {office.key: office}, office.key)
        due = None if line is None else reckon(rule, line).due
    except (BadLength, NeverDue) as error:
        raise BadTimer(f"{short(text)}: {error}") from None
    if due is None:
        raise BadTimer(f"{short(text)} is never due.")
    return due
