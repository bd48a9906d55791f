"""How does a closed case become a golden one, and how is a version tried on all of them?

What is expected is what was used in the end: a machine's answer, with what a person put in its place. A version is
tried on the jobs of golden cases as on recorded ones (`trials`); none of it reaches a case.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction

from audit.services import Fact, Origin, record_control
from orchestration.actors import kinds
from orchestration.actors.golden import expected_of
from orchestration.actors.registration import version_step
from orchestration.actors.routing import Objection
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.ground.refusals import Refused
from orchestration.jobs import trials
from orchestration.models import Actor, ActorVersion, GoldenAnswer, GoldenCase, Instance, Job, Trial
from orchestration.shell.nudges import nudge_golden

Json = Any
SECONDS: Final = 30.0
"""What one task takes at most, beside its last call; the next one goes on."""
OPEN: Final = Refused("open", "Only a closed case can be golden: before that nobody knows how it comes out.")
NOTHING: Final = Refused("nothing", "No machine answered in this case, or did something, that it could be held to.")
THERE: Final = Refused("there", "It is a golden case already.")


def golden_make(*, instance: int, by: Origin, note: str = "") -> GoldenCase | Refused:
    """Have every new version tried on this case before it is used."""
    with transaction.atomic():
        case = Instance.objects.select_for_update().get(pk=instance)
        if case.ended is None:
            return OPEN
        if GoldenCase.objects.filter(instance=case).exists():
            return THERE
        expected = list(_expected(case))
        if not expected:
            return NOTHING
        made = GoldenCase.objects.create(instance=case, by=by.actor, added=clock.utc_now(), note=note.strip()[:500])
        GoldenAnswer.objects.bulk_create(
            [GoldenAnswer(golden=made, job=job, capability=job.capability, expected=used) for job, used in expected]
        )
        detail = {"case": instance, "answers": len(expected)} | ({"note": made.note} if made.note else {})
        record_control([Fact("golden.made", detail)], by, made.added)
    return made


def golden_drop(*, golden: GoldenCase, by: Origin, reason: str) -> None:
    """Expect nothing of this case any more."""
    with transaction.atomic():
        detail = {"case": golden.instance_id, "reason": reason.strip()[:500]}
        record_control([Fact("golden.dropped", detail)], by, clock.utc_now())
        golden.delete()


def _expected(case: Instance) -> Iterator[tuple[Job, Json]]:
    """The jobs of a case whose answers can be asked for again, each with what was used; and those that something was
    done for by who can say what they would do, each with that."""
    able = set(Actor.objects.filter(kind__in=kinds.ANSWERS_ONLY).values_list("capability", flat=True))
    done = Job.objects.filter(instance=case, job__gt=0, state=Job.State.DONE).select_related("instance")
    for job in done.order_by("job"):
        used = trials.used_for(job) if job.capability in able else trials.deed_of(job)
        if used is not None:
            yield job, used


def golden_run(version: ActorVersion) -> None:
    """Have a version tried on all golden cases anew, in the background."""
    Trial.objects.filter(version=version, way=Trial.Way.GOLDEN).delete()
    nudge_golden(version.pk)


def go_on(version_id: int) -> float | None:
    """Try a version on the golden cases that it was not tried on: in how many seconds to go on, None where it is over
    or cannot be had."""
    version = trials.version_of(version_id)
    if version is None:
        return None
    until = time.monotonic() + SECONDS
    for answer in ahead(version):
        outcome = trials.tried_on(version, answer.job, Trial.Way.GOLDEN, answer.expected)
        if isinstance(outcome, Objection):
            return max(outcome.seconds, 1) if outcome.passes else None
        if time.monotonic() > until:
            return 0 if ahead(version) else None
    return None


def put_to_work(version: ActorVersion, by: Origin, reason: str = "") -> ActorVersion | Refused:
    """Try a version on all golden cases now, and put it to work where they, or the reason given, let it."""
    while (after := go_on(version.pk)) is not None:
        if after:
            return Refused(
                "busy", f"It can be tried on golden cases in {counted(round(after), 'second')}: its actor is busy."
            )
    return version_step(row=version, to=ActorVersion.State.IN_USE, by=by, reason=reason)


def ahead(version: ActorVersion) -> list[GoldenAnswer]:
    """What is expected and was not given yet."""
    given = Trial.objects.filter(version=version, way=Trial.Way.GOLDEN).values("job")
    expected = expected_of(version).exclude(job__in=given)
    return list(expected.select_related("job__instance").order_by("pk"))
