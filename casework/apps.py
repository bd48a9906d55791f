"""Which Django app shows people their cases?"""

from django.apps import AppConfig
from django.conf import settings


class CaseworkConfig(AppConfig):
    name = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import register_converter

        from orchestration.ground.left_out import left_out

        with left_out("requests", "pygments"):  # of a client for tests, and of pages for browsers: there are none
            import rest_framework.compat  # noqa: F401

        from casework import celery  # noqa: F401 - tasks sent from any process then know the broker
        from casework.access import roles_verification, sessions, trail  # noqa: F401 - they listen to who comes and goes
        from casework.actors.ledger import verification as rates_verification
        from casework.agents import opening as agents_opening
        from casework.agents import worker_tasks as agents_tasks  # noqa: F401 - workers know its task by this
        from casework.agents.a2a import pushes
        from casework.cases import first_verification, unit_asks, unit_sureness, verification
        from casework.cases.case_row import keep_face, open_face_of_start
        from casework.cases.past_rows import FORMER, READ_BESIDE
        from casework.comments import mails  # noqa: F401 - workers know its task by this
        from casework.comments import verification as comments_verification
        from casework.deadlines import rows as deadline_rows
        from casework.deadlines import rows_verification as deadlines_verification
        from casework.deadlines import standing, watching
        from casework.deadlines import verification as calendars_verification
        from casework.documents import asked as documents_asked
        from casework.documents import reading, worker_tasks  # noqa: F401 - workers know tasks by them
        from casework.documents import verification as documents_verification
        from casework.erasure import again as erasure_again
        from casework.erasure import orders as erasure_orders
        from casework.erasure import verification as erasure_verification
        from casework.explaining import sample_contests, second_look  # noqa: F401 - samples know contests by this
        from casework.explaining import verification as contests_verification
        from casework.governance import reviews
        from casework.intake import watched
        from casework.knowledge import of_units
        from casework.ldap import worker_tasks as ldap_tasks
        from casework.lists import projection
        from casework.people import worker_tasks as people_tasks  # noqa: F401 - workers know its task by this
        from casework.proof import histories
        from casework.proof import worker_tasks as proof_tasks  # noqa: F401 - workers know its task by this
        from casework.proof.controls import metrics as controls_metrics
        from casework.proof.controls import rounds as controls
        from casework.proof.controls import worker_tasks as controls_tasks  # noqa: F401 - workers know its task by this
        from casework.studio import proposals_verification
        from casework.systems import changing, comparing
        from casework.systems import rows as systems_rows
        from casework.systems import worker_tasks as systems_tasks  # noqa: F401 - workers know its tasks by this
        from casework.tasks import (
            barred,
            barred_verification,
            workers,  # noqa: F401 - workers find its task by this
        )
        from casework.tasks.by_rule import ask_again
        from casework.web.converters import NumberConverter, WordConverter
        from orchestration.ground import offices
        from orchestration.ground.tracing import trace_over_http
        from orchestration.messaging.start_events import with_every_start
        from orchestration.shell.services import kept_of_every_step, with_every_step
        from orchestration.shell.step_sql import read_beside, read_first
        from orchestration.tasks import with_every_sweep

        if keep_face not in with_every_step:
            with_every_step.append(keep_face)
            with_every_start.append(open_face_of_start)
        if ask_again not in with_every_sweep:
            with_every_sweep.append(ask_again)
        read_beside[FORMER] = READ_BESIDE
        read_beside[projection.LISTED] = projection.READ_BESIDE
        read_beside[deadline_rows.BESIDE] = deadline_rows.READ_BESIDE
        read_first[deadline_rows.BESIDE] = deadline_rows.READ_FIRST
        if deadline_rows.deadlines_kept not in kept_of_every_step:
            kept_of_every_step.append(deadline_rows.deadlines_kept)
            with_every_sweep.append(watching.look_after)
        if barred.barred_kept not in kept_of_every_step:
            kept_of_every_step.append(barred.barred_kept)
        offices.ask(standing.office)
        unit_sureness.hang_in()
        unit_asks.hang_in()
        of_units.hang_in()
        verification.hang_in()
        roles_verification.hang_in()
        proposals_verification.hang_in()
        rates_verification.hang_in()
        reviews.hang_in()
        controls_metrics.hang_in()
        calendars_verification.hang_in()
        deadlines_verification.hang_in()
        documents_verification.hang_in()
        documents_asked.hang_in()
        agents_opening.hang_in()
        erasure_verification.hang_in()
        contests_verification.hang_in()
        comments_verification.hang_in()
        second_look.hang_in()
        barred_verification.hang_in()
        first_verification.hang_in()
        if systems_rows.comparisons_begun not in kept_of_every_step:
            kept_of_every_step.append(systems_rows.comparisons_begun)
        for look_after in (
            reading.look_after,
            watched.look_after,
            erasure_orders.look_after,
            erasure_again.look_after,
            comparing.look_after,
            changing.look_after,
            controls.look_after,
            histories.look_after,
            pushes.look_after,
            ldap_tasks.look_after,
        ):
            if look_after not in with_every_sweep:
                with_every_sweep.append(look_after)
        if settings.TRACES:
            trace_over_http("casewright")
        register_converter(NumberConverter, "number")
        register_converter(WordConverter, "word")
