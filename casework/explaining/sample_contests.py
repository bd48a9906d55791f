"""Which decisions of sample cases are contested to begin with?

A contest is no case that comes in: it is about a decision that was made in another. So the samples of its case type
name a sample case, a decision of it and the words of an objection. A case that is not there is brought in before.
"""

from __future__ import annotations

import csv
import time
from io import StringIO
from typing import Final

from django.contrib.auth.models import User

from audit.selectors import timeline
from casework.explaining.contests import MADE, decision_contest
from casework.explaining.models import CASE_TYPE, Contest
from casework.intake.samples import OTHERS, SOURCE, Brought, Other, samples_open
from casework.models import Case
from orchestration.casetypes.case_type import by_definition, current
from orchestration.ground.refusals import Refused
from orchestration.models import Definition

Row = dict[str, str]
COLUMNS: Final = ("case type", "reference", "decision", "objection")


def rows(text: str) -> list[Row]:
    """The rows of a table of samples that say all there is to say."""
    return [row for row in csv.DictReader(StringIO(text)) if all(row.get(name) for name in COLUMNS)]


def there() -> int:
    """How many contests there are about decisions of sample cases."""
    return Contest.objects.filter(case__source=SOURCE).count()


def bring(done: Brought, name: str, text: str, by: User | None, until: float) -> None:
    """Have what the rows say contested, each once, until the time is over."""
    for row in rows(text):
        outcome = _contested(row, by, until)
        if isinstance(outcome, Refused):
            done.bad.append(f"{name}, {row['reference']}: {outcome.message}")
        elif outcome:
            done.new += 1
        else:
            done.there += 1
        if time.monotonic() > until:
            return


def _contested(row: Row, by: User | None, until: float) -> bool | Refused:
    """Whether it is contested from now on; no where it was already."""
    case = _case(row, by, until)
    made = None if case is None else _decided(case, row["decision"])
    if case is None or made is None:
        return Refused("undecided", f"There is no sample case in which {row['decision']} was decided.")
    if Contest.objects.filter(case=case, sequence=made).exists():
        return False
    outcome = decision_contest(by=by, case=case, sequence=made, objection=row["objection"])
    return outcome if isinstance(outcome, Refused) else True


def _decided(case: Case, decision: str) -> int | None:
    """Where in its history this was decided first."""
    made = timeline(case.instance_id, action=MADE)
    return next((one.sequence for one in made if one.detail.get("decision") == decision), None)


def _case(row: Row, by: User | None, until: float) -> Case | None:
    wanted = Case.objects.filter(case_type=row["case type"], source=SOURCE, reference=row["reference"])
    if not wanted.exists() and Definition.objects.filter(key=row["case type"]).exists():
        case_type = by_definition(current(row["case type"]).pk)
        samples_open(by=by, case_type=case_type, seconds=max(until - time.monotonic(), 0))
    return wanted.select_related("instance").first()


OTHERS[CASE_TYPE] = Other(lambda text: len(rows(text)), there, bring)
