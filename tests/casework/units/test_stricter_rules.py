"""A unit makes rules stricter, for itself and below, and never looser: by rule, on the page and in what is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent, StandingChain
from audit.services import Origin
from casework.access import units
from casework.access.permissions import origin_of, principal
from casework.access.reach import reach_of
from casework.access.tightening import KINDS, LEVELS, Rules, is_looser, met, read_value
from casework.access.unit_models import BusinessUnit
from casework.access.units_verification import units_apart
from casework.erasure.rules import rule_set, standings
from casework.models import Case
from casework.people.sight import Changed
from casework.people.unit_policies import policy_set
from orchestration.actors.contract import Answer
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import runner
from orchestration.jobs.stricter import not_sure_enough
from orchestration.models import Job
from orchestration.shell.verification.control import read_standing

BY = Origin("system:test")
VALUES = {"masking": st.sampled_from(LEVELS), "keeping": st.integers(0, 5000), "confidence": st.floats(0.01, 1),
          "approval": st.integers(0, 10**6), "justification": st.integers(1, 1000)}  # fmt: skip
RULES = st.fixed_dictionaries(
    {}, optional={kind: st.dictionaries(st.sampled_from("abc"), values, max_size=3) for kind, values in VALUES.items()}
)


@given(st.lists(RULES, min_size=1, max_size=5))
def test_what_holds_is_never_looser_than_anything_above_it(chain: list[Rules]) -> None:
    holds: Rules = {}
    for own in chain:
        below = met(holds, own)
        for rules in (holds, own):
            for kind, said in rules.items():
                for subject, value in said.items():
                    assert not is_looser(kind, below[kind][subject], value)
        assert {(k, s) for k, said in below.items() for s in said} == {
            (k, s) for rules in (holds, own) for k, said in rules.items() for s in said
        }
        assert met(below, own) == below  # the same twice says nothing more
        holds = below
    assert KINDS.keys() == VALUES.keys()


def kept(by: User, floor: int) -> None:
    """How long complaints are kept, as the organisation says."""
    law = "the Complaints Act"
    rule_set(origin=origin_of(by), case_type="complaint", floor=floor, keep=1000, law=law, reason="As it is")


@pytest.fixture
def north(people: dict[str, User]) -> BusinessUnit:
    return units.unit_make(key="north", name="North", parent=None, origin=BY)


@pytest.mark.django_db
def test_a_looser_rule_is_refused_by_the_name_of_the_central_one_and_recorded(
    people: dict[str, User], north: BusinessUnit, client: Client
) -> None:
    kept(people["ada"], floor=100)
    branch = units.unit_make(key="branch", name="Branch", parent=north, origin=BY)
    client.force_login(people["ada"])
    page, said = f"/people/units/{north.pk}/", {"do": "policy", "subject": "complaint", "reason": "Ours"}
    for value, why in (("2000", "the Complaints Act"), ("50", "for 100 days at least")):
        answer = client.post(page, said | {"kind": "keeping", "value": value})
        assert answer.status_code == 409
        assert why in answer.content.decode()
    masks = said | {"kind": "masking", "subject": "Analysts", "value": "restricted"}
    assert "clearance of the group Analysts" in client.post(page, masks).content.decode()
    assert client.post(page, said | {"kind": "keeping", "value": "five"}).status_code == 400
    assert client.post(page, said | {"kind": "keeping", "subject": "no\0thing", "value": "500"}).status_code == 400
    refused = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action="unit.refused")
    assert refused.count() == 3
    assert "was refused to set keeping complaint" in client.get("/changes/").content.decode()
    assert client.post(page, said | {"kind": "keeping", "value": "500"}).status_code == 302
    outcome = policy_set(
        by=people["ada"], unit=branch, kind="keeping", subject="complaint", value="800", reason="Longer"
    )
    assert isinstance(outcome, Refused)
    assert "North" in outcome.message
    assert not list(units_apart(read_standing(StandingChain.CONTROL)[1]))
    assert BusinessUnit.objects.get(key="branch").policy == {"keeping": {"complaint": 500}}
    BusinessUnit.objects.filter(key="branch").update(policy={})
    assert len(list(units_apart(read_standing(StandingChain.CONTROL)[1]))) == 1


@pytest.mark.django_db
def test_only_who_is_above_takes_a_strictness_back(people: dict[str, User], north: BusinessUnit) -> None:
    units.home_set(person=people["ben"], unit=north, origin=BY)
    people["ben"].groups.add(Group.objects.get(name="Administrators"))
    said = {"unit": north, "kind": "masking", "subject": "Analysts", "reason": "Ours"}
    ben = User.objects.get(username="ben")
    assert policy_set(by=ben, value="public", **said) == Changed(True)
    assert isinstance(policy_set(by=ben, value="", **said), Refused)
    assert policy_set(by=people["ada"], value="", **said) == Changed(True)


@pytest.mark.django_db
def test_what_a_unit_says_is_done_in_its_cases_and_in_no_others(
    people: dict[str, User], open_case: Callable[..., Case], north: BusinessUnit
) -> None:
    now, anna = clock.utc_now(), people["anna"]
    inside, outside = open_case(), open_case()
    Case.objects.filter(pk=inside.pk).update(unit=north)
    kept(people["ada"], floor=10)
    before = principal(anna, Case.objects.get(pk=outside.pk), now).clearance
    assert before != "public"
    for kind, subject, value in (("masking", "Analysts", "public"), ("keeping", "complaint", "20")):
        said = policy_set(by=people["ada"], unit=north, kind=kind, subject=subject, value=value, reason="Ours")
        assert said == Changed(True)
    units.policy_keep(unit=north, kind="confidence", subject="intent", value=0.9, origin=BY)
    inside, outside = (Case.objects.get(pk=case.pk) for case in (inside, outside))
    assert (principal(anna, inside, now).clearance, principal(anna, outside, now).clearance) == ("public", before)
    assert principal(anna, None, now).clearance == "public"  # lists show both
    assert [one.sees_anywhere for one in reach_of(anna).memberships] == ["public"]
    ended = now - timedelta(days=100)
    for case in (inside, outside):
        case.instance.ended = ended
    assert [one.due for _, one in standings([inside, outside], now)] == [True, False]
    unsure = Answer({}, confidence=0.8)
    here, there = (Job.objects.get(instance=case.instance_id, capability="intent") for case in (inside, outside))
    for one in (here, runner.claim(here.instance_id, here.job)):  # fetched from outside, and claimed here
        assert one is not None
        assert "at least 0.9" in not_sure_enough(one, unsure)
        assert "does not say" in not_sure_enough(one, Answer({}, confidence=None))
        assert not not_sure_enough(one, Answer({}, confidence=0.95))
    for one in (there, runner.claim(there.instance_id, there.job)):
        assert one is not None
        assert not not_sure_enough(one, unsure)


@pytest.mark.parametrize("kind", ["confidence", "approval"])
@pytest.mark.parametrize("text", ["\u0660.\u0665", "0.5_0", "nan", "-1", ""])
def test_a_number_is_taken_only_as_everybody_reads_it(kind: str, text: str) -> None:
    assert read_value(kind, "0.5") == 0.5
    with pytest.raises(ValueError, match="Write"):
        read_value(kind, text)
