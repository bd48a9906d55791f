"""Do the pages of measures say how good machines are, how sure that is, and what follows from it?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.models import Case
from orchestration.ground import clock
from orchestration.models import ActorCall, Definition, Judgement
from tests.sql import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people, client):
    client.force_login(people["ada"])
    return client


def judged(call: ActorCall, many: int, confidence: float, verdict: str, **more) -> None:
    """So many answers more like this one, each judged."""
    fields = {
        field.attname: getattr(call, field.attname) for field in call._meta.concrete_fields if field.attname != "id"
    }
    rows = ActorCall.objects.bulk_create(
        [ActorCall(**{**fields, "confidence": confidence, **more}) for _ in range(many)]
    )
    Judgement.objects.bulk_create(
        [Judgement(call=row, verdict=verdict, by="person:anna", at=clock.utc_now()) for row in rows]
    )


@pytest.fixture
def call(machines, analysed) -> ActorCall:
    analysed()
    return ActorCall.objects.get(actor="intent")


def told(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_accuracy_and_overrides_stand_beside_how_many_they_are_of(ada, call):
    judged(call, 30, 0.9, "accepted")
    judged(call, 10, 0.6, "changed")
    (one,) = [row for name, row in ada.get("/ledger/measures/").context["versions"] if row.actor == "intent"]
    assert (one.accuracy.value, one.accuracy.n) == (0.75, 40)
    assert (one.overridden.hits, one.overridden.n) == (10, 41)
    assert '75.0 % <span class="quiet">(59.8 to 85.8; of 40 judged)</span>' in told(ada.get("/ledger/measures/"))


def test_versions_that_people_judged_come_first_with_a_drawn_interval_and_the_others_are_folded(ada, call):
    assert "2 versions whose answers nobody judged" in told(ada.get("/ledger/measures/"))
    judged(call, 30, 0.9, "accepted")
    judged(call, 10, 0.6, "changed")
    page = ada.get("/ledger/measures/")
    assert [row.actor for _, row in page.context["versions"]] == ["intent"]
    assert [row.actor for _, row in page.context["unjudged"]] == ["sentiment"]
    assert 'class="interval-sure" x1="60" x2="86"' in told(page)
    assert "1 version whose answers nobody judged" in told(page)


def test_who_answers_otherwise_lately_stands_with_a_sign_wherever_administrators_look(ada, people, call):
    for days, label in ((20, "refund_request"), (1, "card_not_working")):
        began = clock.utc_now() - timedelta(days=days)
        judged(call, 60, 0.9, "accepted", started=began, output={"label": label})
    page = told(ada.get("/ledger/measures/"))
    assert "60 then 61" in page and "drifted</span>" in page[page.index('id="drift"') :]
    key = call.actor
    for address in ("/actors/", f"/actors/{key}/", "/attention/"):
        page = told(ada.get(address))
        assert page.count("drifted</span>" if "actors" in address else "answers have drifted") == 1, address
    ada.force_login(people["anna"])
    assert "have drifted" not in told(ada.get("/attention/"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [(9, "too much by machines"), (3, "balanced"), (0, "always accepted: could go without a person")],
)
def test_steps_with_too_much_and_too_little_by_machines_are_listed(ada, call, wrong, words):
    judged(call, 30 - wrong, 0.9, "accepted")
    judged(call, wrong, 0.9, "changed")
    (step,) = ada.get("/ledger/measures/").context["steps"]
    assert step.finding == words and words in told(ada.get("/ledger/measures/"))


def test_the_limit_of_too_much_is_the_readers_and_few_judgements_say_nothing(ada, call):
    judged(call, 25, 0.9, "accepted")
    judged(call, 3, 0.9, "changed")
    assert ada.get("/ledger/measures/?over=10").context["steps"][0].finding == "too much by machines"
    assert ada.get("/ledger/measures/?over=nonsense").context["wrong"]
    Judgement.objects.filter(verdict="accepted").delete()
    assert ada.get("/ledger/measures/").context["steps"][0].finding == ""


def test_the_curve_is_drawn_without_a_script_and_its_numbers_stand_beside_it(ada, call):
    judged(call, 40, 0.95, "accepted")
    judged(call, 40, 0.95, "changed")
    page = ada.get("/ledger/measures/intent/")
    assert page.context["sure"].error == pytest.approx(0.45)
    assert "<polyline" in page.content.decode() and "of 80 judged" in told(page)
    assert len(page.context["curve"].points) == 1


def test_versions_are_told_apart_and_over_time(ada, call):
    judged(call, 5, 0.9, "accepted")
    judged(call, 8, 0.9, "changed", version="2", started=clock.utc_now() - timedelta(days=30))
    page = ada.get("/ledger/measures/intent/")
    assert page.context["shown"] == "2"
    assert [(week.version, week.accuracy.n) for week in page.context["weeks"]] == [("1", 5), ("2", 8)]
    assert ada.get("/ledger/measures/intent/?version=1").context["sure"].n == 5


def test_a_threshold_is_proposed_with_its_bound_and_the_rule_is_drafted_by_one_click(ada, call):
    judged(call, 200, 0.9, "accepted")
    judged(call, 20, 0.8, "changed")
    page = ada.get("/ledger/measures/intent/?error=5")
    found = page.context["found"]
    assert found.at == 0.81 and found.wrong.high <= 0.05
    (rule,) = page.context["rules"]
    assert (rule.before, rule.after, rule.of) == ("< 75", "< 81", 1)
    assert rule.moved == 1  # its 220 answers stand in one case here
    editor = ada.post(f"/rules/{rule.definition}/{rule.table_id}/", {**dict(rule.form), "do": "review"})
    assert editor.context["draft"].is_sound
    (change,) = editor.context["changes"]
    assert [(before, after) for _, before, after in change.cells] == [("< 75", "< 81")]
    assert Definition.objects.filter(key="complaint").count() == 1


def test_where_nothing_certain_can_be_said_nothing_is_proposed(ada, call):
    judged(call, 10, 0.9, "accepted")
    page = ada.get("/ledger/measures/intent/?error=1")
    assert page.context["found"] is None and "too few answers were judged" in told(page)
    assert "The lowest that can be said now is 27.8 %, from a confidence of <strong>0.0 %" in told(page)


def test_measures_are_for_administrators_and_auditors(people, client, machines):
    client.force_login(people["anna"])
    assert client.get("/ledger/measures/").status_code == 403
    assert client.get("/ledger/measures/intent/").status_code == 403
    client.force_login(people["axel"])
    assert "Nobody has judged" in client.get("/ledger/measures/intent/").content.decode()


def test_the_pages_take_the_same_few_statements_for_any_number_of_answers(ada, call):
    def counted(page: str) -> int:
        ada.get(page)
        with statements() as sent:
            ada.get(page)
        return len(sent)

    judged(call, 1, 0.9, "accepted")
    before = [counted(page) for page in ("/ledger/measures/", "/ledger/measures/intent/")]
    judged(call, 30, 0.8, "changed")
    assert [counted(page) for page in ("/ledger/measures/", "/ledger/measures/intent/")] == before


def test_answers_on_sample_cases_are_said_to_be_sample_data(ada, call):
    judged(call, 3, 0.9, "accepted")
    assert "Sample data" not in told(ada.get("/ledger/measures/")) + told(ada.get("/ledger/measures/intent/"))
    Case.objects.filter(instance=call.instance_id).update(source="sample")
    for page in ("/ledger/measures/", "/ledger/measures/intent/"):
        assert "Sample data: 3 of the judged answers were given on sample cases." in told(ada.get(page))
    assert "Sample data" not in told(ada.get("/ledger/measures/sentiment/"))
