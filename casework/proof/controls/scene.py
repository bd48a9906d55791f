"""Where are controls fired, so that nothing real is touched?

On a synthetic case with people, a machine and an agent of its own, made inside a transaction that is undone at its end:
no list, figure or search ever sees it, and no message about it leaves, for messages leave with a commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.db import transaction

from casework.intake.services import Opened, case_open
from casework.models import Case, GroupClearance
from orchestration.actors.contract import version_of
from orchestration.actors.tokens import digest_of, secret_make
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.files import content_hash
from orchestration.ground import clock
from orchestration.jobs import fetching, runner
from orchestration.models import Actor, ActorVersion, Definition, HumanTask, Job, WorkerToken

FOLDER: Final = Path(__file__).parent / "synthetic"
KEY: Final = "casewright-synthetic"
GROUP: Final = "Synthetic workers"
CHECK, CONSIDER = "synthetic-check", "synthetic-consider"
IBAN: Final = "DE89370400440532013000"
NAME: Final = "Kestrella Quillfeather"
MESSAGE: Final = f"I am {NAME}, my account is {IBAN}."
OVERDUE: Final = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands ready. `one` and `other` work synthetic cases, `outsider` does not."""

    one: User
    other: User
    outsider: User
    token: WorkerToken

    def case(self) -> Case:
        """A fresh case: a machine and an agent are asked, two steps wait for people, its deadline is over."""
        data = {
            "reference": "synthetic", "message": MESSAGE, "customer": {"name": NAME, "iban": IBAN},
            "received": (clock.utc_now() - OVERDUE).isoformat(),
        }  # fmt: skip
        opened = case_open(by=None, case_type=KEY, reference=uuid4().hex, source="controls", data=data)
        if not isinstance(opened, Opened):
            raise RuntimeError(f"the synthetic case was not opened: {opened.message} {opened.errors}")
        return opened.case

    def fetched(self) -> tuple[Case, fetching.Handed | None]:
        """A case whose machine work is in the hands of its worker; None where it was not handed out."""
        case = self.case()
        runner.run(case.instance_id, job_of(case, CHECK).job)
        return case, next(iter(fetching.fetch(self.token, fetching.Wanted())), None)


def job_of(case: Case, capability: str) -> Job:
    return Job.objects.get(instance=case.instance_id, capability=capability)


def task_of(case: Case, step: str) -> HumanTask:
    return HumanTask.objects.get(instance=case.instance_id, definition_item=step)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside the block has never been."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def synthetic() -> Iterator[Scene]:
    """The scene, for the time of the block."""
    with undone():
        files = folder_files(FOLDER)
        Definition.objects.create(
            key=KEY, version=1, name="Synthetic case", content_hash=content_hash(files), files=files,
            deployed_at=clock.utc_now(),
        )  # fmt: skip
        group = Group.objects.create(name=GROUP)
        GroupClearance.objects.create(group=group, level=GroupClearance.Level.INTERNAL)
        one, other, outsider = (User.objects.create(username=f"synthetic:{name}") for name in ("1", "2", "outsider"))
        group.user_set.add(one, other)
        machine = _actor(CHECK, "external", b"fetched by a synthetic worker")
        _actor(CONSIDER, "agent", (FOLDER / "agent.yaml").read_bytes())
        digest = digest_of(secret_make("synthetic_"))
        token = WorkerToken.objects.create(actor=machine, name="synthetic", digest=digest, created=clock.utc_now())
        yield Scene(one, other, outsider, token)


def _actor(capability: str, kind: str, artefact: bytes) -> Actor:
    price = {"amount": "1", "currency": "EUR", "per": "call"}
    card = {"clearance": "internal", "personal-data": False} | ({"price": price} if kind == "external" else {})
    actor = Actor.objects.create(key=capability, name=f"Synthetic {kind}", kind=kind, capability=capability, card=card)
    ActorVersion.objects.create(
        actor=actor, version=version_of(artefact), artefact=artefact, state=ActorVersion.State.IN_USE,
        created=clock.utc_now(),
    )  # fmt: skip
    return actor
