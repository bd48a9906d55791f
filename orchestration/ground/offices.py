"""When does the office work whose calendar a timer names?

Calendars are kept by those who stand above this (`casework.deadlines`); they say here where to ask.
"""

from __future__ import annotations

from collections.abc import Callable

from orchestration.deadlines.work_calendar import WorkCalendar
from orchestration.engine.limits import plain_office as plain_office

_asked: list[Callable[[str], WorkCalendar]] = [plain_office]


def office(key: str) -> WorkCalendar:
    return _asked[-1](key)


def ask(known: Callable[[str], WorkCalendar]) -> None:
    """From now on it is asked of this."""
    if known not in _asked:
        _asked.append(known)
