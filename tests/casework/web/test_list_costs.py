"""A list costs the same number of statements whatever the number of its rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.models import ErasedChain
from audit.services import Origin
from casework.access.units import home_set, unit_make
from casework.erasure.models import ErasureOrder, RetentionRule
from casework.models import Case, Contest, Delegation, Follow, Proposal, Reveal, RightsProposal, SavedView, Skill
from orchestration.ground import clock
from orchestration.models import (
    Actor,
    ActorVersion,
    AllowedHost,
    Definition,
    EventSubscriber,
    GoldenCase,
    HumanTask,
    Inlet,
    Instance,
    KnowledgeDocument,
    Stop,
    WorkerToken,
)
from tests.casework.access.tokens import service_for
from tests.casework.actions import statements
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db

BY = "person:ada"
OF_ADA = (
    "/people/", "/people/groups/", "/people/units/", "/people/services/", "/people/views/", "/people/sign-in/",
    "/people/matrix/", "/actors/", "/api/actors/", "/actors/hosts/", "/actors/intent/", "/actors/more-0/tokens/",
    "/actors/stop/", "/actors/golden/", "/events/", "/knowledge/", "/reviews/", "/changes/", "/changes/keeping/",
    "/giving/", "/models/import/", "/today/", "/ledger/", "/ledger/budgets/",
)  # fmt: skip
OF_AXEL = ("/changes/access/", "/changes/registers/", "/changes/proof/", "/changes/approvals/", "/glass/")
OF_ANNA = ("/", "/cases/", "/following/", "/delegations/", "/contests/", "/account/", "/comments/")


def more(case: Case, people: dict[str, User], number: int) -> None:
    """One row more in each of the lists."""
    now, name = clock.utc_now(), f"more-{number}"
    later, ada, anna = now + timedelta(days=9), people["ada"], people["anna"]
    group, other = Group.objects.create(name=name), User.objects.create(username=name, first_name="M", last_name=name)
    other.groups.add(group, Group.objects.get(name="Analysts"))
    unit = unit_make(key=name, name=name, parent=None, origin=Origin(BY))
    home_set(person=other, unit=unit, origin=Origin(BY))
    service_for(f"service-{number}", ada)
    one = another(case, number)
    Skill.objects.create(person=other, name="french", level=1)
    SavedView.objects.create(owner=other, kind="inbox", name=name, group=group, query="tab=all")
    RightsProposal.objects.create(person=other, change={"home": ""}, reason="Why not", by=anna, created=now)
    actor = Actor.objects.create(key=name, name=name, kind="external", capability="classify-intent", card={})
    for row in (actor, Actor.objects.get(key="intent")):
        ActorVersion.objects.create(actor=row, version=name, artefact=b"", created=now)
        WorkerToken.objects.create(actor=row, name=name, digest=uuid4().hex, created=now, expires=later)
    AllowedHost.objects.create(host=f"{name}.example.org", port=443, note="Why not")
    Stop.objects.create(scope=f"kind:{name}", reason="Why not", by=BY, at=now, actors=[])
    GoldenCase.objects.create(instance=one.instance, by=BY, added=now, note="Why not")
    Inlet.objects.create(key=name, name=name, message="m", correlation="data.x", variables={}, secret="s")
    EventSubscriber.objects.create(key=name, name=name, url="https://example.org/", types=["a"], secret="s")
    KnowledgeDocument.objects.create(
        name=name, digest="0" * 64, size=4, kind="text", level="internal", since=now, added=now, by=BY
    )
    order = ErasureOrder.objects.create(state="done", reason="Why not", marks=[], cases=[number], by=BY, asked=now)
    ErasedChain.objects.create(chain=10_000 + number, sequence=1, digest=b"", order=order.pk, at=now)
    Proposal.objects.create(key="complaint", based_on=1, files={}, source=f"{name}.zip", by=ada, created=now)
    Reveal.objects.create(case=one, person=other, path="", reason="An emergency", until=later)
    Contest.objects.create(case=one, sequence=1, objection=b"", by=BY, at=now)
    Follow.objects.create(case=one, person=anna, at=now)
    held_in(one, other)
    Delegation.objects.create(giver=other, to=anna, case_types=[], begins=now, until=later, reason="Why not", made=now)


def another(case: Case, number: int) -> Case:
    """A case like this one."""
    was = Instance.objects.get(pk=case.instance_id)
    was.pk, was._state.adding = None, True
    was.save()
    like = Case.objects.get(pk=case.pk)
    like.pk, like._state.adding = None, True
    like.instance, like.reference, like.reference_key = was, f"M-{number}", f"m-{number}"
    like.save()
    return like


def held_in(case: Case, by: User) -> HumanTask:
    """A task of this case that somebody has taken."""
    row = HumanTask.objects.filter(state="open").earliest("pk")
    row.pk, row._state.adding, row.instance, row.assignee = None, True, case.instance, by
    row.save()
    return row


def costs(visits: list[tuple[Client, str]]) -> dict[str, int]:
    """The statements of each page, as it is seen for the second time."""
    found = {}
    for browser, address in visits:
        assert browser.get(address).status_code == 200, address
        found[address] = statements(lambda browser=browser, address=address: browser.get(address))
    return found


def test_thirty_rows_cost_no_statement_more_than_three(
    people: dict[str, User], open_case: Callable[..., Case], analysed: Callable[..., Case]
) -> None:
    case = analysed()
    for number in range(3):
        more(case, people, number)
    draft = Proposal.objects.create(
        key="complaint", based_on=1, files=case.instance.definition.files, source="draft.zip", by=people["ada"],
        created=clock.utc_now(),
    )  # fmt: skip
    pages = {"ada": (*OF_ADA, f"/models/import/{draft.pk}/"), "axel": OF_AXEL, "anna": OF_ANNA}
    visits = [(client(people[who]), address) for who, addresses in pages.items() for address in addresses]
    few = costs(visits)
    for number in range(3, 30):
        more(case, people, number)
    many = costs(visits)
    assert {address: cost for address, cost in many.items() if cost > few[address]} == {}


def test_keeping_costs_as_much_with_rules_for_thirty_types_as_with_rules_for_three(people: dict[str, User]) -> None:
    page = [(client(people["ada"]), "/changes/keeping/")]
    for number in range(30):
        if number == 3:
            few = costs(page)
        Definition.objects.create(
            key=f"type-{number}",
            version=1,
            name=f"Type {number}",
            files={},
            content_hash="",
            deployed_at=clock.utc_now(),
        )
        RetentionRule.objects.create(case_type=f"type-{number}", floor_days=1, keep_days=2, law="A law")
    assert costs(page) == few
