"""Which parts of casework are called by what does not know casework: steps, sweeps, verification, workers?

`orchestration` and `audit` keep lists of what is called beside them, as imports point one way. Each list is filled here
and nowhere else, once a process (`CaseworkConfig.ready`); what one feature hangs in, in several lists, it does by a
`hang_in` of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casework import celery  # noqa: F401 - tasks sent from any process then know the broker
from casework.access import roles_verification, sessions, trail  # noqa: F401 - they listen to who comes and goes
from casework.account import machines as _machines  # noqa: F401 - it listens to who comes in
from casework.actors.ledger import verification as rates_verification
from casework.agents import opening as agents_opening
from casework.agents.a2a import pushes
from casework.cases import first_verification, shown_verification, unit_asks, unit_sureness
from casework.cases import verification as cases_verification
from casework.cases.case_row import keep_face, open_face_of_start
from casework.cases.past_rows import FORMER, READ_BESIDE
from casework.comments import verification as comments_verification
from casework.deadlines import rows as deadline_rows
from casework.deadlines import rows_verification as deadlines_verification
from casework.deadlines import standing, watching
from casework.deadlines import verification as calendars_verification
from casework.documents import asked as documents_asked
from casework.documents import reading
from casework.documents import verification as documents_verification
from casework.erasure import again as erasure_again
from casework.erasure import orders as erasure_orders
from casework.erasure import verification as erasure_verification
from casework.explaining import second_look
from casework.explaining import verification as contests_verification
from casework.governance import reviews
from casework.intake import watched
from casework.knowledge import of_units
from casework.knowledge import reviews as source_reviews
from casework.ldap import worker_tasks as ldap_tasks
from casework.lists import projection
from casework.people import asked_verification
from casework.proof import histories
from casework.proof.controls import metrics as controls_metrics
from casework.proof.controls import rounds as controls
from casework.studio import proposals_verification
from casework.systems import changing, comparing
from casework.systems import rows as systems_rows
from casework.tasks import barred, barred_verification
from casework.tasks.by_rule import ask_again
from orchestration.ground import offices
from orchestration.messaging.start_events import with_every_start
from orchestration.shell.services import kept_of_every_step, with_every_step
from orchestration.shell.step_sql import read_beside, read_first
from orchestration.tasks import with_every_sweep

# isort: split
# workers know their tasks by these, and samples contests
from casework.agents import worker_tasks as _agents  # noqa: F401
from casework.comments import mails as _mails  # noqa: F401
from casework.documents import worker_tasks as _documents  # noqa: F401
from casework.explaining import sample_contests as _contests  # noqa: F401
from casework.management import demo_history as _history  # noqa: F401
from casework.people import worker_tasks as _people  # noqa: F401
from casework.proof import worker_tasks as _proof  # noqa: F401
from casework.proof.controls import worker_tasks as _controls  # noqa: F401
from casework.systems import worker_tasks as _systems  # noqa: F401
from casework.tasks import workers as _tasks  # noqa: F401

FEATURES: tuple[Any, ...] = (
    unit_sureness, unit_asks, of_units, cases_verification, roles_verification, proposals_verification,
    asked_verification,
    rates_verification, reviews, controls_metrics, calendars_verification, deadlines_verification,
    documents_verification, documents_asked, agents_opening, erasure_verification, contests_verification,
    comments_verification, second_look, source_reviews, barred_verification, first_verification, shown_verification,
)  # fmt: skip
"""Modules with a `hang_in` of their own."""

SWEEPS: tuple[Callable[[], None], ...] = (
    ask_again, watching.look_after, reading.look_after, watched.look_after, erasure_orders.look_after,
    erasure_again.look_after, comparing.look_after, changing.look_after, controls.look_after, histories.look_after,
    pushes.look_after, ldap_tasks.look_after,
)  # fmt: skip
"""What each sweep looks after beside jobs, in this order."""


def hang_in() -> None:
    _into(with_every_step, keep_face)
    _into(with_every_start, open_face_of_start)
    _into(kept_of_every_step, deadline_rows.deadlines_kept, barred.barred_kept, systems_rows.comparisons_begun)
    _into(with_every_sweep, *SWEEPS)
    read_beside[FORMER] = READ_BESIDE
    read_beside[projection.LISTED] = projection.READ_BESIDE
    read_beside[deadline_rows.BESIDE] = deadline_rows.READ_BESIDE
    read_first[deadline_rows.BESIDE] = deadline_rows.READ_FIRST
    offices.ask(standing.office)
    for feature in FEATURES:
        feature.hang_in()


def _into(called: list[Any], *these: Any) -> None:
    called.extend(one for one in these if one not in called)
