"""What stays of failed work when a person has it tried again?

A retry asks for a new job. Where it asks for the same, the new one runs under the key of the first, so that what the
other side did already is not done twice; what a person gave in place of the input, and to whom they handed it, go on.
"""

from __future__ import annotations

from orchestration.models import Job
from orchestration.shell.sealing import seal_of
from orchestration.shell.services import Done


def carry_over(done: Done, old: Job, *, changed: bytes | None = None, wanted: str | None = None) -> list[int]:
    """Give the jobs that a step asked for anew what holds of the failed one. In the transaction of that step.

    `changed`: a person's new input; `wanted`: the actor that they chose. The numbers of the new jobs.
    """
    seal = seal_of(done.instance)
    opened = [number for number, job in done.effects.jobs.items() if job.event.item == old.item]
    for job in Job.objects.filter(instance=old.instance_id, job__in=opened):
        same = bytes(job.input) == bytes(old.input)
        given = changed if changed is not None else old.changed_input if same else None
        is_same = same and _sent(given, job) == _sent(old.changed_input, old)
        Job.objects.filter(pk=job.pk).update(
            changed_input=None if given is None else seal(bytes(given)),
            wanted_actor=old.wanted_actor if wanted is None else wanted,
            again_of=(old.again_of or old.job) if is_same else None,
        )  # fmt: skip
    return opened


def _sent(changed: bytes | memoryview | None, job: Job) -> bytes:
    return bytes(job.input if changed is None else changed)
