"""How does a case type start with sample cases? Its `samples/*.csv`, which are part of its version, are brought in.

They come in as rows of a file do (`intake.run`), each once, from the source `sample`, and so say what they are.
Samples do what cases do: whoever is set up to pay or to write is asked to. So an installation offers them only
where it is none that works for real, or says that it wants them (`CASEWRIGHT_SAMPLES`).

The newest of a file came in a day ago, whenever that is, and the others as long before it as they say: samples of last
year would all be late.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from itertools import islice
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.references import CLASH
from casework.intake.rows import BadRow, Table, table
from casework.intake.run import Sender, Taken, take_in
from casework.models import Case
from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.files import is_sample
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

SOURCE: Final = "sample"
RECEIVED: Final = "received"
"""The field that says when something came in."""
SECONDS: Final = 8.0
"""That one request takes for it; the same again goes on from there."""
OFF: Final = Refused(
    "off", "Sample cases are not offered here: they would do what cases do, and this installation works for real. "
    "Whoever runs it can set CASEWRIGHT_SAMPLES=yes.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Samples:
    """What a case type has to start with: rows in its files, and how many of its sample cases are there."""

    case_type: CaseType
    rows: int
    there: int


@dataclass(slots=True)
class Brought:
    """What became of the rows. `more`: the time was over before all were looked at. `bad`: a sentence each."""

    new: int = 0
    there: int = 0
    more: bool = False
    bad: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Other:
    """How a case type starts with samples whose cases are not brought in as rows: how many a table has, how many are
    there, and what brings them (to be counted in `Brought`: name and text of the table, by whom, until when)."""

    count: Callable[[str], int]
    there: Callable[[], int]
    bring: Callable[[Brought, str, str, User | None, float], None]


OTHERS: Final[dict[str, Other]] = {}
"""By case type; whoever knows such a type says so here."""


def may_start(user: User, case_type: CaseType) -> bool:
    """Whether this person may start a case type's samples: who may open its cases, and who may publish it."""
    return permissions.may_open(user, case_type) or permissions.may_publish(user)


def samples_offered(user: User) -> list[Samples]:
    """The case types that this person may start with samples."""
    if not settings.SAMPLES_OFFERED:
        return []
    return [_samples(found) for _, found in newest_types() if may_start(user, found)]


def samples_open(
    *, by: User | None, case_type: CaseType, most: int | None = None, seconds: float = SECONDS
) -> Brought | Refused:
    """Bring in the samples of the newest version, each row once, at most so many of each file.

    `by` None: the product itself. Refused where samples are not offered or the type has none.
    """
    if not settings.SAMPLES_OFFERED:
        return OFF
    files = sample_files(case_type)
    if not files:
        return Refused(
            "none", f"This version of “{case_type.name}” has no samples. Put a table into its samples/ folder."
        )
    done, until, today = Brought(), time.monotonic() + seconds, clock.utc_now().date()
    other = OTHERS.get(case_type.key)
    for name, text in files.items():
        if other is not None:
            other.bring(done, name, text, by, until)
        else:
            recent = as_of(text, case_type, today)
            _bring(done, _table(recent, case_type), Sender(case_type.key, SOURCE, name, by=by), most, until)
        if time.monotonic() > until:
            done.more = done.new + done.there + len(done.bad) < _row_count(case_type)
            return done
    return done


def sample_files(case_type: CaseType) -> Mapping[str, str]:
    """The tables of samples in this version, by name."""
    return {name: text for name, text in sorted(case_type.files.items()) if is_sample(name)}


def as_of(text: str, case_type: CaseType, today: date) -> str:
    """A table of samples whose newest row came in the day before, and the others as long before it as they say."""
    names = [name for name, place in case_type.intake.columns.items() if place == RECEIVED]
    rows = list(csv.reader(StringIO(text)))
    at = next((rows[0].index(name) for name in names if rows and name in rows[0]), None)
    if at is None:
        return text
    found = {row[at]: moment for row in rows[1:] if (moment := _moment(row, at)) is not None}
    if not found:
        return text
    later = today - timedelta(days=1) - max(moment.date() for moment in found.values())
    return re.sub("|".join(map(re.escape, found)), lambda one: (found[one[0]] + later).isoformat(), text)


def _moment(row: list[str], at: int) -> datetime | None:
    try:
        return datetime.fromisoformat(row[at])
    except (IndexError, ValueError):
        return None


def _samples(case_type: CaseType) -> Samples:
    if case_type.key in OTHERS:
        return Samples(case_type, _row_count(case_type), OTHERS[case_type.key].there())
    return Samples(
        case_type, _row_count(case_type), Case.objects.filter(case_type=case_type.key, source=SOURCE).count()
    )


def _row_count(case_type: CaseType) -> int:
    if case_type.key in OTHERS:
        return sum(OTHERS[case_type.key].count(text) for text in sample_files(case_type).values())
    return sum(1 for text in sample_files(case_type).values() for _ in _rows(_table(text, case_type)))


def _table(text: str, case_type: CaseType) -> Table | str:
    found = table(BytesIO(text.encode()), case_type.intake)
    return found if isinstance(found, Table) else found.reason


def _rows(found: Table | str) -> Iterator[object]:
    return iter(()) if isinstance(found, str) else found.rows()


def _bring(done: Brought, found: Table | str, sender: Sender, most: int | None, until: float) -> None:
    if isinstance(found, str):
        done.bad.append(f"{sender.file}: {found}")
        return
    for outcome in islice(take_in(found, sender), most):
        _count(done, outcome, sender.file)
        if time.monotonic() > until:  # before the next one is taken from `take_in`, which opens it
            return


def _count(done: Brought, outcome: Taken | BadRow, file: str) -> None:
    if isinstance(outcome, BadRow) and outcome.reason == CLASH.message:  # brought in on another day, with its times
        done.there += 1
    elif isinstance(outcome, BadRow):
        done.bad.append(f"{file}, line {outcome.line}: {outcome.reason}")
    elif outcome.created:
        done.new += 1
    else:
        done.there += 1
