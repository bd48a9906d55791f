"""Every control is fired on a synthetic case that leaves no trace, and one that is dead is found, whichever it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from audit.models import AuditEvent
from audit.services import Origin
from casework.access import permissions
from casework.deadlines import watching
from casework.erasure import keeping, rules
from casework.models import Case
from casework.proof.controls import configured as of_configuration
from casework.proof.controls import drills, rounds
from casework.proof.controls.drills import DRILLS
from casework.proof.controls.scene import synthetic, undone
from orchestration.actors import routing
from orchestration.actors.guardrails import limit, registry
from orchestration.actors.guardrails.guardrail import Said
from orchestration.agents import acting
from orchestration.jobs import crossing, stopping
from orchestration.messaging import signatures
from orchestration.privacy import masking
from orchestration.shell.step_sql import HOLDS

pytestmark = pytest.mark.django_db

BY = Origin("person:axel")
People = dict[str, User]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    registry._asked.cache_clear()


def rows() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counted = {}
        for name in names:
            cursor.execute(f'select count(*) from "{name}"')  # noqa: S608 - the database's own names
            counted[name] = cursor.fetchone()[0]
    return counted


def test_all_controls_hold_and_the_synthetic_case_leaves_nothing_behind(
    people: People, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    before = rows()
    with django_capture_on_commit_callbacks() as messages:
        found = rounds.fire_all(BY)
    assert isinstance(found, rounds.Board) and not found.dead, found
    assert {row.key for row in found.rows} >= {drill.key for drill in DRILLS} | {"mask:complaint", "webhook"}
    assert all(row.count and row.how and row.proven == found.at for row in found.rows)
    assert messages == [], "a message left the house"
    grown = {name for name, count in rows().items() if count != before[name]}
    assert grown == {"audit_auditevent", "audit_auditpayload"}, "one event of the control chain, and nothing else"
    assert not User.objects.filter(username__startswith="synthetic").exists() and not Case.objects.exists()


def nothing(*given: Any, **named: Any) -> None:
    return None


def passed(value: Any) -> Callable[..., Any]:
    return lambda *given, **named: value


DEAD: dict[str, tuple[object, str, Any]] = {
    "escalation": (watching, "_hurried", passed(([], None))),
    "approval": (acting, "_rule", passed("")),
    "budget": (routing, "_beyond_budget", nothing),
    "kill-switch": (stopping, "at_work", passed(HOLDS)),
    "mask": (masking, "_is_clear", passed(True)),
    "separation": (drills, "task_claim", passed(None)),
    "access": (permissions, "may", passed(True)),
    "hold": (rules, "standing", passed(keeping.Standing(True, True, "Nothing keeps it."))),
    "histories": (drills, "verify", passed(type("Fine", (), {"ok": True}))),
}
"""By the key of each control: what kills it, behind the product's back."""


@pytest.mark.parametrize("key", DEAD)
def test_a_control_that_is_dead_is_found_by_its_drill(
    people: People, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr(*DEAD[key])
    drill = next(one for one in DRILLS if one.key == key)
    with synthetic() as scene, undone():
        assert rounds._tried(drill, scene), f"{key} is dead, and its drill does not see it"


def test_a_guardrail_that_lets_everything_pass_is_found_and_shown_until_it_holds_again(
    people: People, client: Client
) -> None:
    client.force_login(people["axel"])
    assert "No control was fired yet" in shown(client)
    client.post("/changes/controls/")
    alive = shown(client)
    assert "All controls held" in alive and "controls did not hold" not in alive
    with pytest.MonkeyPatch.context() as dead:
        open_door = replace(limit.GUARDRAIL, check=lambda crossing, parameters: Said())
        after = tuple(open_door if one.name == "limit" else one for one in registry.GUARDRAILS["after"])
        dead.setattr(registry, "GUARDRAILS", registry.GUARDRAILS | {"after": after})
        registry._asked.cache_clear()
        client.post("/changes/controls/")
    page = shown(client)
    assert "1 dead" in page and "A total of 1000000, where at most 100 is allowed, went into the case." in page
    last = AuditEvent.objects.filter(action="controls.fired").order_by("sequence").first()
    found = rounds.board()
    assert found is not None and last is not None
    (failed,) = found.dead
    assert failed.proven == last.at, "it says when it was last proven to hold"
    assert 'casewright_control_holds{control="guardrail"} 0.0' in client.get("/metrics").getvalue().decode()
    assert "1 dead" in client.get("/changes/proof/").getvalue().decode(), "a sign stands on every page of an auditor"
    registry._asked.cache_clear()
    client.post("/changes/controls/")
    assert "1 dead" not in shown(client)


def shown(client: Client) -> str:
    return " ".join(client.get("/changes/controls/").getvalue().decode().split())


def test_guardrails_and_masks_as_configured_are_fired_one_by_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {one.key: one for one in of_configuration.configured()}
    assert found["guardrails:complaint"].count > 20 and found["mask:complaint"].count > 20
    monkeypatch.setattr(masking, "_is_clear", passed(True))
    monkeypatch.setattr(signatures, "refusal", passed(""))
    dead = {one.key for one in of_configuration.configured() if one.said}
    assert dead == {"mask:complaint", "webhook"}


def test_a_drill_that_breaks_proves_nothing_and_holds_up_no_other(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crossing, "inward", nothing)
    found = rounds.fire_all(BY)
    assert isinstance(found, rounds.Board)
    assert "It could not be fired" in {row.key: row.said for row in found.rows}["guardrail"]
    assert not {row.key: row.said for row in found.rows}["hold"]


def test_controls_are_fired_when_it_is_time_and_not_before(people: People, settings: Any) -> None:
    asked: list[int] = []
    rounds.look_after(lambda: asked.append(1))
    rounds.fire_all(rounds.BEAT)
    rounds.look_after(lambda: asked.append(2))
    settings.CONTROLS_EVERY = 0
    rounds.look_after(lambda: asked.append(3))
    assert asked == [1]
