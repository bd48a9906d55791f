"""What does an admin learn about the machines, and can they be switched off and given another model?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from audit.models import AuditEvent
from audit.services import Origin
from casework.actors import incidents
from casework.actors.actor_page import declared
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.cases.incidents import BY_HAND, Wish, incident_resolve
from orchestration.actors.budgets import budget_set
from orchestration.actors.kinds.text_model.schemas import schemas
from orchestration.actors.registry import register_model_version
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import deploy
from orchestration.models import Actor, ActorCall
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(people, client):
    client.force_login(people["ada"])
    return client


def test_health_comes_from_the_ledger(people, analysed, machines, open_case, admin):
    analysed()
    machines.fail("intent", temporary=False)
    work_jobs(open_case().instance_id)
    row = next(each for each in admin.get("/actors/").context["actors"] if each.key == "intent")
    assert (row.health.calls, row.health.failures) == (2, 1)
    (version,) = admin.get("/actors/intent/").context["page"].versions
    assert (version.health.calls, version.health.failures) == (2, 1)
    assert version.health.confidence == pytest.approx(0.93)
    assert ActorCall.objects.filter(actor="intent").count() == 2


def test_failed_work_of_which_somebody_has_decided_waits_for_nobody_and_keeps_no_newer_from_being_tried_again(
    people, machines, open_case, admin, monkeypatch
):
    monkeypatch.setattr(incidents, "AT_ONCE", 1)
    machines.fail("intent", temporary=False)
    decided, failed = open_case(), open_case()
    for case in (decided, failed):
        work_jobs(case.instance_id)
    number = decided.instance.incidents.get().incident
    incident_resolve(by=people["anna"], case=decided, incident=number, wish=Wish(BY_HAND))
    assert next(each for each in admin.get("/actors/").context["actors"] if each.key == "intent").failed == 1
    admin.post("/actors/intent/retry/")
    assert not failed.instance.incidents.filter(resolved=None).exists()


def test_an_actor_switched_off_gets_no_work_and_the_switch_is_on_record(machines, open_case, admin):
    assert admin.post("/actors/intent/switch/", {"enabled": "no"}).status_code == 400
    admin.post("/actors/intent/switch/", {"enabled": "no", "reason": "It answers nonsense"})
    case = open_case()
    work_jobs(case.instance_id)
    assert "No enabled actor can do 'intent'" in case.instance.incidents.get().message
    assert "switched off" in admin.get("/actors/").content.decode()
    admin.post("/actors/intent/switch/", {"enabled": "yes"})
    admin.post("/actors/intent/switch/", {"enabled": "yes"})
    assert Actor.objects.get(key="intent").enabled
    assert AuditEvent.objects.filter(chain=0, action="actor.changed", actor="person:ada").count() == 2


def test_who_changed_an_actor_or_registered_a_version_is_called_as_on_all_pages(machines, admin, people):
    people["ada"].first_name, people["ada"].last_name = "Ada", "Abel"
    people["ada"].save()
    admin.post("/actors/intent/switch/", {"enabled": "no", "reason": "It answers nonsense"})
    version = Actor.objects.get(key="intent").versions.get()
    changed = admin.get("/actors/intent/").content.decode().partition("What was changed")[2]
    pages = [changed] + [admin.get(f"/actors/intent/versions/{version.pk}/{page}").text for page in ("", "passport/")]
    assert "<bdi>Ada Abel</bdi>" in changed and "switched it off" in changed
    assert all("Casewright (" in page and "system:" not in page for page in pages)


def test_the_page_of_an_actor_says_what_it_may_cost_in_a_month(machines, admin):
    assert "No budget of a month." in admin.get("/actors/intent/").content.decode()
    budget_set("actor:intent", Decimal(20), "EUR", Origin("system:test"), beyond="cheaper")
    said = "At most 20.00 EUR a month, of which 0.00 EUR are used; beyond that work goes to a cheaper actor,"
    assert said in admin.get("/actors/intent/").content.decode()


def test_another_model_version_is_put_to_work(machines, admin):
    second = register_model_version("intent", "second", b"x", {"accuracy": 0.97}, activate=False)
    told = admin.get("/actors/intent/").content.decode()
    assert "accuracy 0.97" in told
    answer = admin.post(f"/actors/intent/versions/{second.pk}/activate/", follow=True)
    assert "works with version second" in answer.content.decode()
    assert Actor.objects.get(key="intent").versions.get(state="in-use") == second
    assert AuditEvent.objects.filter(chain=0, action="model.activated", actor="person:ada").count() == 1


def test_instructions_for_use_tell_what_was_measured_of_the_version_in_use_where_the_card_does_not(machines, admin):
    second = register_model_version("intent", "second", b"x", {"accuracy": 0.97}, activate=False)
    assert "When version" not in admin.get("/actors/intent/").content.decode()  # that one does not answer yet
    admin.post(f"/actors/intent/versions/{second.pk}/activate/")
    told = "When version second was made: accuracy 0.97."
    assert told in admin.get("/actors/intent/").content.decode()
    Actor.objects.filter(key="intent").update(card={"accuracy": "0.91 of 500 letters in May, by Quality."})
    page = admin.get("/actors/intent/").content.decode()
    assert "0.91 of 500 letters in May" in page and told not in page


def test_a_version_of_one_actor_is_not_put_to_work_in_another(machines, admin):
    second = register_model_version("intent", "second", b"x", {}, activate=False)
    assert admin.post(f"/actors/sentiment/versions/{second.pk}/activate/").status_code == 404


def test_schema_of_each_actor_and_the_policy_are_shown(machines, admin):
    answer = admin.get("/actors/sentiment/")
    declared = answer.context["page"].declared
    assert [(field.name, field.kind, field.required) for field in declared.gives] == [
        ("label", "one of 3: negative, neutral, positive", True),
        ("confidence", "number from 0 to 1", True),
        ("score", "number from -1 to 1", True),
    ]
    assert [field.name for field in declared.takes] == ["text"]
    assert "&quot;maxLength&quot;: 20000" in answer.content.decode()
    policy = dict(admin.get("/actors/capabilities/").context["policy"])
    assert policy["Attempts"].startswith("3, ")
    assert policy["Time limit"].startswith("300 seconds a call")
    assert "The input is JSON, of at most 64 kB where nothing else is said." in policy["Before a call"]
    assert "What the actor may not see goes in masked, or not at all." in policy["Before a call"]
    assert "The output fits the capability's schema and the actor's own." in policy["After a call"]


def test_an_actor_shows_the_contract_that_a_case_type_brings_along(machines, admin):
    Actor.objects.create(key="plan", name="Plan", kind="code", capability="repayment-plan")
    assert admin.get("/actors/plan/").context["page"].declared is None
    deploy(folder_files(CASE_TYPES / "loan"), Origin("system:test"))
    page = admin.get("/actors/plan/")
    assert page.context["page"].declared.takes
    assert "Known once a version is at work" not in page.content.decode()


def test_an_actor_says_which_secret_or_server_its_file_names_and_is_not_there(machines, admin, monkeypatch):
    ensure_shipped(CASE_TYPES / "retail-advice" / "actors")
    monkeypatch.delenv("CASEWRIGHT_SERVER_STAND_IN", raising=False)
    monkeypatch.delenv("CASEWRIGHT_SECRET_SHOP_DATABASE", raising=False)
    assert "Set CASEWRIGHT_SECRET_SHOP_DATABASE" in admin.get("/actors/shop-database/").content.decode()
    assert "Set CASEWRIGHT_SERVER_STAND_IN" in admin.get("/actors/shop-stock/").content.decode()
    monkeypatch.setenv("CASEWRIGHT_SECRET_SHOP_DATABASE", "host=/nowhere")
    assert admin.get("/actors/shop-database/").context["page"].missing == ()


def test_what_may_be_nothing_at_all_is_said_in_words():
    given = {
        "properties": {
            "hour": {"type": ["integer", "null"], "minimum": 0, "maximum": 23},
            "kind": {"enum": ["theft", "hail", None]},
            "lines": {"type": ["array", "string"]},
            "gone": {"type": "null"},
        }
    }
    assert [(field.name, field.kind) for field in declared(given, {}).takes] == [
        ("hour", "integer (or nothing) from 0 to 23"),
        ("kind", "one of 2: theft, hail (or nothing)"),
        ("lines", "list or text"),
        ("gone", "nothing"),
    ]


def test_a_classifier_says_which_labels_its_model_at_work_knows():
    found = schemas("intent", b'{"labels": ["b", "a"]}')
    assert found is not None
    assert found.output["properties"]["label"]["enum"] == ["a", "b"]
    assert schemas("intent", b"no model") is None
    assert schemas("unknown", b"") is None


def test_every_actor_names_the_steps_and_rules_of_case_types_that_speak_of_it(machines, admin):
    def page(key):
        return admin.get(f"/actors/{key}/").context["page"]

    assert [(asker.case_type, asker.step) for asker in page("sentiment").askers] == [
        ("Customer complaint", "Read the tone")
    ]
    assert page("sentiment").watched == ()
    watched = [(watch.table, watch.column, watch.cells) for watch in page("intent").watched]
    assert ("Routing", "Confidence in %", ("< 75",)) in watched
    deploy(folder_files(CASE_TYPES / "refund"), Origin("system:test"))
    assert ("Refund", ("The machine could not read it",)) in [
        (asker.case_type, asker.on_failure) for asker in page("sentiment").askers
    ]
    assert [(watch.table, watch.cells) for watch in page("sentiment").watched] == [("Approval", ("< 60",))]


def test_pages_call_a_capability_by_its_title_and_filter_by_its_key(people, analysed, machines, admin):
    analysed()
    said = "Find out what a message is about"
    page = admin.get("/actors/?group=capability&capability=intent")
    assert f'<option value="intent" selected>{said}</option>' in page.content.decode()
    assert [(title, [row.key for row in rows]) for title, rows in page.context["groups"]] == [(said, ["intent"])]
    assert f"{said} <code>intent</code>" in admin.get("/actors/intent/").content.decode()
