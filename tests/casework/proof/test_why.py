"""Does a person see why rules decided, that they would again, and what would have made it otherwise?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.reading import links_upto
from audit.services import Fact, Origin
from casework.models import Case
from casework.proof.why import APART, NOT_ASKED, SAME, Why, why
from orchestration.ground import clock
from orchestration.shell import services
from tests.casework.actions import kept, statements
from tests.casework.cases.test_past import grown

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]


def made(case: Case) -> int:
    return kept(case, "engine.DecisionEvaluated")[0].sequence


def asked(case: Case, who: User, sequence: int = 0) -> Why:
    fresh = Case.objects.select_related("instance").get(pk=case.pk)
    return why(user=who, case=fresh, now=clock.utc_now(), sequence=sequence or made(case))


def test_a_decision_comes_out_the_same_again(people: People, analysed: Opens) -> None:
    case = analysed(intent="refund_request", confidence=0.93, tone="neutral")
    found = asked(case, people["anna"])
    assert (found.again, found.decision.name, found.decision.version) == (SAME, "Routing", "complaint v1")
    assert found.version is not None and found.version.by == "Casewright"


def test_the_smallest_change_is_told_for_each_other_outcome(people: People, analysed: Opens) -> None:
    case = analysed(intent="refund_request", confidence=0.93, tone="neutral")
    told = {
        tuple((switch.label, switch.was, switch.becomes) for switch in one.switches): dict(one.output)["Group"]
        for one in asked(case, people["anna"]).otherwise
    }
    assert told[("What it is about: Confidence", "93.0 %", "74.0 %"),] == "Senior analysts"
    assert told[("Tone: Tone", "matter-of-fact", "upset, angry or desperate"),] == "Senior analysts"
    assert set(told.values()) == {"Senior analysts", "Cards team", "Payments team"}


def test_each_value_has_its_part_in_what_was_decided(people: People, analysed: Opens) -> None:
    case = analysed(intent="refund_request", confidence=0.93, tone="neutral")
    parts = {part.label: part for part in asked(case, people["anna"]).parts}
    sure, tone = parts["What it is about: Confidence"], parts["Tone: Tone"]
    assert sure.alone and tone.alone and not sure.asked, "the rule for all else asks nothing, each could change it"
    score = parts["Tone: Confidence"]
    assert (score.asked, score.alone) == ((), False), "what no rule looks at played no part"
    unsure = analysed(intent="refund_request", confidence=0.4, tone="neutral")
    parts = {part.label: part for part in asked(unsure, people["anna"]).parts}
    assert parts["What it is about: Confidence"].asked[0].text == "< 75" and not parts["Tone: Tone"].asked


def test_what_history_says_of_a_decision_is_held_against_its_rules(people: People, analysed: Opens) -> None:
    case = analysed()
    detail = kept(case, "engine.DecisionEvaluated")[0].detail
    forged = {**detail, "output": {**detail["output"], "group": "Cards team"}}
    services.record(case.instance_id, [Fact("engine.DecisionEvaluated", forged)], Origin("system:test"))
    last = links_upto(case.instance_id, 10**6)[-1][1]
    assert asked(case, people["anna"], last).again == APART


def with_a_secret_read(case: Case) -> int:
    """A decision of the history that read an account, too."""
    detail = kept(case, "engine.DecisionEvaluated")[0].detail
    read = {**detail, "inputs": {**detail["inputs"], "customer": {"iban": "DE89 3704 0044 0532 0130 00"}}}
    services.record(case.instance_id, [Fact("engine.DecisionEvaluated", read)], Origin("system:test"))
    return links_upto(case.instance_id, 10**6)[-1][1]


def test_nothing_is_tried_for_who_does_not_see_what_was_read(people: People, analysed: Opens) -> None:
    case = analysed()
    found = asked(case, people["anna"], with_a_secret_read(case))
    assert (found.again, found.hides, found.otherwise) == (NOT_ASKED, True, ())


def test_whoever_audits_is_told_that_the_same_comes_out_and_nothing_of_what_is_masked(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed(intent="refund_request", confidence=0.93, tone="neutral")
    read = with_a_secret_read(case)
    found = asked(case, people["axel"], read)
    assert (found.again, found.hides, found.otherwise) == (SAME, True, ())
    client.force_login(people["axel"])
    shown = " ".join(client.get(f"/cases/{case.pk}/decisions/{read}/").content.decode().split())
    assert "The true values were read" in shown and "Trying other values would tell what it is" in shown
    assert "DE89" not in shown and "instead of" not in shown


def test_the_page_is_three_clicks_from_the_inbox_of_cases(people: People, analysed: Opens, client: Client) -> None:
    case = analysed(confidence=0.93)
    client.force_login(people["anna"])
    decisions = client.get(f"/cases/{case.pk}/decisions/").content.decode()
    address = f"/cases/{case.pk}/decisions/{made(case)}/"
    assert address in decisions
    shown = " ".join(client.get(address).content.decode().split())
    assert "the same rules, the same outcome" in shown and "instead of 93.0 %" in shown
    assert f"/cases/{case.pk}/then/?at={made(case)}" in shown


def test_an_event_that_is_no_decision_has_no_why(people: People, analysed: Opens, client: Client) -> None:
    case = analysed()
    client.force_login(people["anna"])
    assert [client.get(f"/cases/{case.pk}/decisions/{n}/").status_code for n in (1, 2, 999)] == [404, 404, 404]


def test_why_costs_as_much_in_a_long_case(people: People, analysed: Opens, client: Client) -> None:
    case = analysed()
    client.force_login(people["anna"])
    address = f"/cases/{case.pk}/decisions/{made(case)}/"
    client.get(address)
    young = statements(lambda: client.get(address))
    grown(case, 300)
    client.get(address)
    assert statements(lambda: client.get(address)) <= young + 1
