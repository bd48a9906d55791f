"""A program keeps the registry: it registers a version with what was measured, has it tried, and moves it to use."""

from __future__ import annotations

import base64
import pickle
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from orchestration.actors.contract import version_of
from orchestration.actors.registry import card_change
from orchestration.ground import clock
from orchestration.models import Actor, Job, Trial
from tests.orchestration.case_types import TEST
from tests.orchestration.machines import machines

__all__ = ["machines"]

pytestmark = pytest.mark.django_db

MODEL = b'{"labels": ["a", "b"], "kind": "intent"}'


@pytest.fixture
def ask(people, machines, client: Client):
    client.force_login(people["ada"])

    def asked(path: str, **sent: Any) -> Any:
        return client.post(f"/api/actors/{path}", sent, content_type="application/json")

    return asked


def sent(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_version_comes_in_with_its_figures_and_is_taken_to_use(ask) -> None:
    made = ask("intent/versions/", artefact=sent(MODEL), metrics={"accuracy": 0.93}, note="November")
    assert made.status_code == 201
    row = made.json()
    assert (row["version"], row["state"], row["metrics"]) == (version_of(MODEL), "registered", {"accuracy": 0.93})
    for state, share in (("quarantined", 0), ("shadow", 0), ("share", 10), ("in-use", 0)):
        answer = ask(f"intent/versions/{row['id']}/", state=state, share=share)
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert Actor.objects.get(key="intent").versions.get(state="in-use").version == version_of(MODEL)


def test_a_pickle_and_what_is_no_base64_are_refused_at_their_field(ask) -> None:
    for artefact, word in ((sent(pickle.dumps({"a": 1})), "pickle"), ("%%%", "base64"), (sent(b"x"), "text model")):
        answer = ask("intent/versions/", artefact=artefact)
        assert answer.status_code == 400 and word in answer.json()["errors"]["artefact"], answer.json()


def test_whoever_registered_a_version_is_refused_where_the_card_asks_for_four_eyes(ask) -> None:
    card_change("intent", {"four-eyes": True}, TEST)
    row = ask("intent/versions/", artefact=sent(MODEL)).json()
    answer = ask(f"intent/versions/{row['id']}/", state="quarantined")
    assert answer.status_code == 409 and "somebody else" in answer.json()["message"]


def test_a_second_actor_for_the_same_work_is_registered_with_its_first_version(ask) -> None:
    given = {"name": "Reader B", "kind": "intent", "capability": "intent", "artefact": sent(MODEL)}
    answer = ask("", key="reader-b", card={"rate": 60}, **given)
    assert answer.status_code == 201 and answer.json()["versions"][0]["state"] == "registered"
    assert ask("", key="reader-b", **given).json()["errors"]["key"] == "There is an actor with this key already."
    wrong = ask("", key="new", name="", kind="magic", capability="a b")
    assert set(wrong.json()["errors"]) <= {"key", "name", "kind", "capability"} and wrong.status_code == 400


def test_a_card_is_changed_whole_and_its_faults_are_named(ask) -> None:
    assert ask("intent/", card={"rate": 30}, reason="A new contract").json()["card"] == {"rate": 30}
    wrong = ask("intent/", card={"rate": 0}, reason="A new contract")
    assert wrong.status_code == 400 and "card.rate" in wrong.json()["errors"]


def test_an_actor_is_stopped_with_a_reason_and_let_loose(ask) -> None:
    assert ask("intent/switch/", enabled=False).status_code == 400
    assert ask("intent/switch/", enabled=False, reason="It answers nonsense").json()["enabled"] is False
    assert ask("intent/switch/", enabled=True).json()["enabled"] is True
    assert AuditEvent.objects.filter(chain=0, action="actor.changed", actor="person:ada").count() == 2


def test_a_kind_is_stopped_and_let_loose_by_a_program(ask, client: Client) -> None:
    made = client.post("/api/stops/", {"scope": "kind:intent", "reason": "Nonsense"}, content_type="application/json")
    assert (made.status_code, made.json()["actors"]) == (201, ["intent"])
    assert [one["scope"] for one in client.get("/api/stops/").json()["results"]] == ["kind:intent"]
    assert not Actor.objects.get(key="intent").enabled
    again = client.post("/api/stops/", {"scope": "kind:intent", "reason": "Again"}, content_type="application/json")
    assert again.status_code == 409
    loose = client.post("/api/stops/end/", {"scope": "kind:intent"}, content_type="application/json")
    assert (loose.status_code, loose.json()) == (200, {"actors": ["intent"]})
    assert Actor.objects.get(key="intent").enabled


@pytest.mark.parametrize("wrong", [{"scope": "kind:nothing", "reason": "No"}, {"scope": "all", "reason": " "}])
def test_a_stop_of_nothing_or_without_a_reason_is_refused(wrong, ask, client: Client) -> None:
    assert client.post("/api/stops/", wrong, content_type="application/json").status_code == 400
    assert Actor.objects.filter(enabled=False).count() == 0


def test_a_replay_is_begun_by_a_program_once_the_version_is_in_quarantine(ask, analysed) -> None:
    analysed()
    row = ask("intent/versions/", artefact=sent(MODEL)).json()
    assert ask(f"intent/versions/{row['id']}/replay/", jobs=5).status_code == 409
    ask(f"intent/versions/{row['id']}/", state="quarantined")
    begun = ask(f"intent/versions/{row['id']}/replay/", jobs=5)
    assert (begun.status_code, begun.json()["jobs"], begun.json()["ended"]) == (202, 1, None)
    assert ask("intent/versions/999999/replay/", jobs=5).status_code == 404


def test_a_step_of_a_version_tells_on_how_many_jobs_it_was_tried_and_how_many_agree(ask, analysed) -> None:
    analysed()
    row = ask("intent/versions/", artefact=sent(MODEL)).json()
    job = Job.objects.get(capability="intent")
    for way, agrees in (("replay", True), ("shadow", False)):
        Trial.objects.create(
            version_id=row["id"], job=job, way=way, at=clock.utc_now(), latency_ms=1, agrees=agrees
        )  # fmt: skip
    for answer in (
        ask(f"intent/versions/{row['id']}/", state="quarantined"),
        ask("intent/versions/", artefact=sent(MODEL)),
    ):
        assert (answer.json()["tried"], answer.json()["agreed"]) == (2, 1)


def test_what_a_stopped_actor_holds_is_given_away_only_where_another_can_do_it(ask) -> None:
    assert ask("intent/others/").status_code == 409
    assert ask("nobody/others/").status_code == 404
