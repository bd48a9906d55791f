"""How is a calendar changed, and which deadlines does that move?

What moves is shown before it is saved. The change stands on the control chain with its reason; each case whose deadline
moves is told so in its own history, by the look after it that `watching` takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import available_timezones

from django.db import transaction

from audit.services import Fact, Origin, record_control
from casework.deadlines.models import Deadline, WorkingCalendar
from casework.deadlines.standing import FIELDS, calendar_of, calendars, standing
from casework.deadlines.watching import look_after
from casework.forms.answer_validation import tells, text_errors
from orchestration.casetypes.case_type import by_definition
from orchestration.deadlines.rule import HANDED_OVER, events_of
from orchestration.deadlines.work_calendar import MINUTES, WorkCalendar, regions
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_DAYS: Final = 500
SHOWN: Final = 100
_KEY: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
_SPAN: Final = re.compile(r"(\d\d):(\d\d)\s*[-\N{EN DASH}]\s*(\d\d):(\d\d)", re.ASCII)
OPEN: Final = (Deadline.State.RUNNING, Deadline.State.PAUSED)


@dataclass(frozen=True, slots=True)
class Move:
    """A deadline of a case (`case`: its number) that a change of a calendar moves; None: it stands still."""

    case: int
    title: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form says: the fields of a calendar; `wrong` a sentence for each that cannot be taken."""

    values: Mapping[str, Any]
    wrong: Mapping[str, str]


def asked(form: Mapping[str, str], key: str = "") -> Asked:
    """A form, checked. `key`: of the calendar that is there; a new one says its own."""
    wrong: dict[str, str] = {}
    hours = [_spans(form.get(f"hours-{day}", ""), f"hours-{day}", wrong) for day in range(7)]
    values = {
        "key": key or form.get("key", "").strip(), "title": form.get("title", "").strip(),
        "zone": form.get("zone", "").strip(), "hours": hours, "region": form.get("region", "").strip(),
        **{name: _days(form.get(name, ""), name, wrong) for name in ("closed", "opened")},
    }  # fmt: skip
    reason = form.get("reason", "").strip()
    wrong |= dict(_amiss(values, reason))
    wrong |= text_errors({name: values[name] for name in ("key", "title", "region")} | {"reason": reason})
    if "key" not in wrong and not key and WorkingCalendar.objects.filter(key=values["key"]).exists():
        wrong["key"] = "There is a calendar of this name already."
    return Asked(values, wrong)


def _amiss(values: Mapping[str, Any], reason: str) -> Iterator[tuple[str, str]]:
    if not _KEY.fullmatch(values["key"]):
        yield "key", "Write small letters, digits and hyphens, a letter first."
    if not 1 <= len(values["title"]) <= 100:
        yield "title", "Write a name of 1 to 100 characters."
    if values["zone"] not in available_timezones():
        yield "zone", "Write a time zone by its name, such as Europe/Berlin."
    if values["region"] and values["region"] not in regions():
        yield "region", "Write a region whose holidays are known, such as DE or DE-BY; or leave it empty."
    if not any(values["hours"]):
        yield "hours-0", "On some day of the week the office has to be open."
    if not tells(reason, 3, 500):
        yield "reason", "Say why, in 3 to 500 characters."


def _spans(text: str, name: str, wrong: dict[str, str]) -> list[list[int]]:
    """ "09:00-12:00, 13:00-17:00" as minutes of the day."""
    found: list[list[int]] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        read = _SPAN.fullmatch(part)
        start, end = (int(read[1]) * 60 + int(read[2]), int(read[3]) * 60 + int(read[4])) if read else (0, 0)
        minutes = read is not None and int(read[2]) < 60 and int(read[4]) < 60
        if not minutes or not (found[-1][1] if found else 0) <= start < end <= MINUTES:
            wrong[name] = "Write times in order, such as 09:00-12:00, 13:00-17:00; or leave it empty."
            return []
        found.append([start, end])
    return found


def _days(text: str, name: str, wrong: dict[str, str]) -> list[str]:
    try:
        found = sorted({date.fromisoformat(part).isoformat() for part in re.split(r"[\s,]+", text) if part})
    except ValueError:
        wrong[name] = "Write days such as 2026-12-24, one a line."
        return []
    if len(found) > MOST_DAYS:
        wrong[name] = f"At most {MOST_DAYS} days are possible."
    return found


def in_words(spans: list[list[int]]) -> str:
    """Minutes of the day as the form has them."""
    return ", ".join("-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span) for span in spans)


def moves(new: WorkCalendar) -> list[tuple[int, Move]]:
    """The open deadlines (by their number) that fall otherwise by this calendar, the first due first."""
    known = calendars()
    found = [one for row in _touched(new.key) if (one := _moved(row, known, {**known, new.key: new})) is not None]
    return sorted(found, key=lambda one: (one[1].before is None, str(one[1].before)))


def _touched(key: str) -> Iterator[Deadline]:
    rows = (
        Deadline.objects.filter(state__in=OPEN)
        .select_related("instance__case")
        .defer("instance__items", "instance__data")
    )
    for row in rows.iterator(chunk_size=1000):
        declared = _declared(row)
        handed = any(event["kind"] == HANDED_OVER and event.get("calendar") == key for event in row.events)
        if declared is not None and (handed or key in (declared.calendar, "office")):
            yield row


def _declared(row: Deadline) -> Any:
    return next((one for one in by_definition(row.instance.definition_id).deadlines if one.key == row.key), None)


def _moved(row: Deadline, old: Mapping[str, WorkCalendar], new: Mapping[str, WorkCalendar]) -> tuple[int, Move] | None:
    declared, events = _declared(row), events_of(row.events)
    before, after = (standing(declared, events, known).due for known in (old, new))
    if before == after:
        return None
    return row.pk, Move(row.instance.case.pk, declared.title, before, after)


def calendar_save(
    *, origin: Origin, values: Mapping[str, Any], reason: str, expected: int | None
) -> WorkingCalendar | Refused:
    """Save it, with who and why. `expected`: how many deadlines it was said to move; otherwise nothing is saved."""
    with transaction.atomic():
        row = WorkingCalendar.objects.select_for_update().filter(key=values["key"]).first()
        moved = moves(calendar_of(values))
        if expected != len(moved):
            return Refused("changed", f"It moves {len(moved)} deadlines now. Look at them again before you save it.")
        made = row is None
        row = row or WorkingCalendar(key=values["key"])
        for name in FIELDS:
            setattr(row, name, values[name])
        row.save()
        Deadline.objects.filter(pk__in=[pk for pk, _ in moved]).update(look=clock.utc_now())
        detail = {**values, "reason": reason, "moves": len(moved), "made": made}
        record_control([Fact("calendar.changed", detail)], origin, clock.utc_now())
    look_after()
    return row
