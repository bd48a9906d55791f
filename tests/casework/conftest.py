"""What does a test about people's work start from? A deployed case type, people in groups, cases and their jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from casework.management.commands.demo import PEOPLE
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground.refusals import Refused
from orchestration.models import Definition
from tests.orchestration.machines import Machines, machines, send_messages, work_jobs

__all__ = ["machines", "work_jobs"]

PERSON = {"name": "Maria Sandoval", "email": "maria.sandoval@example.org", "phone": "+49 170 5551234",
          "iban": "DE89 3704 0044 0532 0130 00", "card": "4111 1111 1111 1111"}  # fmt: skip


@pytest.fixture
def complaint(db: None) -> Definition:
    """The complaint case type as it ships, deployed, with its groups."""
    from audit.services import Origin

    outcome = deploy(folder_files(CASE_TYPES / "complaint"), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    return outcome.definition


@pytest.fixture
def people(complaint: Definition) -> dict[str, User]:
    """The demo people by username: anna and ben, clara, dora, emil, ada, axel, olga."""
    made = User.objects.bulk_create(
        User(username=username, first_name=first, last_name=last, password=make_password(None))
        for username, first, last, *_ in PEOPLE
    )
    by_name = {group.name: group for group in Group.objects.all()}
    belongs = User.groups.through
    belongs.objects.bulk_create(
        belongs(user=user, group=by_name[name])
        for user, (*_, groups, _) in zip(made, PEOPLE, strict=True)
        for name in groups
        if name in by_name
    )
    return {user.username: user for user in made}


@pytest.fixture
def open_case(complaint: Definition) -> Callable[..., Case]:
    """Bring in a complaint: `open_case(message=..., customer={...})`; the reference is numbered unless given."""
    count = 0

    def opened(reference: str = "", by: User | None = None, **data: Any) -> Case:
        nonlocal count
        count += 1
        document = {"message": "My card was swallowed by the machine.", "customer": dict(PERSON)} | data
        outcome = case_open(
            by=by, case_type="complaint", reference=reference or f"T-{count}", source="test", data=document
        )
        assert isinstance(outcome, Opened), outcome
        return outcome.case

    return opened


@pytest.fixture
def analysed(open_case: Callable[..., Case], machines: Machines) -> Callable[..., Case]:
    """A complaint whose machine work is done: `analysed(intent="refund_request", confidence=0.9, tone="neutral")`."""

    def opened(intent: str = "refund_request", confidence: float = 0.93, tone: str = "neutral", **data: Any) -> Case:
        machines.say(intent, confidence, tone)
        case = open_case(**data)
        work_jobs(case.instance_id)
        case.refresh_from_db()
        return case

    return opened


@pytest.fixture
def sends(machines: Machines) -> Callable[[Case], Case]:
    """`sends(case)`: a mail system sends what the case has for the customer."""

    def sent(case: Case) -> Case:
        send_messages(case.instance_id)
        case.refresh_from_db()
        case.instance.refresh_from_db()
        return case

    return sent


def refused(outcome: object) -> Refused:
    """The outcome, which must be a refusal."""
    assert isinstance(outcome, Refused), outcome
    return outcome
