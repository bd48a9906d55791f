"""Where two people are asked for, a setting changes once a second administrator agrees; a stop waits for nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.models import AuditEvent, AuditPayload, StandingChain
from audit.services import Origin
from casework.deadlines.models import WorkingCalendar
from casework.erasure.models import RetentionRule
from casework.models import RightsProposal
from casework.people.second_person import proposal_decide
from orchestration.actors.registry import actor_ensure
from orchestration.ground.refusals import Refused
from orchestration.jobs import stopping
from orchestration.models import Actor, AllowedHost, Budget, Stop
from orchestration.shell.verification.control import verify_control
from tests.casework.actors.test_actor_card import filled

pytestmark = pytest.mark.django_db
CALENDAR = {
    "key": "north", "title": "North", "zone": "Europe/Berlin", "region": "", "closed": "", "opened": "",
    "reason": "A new office", "sure": "0", **{f"hours-{day}": "09:00-17:00" for day in range(5)},
}  # fmt: skip


@pytest.fixture
def ada(people: dict[str, User], settings: Any) -> Client:
    settings.SECOND_PERSON = True
    actor_ensure("helper", name="Helper", kind="external", capability="intent")
    client = Client()
    client.force_login(people["ada"])
    return client


@pytest.fixture
def olivia(people: dict[str, User]) -> User:
    """Another administrator."""
    made = User.objects.create(username="olivia")
    made.groups.add(*people["ada"].groups.all())
    return made


def agreed(by: User) -> object:
    return proposal_decide(by=by, proposal_id=RightsProposal.objects.get().pk, agree=True)


def stands() -> list[object]:
    return [
        Actor.objects.get(key="helper").card.get("rate"), Actor.objects.get(key="helper").enabled,
        WorkingCalendar.objects.filter(key="north").exists(), RetentionRule.objects.filter(pk="complaint").exists(),
        Budget.objects.exists(), AllowedHost.objects.exists(),
    ]  # fmt: skip


CHANGES = [
    ("/actors/helper/card/", {"rate": "60", "reason": "A contract", "do": "keep"}),
    ("/calendars/new/", CALENDAR),
    ("/changes/keeping/rules/complaint/", {"floor": "10", "keep": "20", "law": "the Act", "reason": "As agreed"}),
    (
        "/ledger/budgets/",
        {"scope": "case-type:complaint", "amount": "10", "currency": "EUR", "warn_at": "80", "beyond": "person"},
    ),
    ("/actors/hosts/", {"host": "api.example", "port": "443", "note": "theirs"}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "sent"), CHANGES)
def test_a_setting_waits_for_another_administrator_and_holds_then(
    ada: Client, people: dict[str, User], olivia: User, address: str, sent: dict[str, str]
) -> None:
    before = stands()
    answer = ada.post(address, filled("helper", **sent) if "card" in address else sent, follow=True)
    assert "once another administrator agrees" in answer.content.decode(), answer.content.decode()[:3000]
    assert stands() == before
    page = ada.get("/people/").content.decode()
    assert "Waits for a second administrator" in page and "becomes" in page
    assert isinstance(refused := agreed(people["ada"]), Refused) and refused.code == "second"
    assert not isinstance(agreed(olivia), Refused)
    assert stands() != before and not RightsProposal.objects.exists() and verify_control().ok


@pytest.mark.parametrize(
    "forged",
    [{"change": {"rate": 9}}, {"reason": "Another"}, {"name": "other"},
     {"stood": {"note": "x"}}, {"kind": "x"}, {"group_id": 1},
     {"created": datetime(2020, 1, 1, tzinfo=UTC)}],
    ids=lambda forged: "".join(forged),
)  # fmt: skip
def test_what_waits_otherwise_than_it_was_asked_for_is_named(ada: Client, forged: dict[str, Any]) -> None:
    ada.post("/actors/hosts/", {"host": "api.example", "port": "443", "note": "theirs"})
    assert verify_control().ok
    if "group_id" in forged:
        forged = {"group_id": Group.objects.values_list("pk", flat=True)[0]}
    RightsProposal.objects.update(**forged)
    assert [fault.reason.endswith("was not asked for so") for fault in verify_control().faults] == [True]


def test_an_actor_is_stopped_at_once_and_let_loose_by_two(ada: Client, people: dict[str, User], olivia: User) -> None:
    ada.post("/actors/helper/switch/", {"enabled": "no", "reason": "It answers nonsense"})
    assert not Actor.objects.get(key="helper").enabled
    ada.post("/actors/helper/switch/", {"enabled": "yes"})
    assert not Actor.objects.get(key="helper").enabled and not isinstance(agreed(olivia), Refused)
    assert Actor.objects.get(key="helper").enabled
    ada.post("/actors/stop/", {"scope": "all", "reason": "All of them"})
    ada.post("/actors/stop/end/", {"scope": "all"})
    assert Stop.objects.exists() and not isinstance(agreed(olivia), Refused) and not Stop.objects.exists()


def test_programs_are_told_that_it_waits(ada: Client) -> None:
    answer = ada.post(
        "/api/actors/helper/", {"card": {"rate": 60}, "reason": "A contract"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["waiting"]) == (202, True), answer.json()
    Actor.objects.update(enabled=False)
    loose = ada.post("/api/actors/helper/switch/", {"enabled": True}, content_type="application/json")
    assert loose.status_code == 202 and RightsProposal.objects.count() == 2


def test_what_was_changed_meanwhile_or_would_be_refused_is_not_done(
    ada: Client, people: dict[str, User], olivia: User
) -> None:
    ada.post("/actors/hosts/", {"host": "not a host", "port": "", "note": ""})
    assert not RightsProposal.objects.exists()
    ada.post("/actors/hosts/", {"host": "api.example", "port": "443", "note": "theirs"})
    AllowedHost.objects.create(host="api.example", port=443, note="another's")
    assert isinstance(refused := agreed(olivia), Refused) and refused.code == "changed"
    olivia.groups.clear()
    olivia.groups.add(Group.objects.get(name="Auditors"))
    assert isinstance(agreed(olivia), Refused)


LONG = "x" * 500


@pytest.mark.parametrize("two", [True, False])
def test_a_reason_of_five_hundred_characters_is_kept_whole(ada: Client, olivia: User, settings: Any, two: bool) -> None:
    settings.SECOND_PERSON = two
    for address, sent in CHANGES[:3]:
        body = filled("helper", **sent) if "card" in address else sent
        assert ada.post(address, {**body, "reason": LONG}).status_code == 302, address
    Actor.objects.update(enabled=False)
    assert ada.post("/actors/helper/switch/", {"enabled": "yes", "reason": LONG}).status_code == 302
    for proposal in RightsProposal.objects.all():
        assert not isinstance(proposal_decide(by=olivia, proposal_id=proposal.pk, agree=True), Refused)
    kept = AuditPayload.objects.filter(chain=StandingChain.CONTROL)
    assert sum(LONG.encode() in bytes(one.body) for one in kept) == 4 and verify_control().ok


def test_a_later_stop_is_not_undone_by_what_was_asked_of_an_earlier_one(ada: Client, olivia: User) -> None:
    other = Origin("person:olivia")
    stopping.actor_switch("helper", False, other, "It leaks data")
    ada.post("/actors/helper/switch/", {"enabled": "yes"})
    stopping.actor_switch("helper", True, other)
    stopping.actor_switch("helper", False, other, "It leaks data again")
    assert isinstance(refused := agreed(olivia), Refused) and refused.code == "changed"
    assert not Actor.objects.get(key="helper").enabled


def test_nor_is_a_later_stop_of_all(ada: Client, olivia: User) -> None:
    other = Origin("person:olivia")
    stopping.stop("all", other, "They leak data")
    ada.post("/actors/stop/end/", {"scope": "all"})
    stopping.end("all", other)
    stopping.stop("all", other, "They leak data again")
    assert isinstance(refused := agreed(olivia), Refused) and refused.code == "changed" and Stop.objects.exists()


def test_who_stops_an_actor_again_refuses_what_was_asked_for_before(ada: Client, people: dict[str, User]) -> None:
    stop = {"enabled": "no", "reason": "It leaks data"}
    for sent in (stop, {"enabled": "yes"}, stop):
        ada.post("/actors/helper/switch/", sent)
    assert not RightsProposal.objects.exists() and not Actor.objects.get(key="helper").enabled
    assert AuditEvent.objects.filter(action="rights.refused", cause="It leaks data").exists() and verify_control().ok


def test_days_are_written_in_digits_that_everybody_reads(ada: Client) -> None:
    assert ada.post(CHANGES[2][0], {**CHANGES[2][1], "keep": "٢٠"}).status_code == 400


def test_a_host_is_the_same_one_however_it_is_spelt(ada: Client, olivia: User) -> None:
    AllowedHost.objects.create(host="example.org", port=443, private=True, note="ours")
    for host, port in (("EXAMPLE.org", "443"), ("example.org.", "0443")):
        ada.post("/actors/hosts/", {"host": host, "port": port, "note": "other"})
    assert RightsProposal.objects.get().name == "example.org:443"
    assert "note: ours becomes other" in ada.get("/people/").content.decode()
    AllowedHost.objects.update(note="another's")
    assert isinstance(refused := agreed(olivia), Refused) and refused.code == "changed"


def test_what_stands_so_already_does_not_wait(ada: Client) -> None:
    AllowedHost.objects.create(host="example.org", port=443, private=False, note="ours")
    RetentionRule.objects.create(case_type="complaint", floor_days=10, keep_days=20, law="the Act")
    ada.post("/actors/hosts/", {"host": "example.org", "port": "443", "note": "ours"})
    said = ada.post(CHANGES[2][0], CHANGES[2][1], follow=True).content.decode()
    assert "Nothing differs." in said and not RightsProposal.objects.exists()


@pytest.mark.parametrize("two", [True, False])
def test_what_cannot_be_kept_is_refused(ada: Client, settings: Any, two: bool) -> None:
    settings.SECOND_PERSON = two
    Actor.objects.update(enabled=False)
    assert ada.post("/actors/stop/end/", {"scope": "a\0b"}).status_code == 409
    assert ada.post("/ledger/budgets/", {"remove": "a\0b"}).status_code == 302
    assert ada.post("/actors/helper/switch/", {"enabled": "yes", "reason": "be\0cause"}).status_code == 409
    card = {"card": {"purpose": "a\0b"}, "reason": "same"}
    new = {"key": "b", "name": "B", "kind": "external", "capability": "intent", "card": card["card"]}
    for address, sent in (("/api/actors/helper/", card), ("/api/actors/", new)):
        answer = ada.post(address, sent, content_type="application/json")
        assert answer.status_code == 400 and "card.purpose" in str(answer.json()), answer.json()
    assert not RightsProposal.objects.exists()


def test_the_only_administrator_is_told_which_command_makes_a_second(ada: Client) -> None:
    said = ada.post("/actors/hosts/", {"host": "api.example", "port": "", "note": ""}, follow=True).content.decode()
    assert "casewright manage role person NAME --group Administrators" in said
