"""People, groups and rights are changed by a command that keeps who did it and why; what passes it by is found."""

from __future__ import annotations

import io

import orjson
import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import AuditEvent, AuditPayload
from audit.selectors import timeline
from casework.access.permissions import clearance
from casework.access.tokens import token_of
from casework.management.commands.role import Command
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from orchestration.shell.verification.control import verify_control

pytestmark = pytest.mark.usefixtures("complaint")


def role(*words: str) -> str:
    out = io.StringIO()
    call_command(Command(), *words, stdout=out)
    return out.getvalue()


def changes() -> list[dict[str, object]]:
    numbers = AuditEvent.objects.filter(chain=0, action="role.changed").order_by("sequence").values_list("sequence")
    return [orjson.loads(bytes(AuditPayload.objects.get(chain=0, sequence=n).body)) for (n,) in numbers]


def test_a_person_is_made_and_joins_groups() -> None:
    role("--why", "She begins on Monday", "person", "nora", "--first", "Nora", "--group", "Analysts")
    nora = User.objects.get(username="nora")
    assert [group.name for group in nora.groups.all()] == ["Analysts"] and not nora.has_usable_password()
    assert changes()[-2:] == [{"person": "nora", "made": True}, {"person": "nora", "joined": "Analysts"}]
    last = AuditEvent.objects.filter(chain=0).latest("sequence")
    assert last.actor.startswith("operator:") and "She begins on Monday" in last.cause
    assert verify_control().ok


def test_a_group_is_made_and_its_clearance_changed() -> None:
    role("person", "nora")
    role("group", "Fraud team", "--clearance", "confidential")
    role("join", "nora", "Fraud team")
    assert clearance(User.objects.get(username="nora")) == "confidential"
    role("group", "Fraud team", "--clearance", "restricted")
    assert clearance(User.objects.get(username="nora")) == "restricted"
    role("leave", "nora", "Fraud team")
    assert clearance(User.objects.get(username="nora")) == "public"
    assert "Fraud team (sees restricted): nobody" in role("list")
    assert verify_control().ok


def test_a_group_is_given_a_right_and_it_is_taken_again() -> None:
    role("right", "Senior analysts", "casework.audit_case")
    assert Group.objects.get(name="Senior analysts").permissions.filter(codename="audit_case").exists()
    assert verify_control().ok
    role("right", "Senior analysts", "casework.audit_case", "--take")
    assert not Group.objects.get(name="Senior analysts").permissions.exists() and verify_control().ok
    with pytest.raises(CommandError, match="no right"):
        role("right", "Senior analysts", "casework.fly")


def test_a_password_is_set_and_unset_and_a_key_made(monkeypatch: pytest.MonkeyPatch) -> None:
    role("person", "nora")
    monkeypatch.setattr("builtins.input", lambda: "short")
    monkeypatch.setattr("os.isatty", lambda stream: False)
    with pytest.raises(CommandError, match="too short"):
        role("password", "nora")
    monkeypatch.setattr("builtins.input", lambda: "a long and odd enough one")
    role("password", "nora")
    assert User.objects.get(username="nora").check_password("a long and odd enough one")
    role("password", "nora", "--unset")
    assert not User.objects.get(username="nora").has_usable_password()
    key = role("token", "nora").split()[-1]
    row = token_of(key)
    assert row is not None and row.person.username == "nora" and row.scope == "work"
    role("token", "nora", "--drop")
    assert token_of(key) is None and key not in str(changes()) and verify_control().ok


def test_what_somebody_held_is_free_when_they_may_not_come_in_any_more(people, analysed) -> None:
    case = analysed()
    task = HumanTask.objects.get(instance=case.instance_id)
    task_claim(by=people["anna"], task=task)
    assert "1 tasks are free again" in role("off", "anna")
    task.refresh_from_db()
    assert task.assignee is None and not User.objects.get(username="anna").is_active
    assert timeline(case.instance_id)[-1].action == "task.released"
    role("on", "anna")
    assert User.objects.get(username="anna").is_active and verify_control().ok


def test_who_is_kept_out_and_let_in_again_signs_in_anew_and_needs_a_new_key(people) -> None:
    open_pages, others = Client(), Client()
    open_pages.force_login(people["anna"])
    others.force_login(people["ben"])
    program = Client(headers={"Authorization": f"Token {role('token', 'anna').split()[-1]}"})
    assert open_pages.get("/").status_code == program.get("/api/tasks/").status_code == 200
    role("off", "anna")
    during = SessionStore()
    during.update({SESSION_KEY: str(people["anna"].pk), HASH_SESSION_KEY: people["anna"].get_session_auth_hash()})
    during.save()  # of a sign-in that had looked at the password before
    role("on", "anna")
    assert open_pages.get("/").status_code == 302 and program.get("/api/tasks/").status_code == 401
    assert not Session.objects.filter(pk=during.session_key).exists()
    assert others.get("/").status_code == 200
    assert verify_control().ok


def test_a_change_that_passes_by_is_named() -> None:
    role("person", "nora")
    User.objects.get(username="nora").groups.add(Group.objects.get(name="Auditors"))
    assert verify_control().reason == "the groups of person nora are not those of the last change"


@pytest.mark.parametrize("words", [("on", "nobody"), ("person", "anna", "--group", "None such"), ("join", "anna", "x")])
def test_what_cannot_be_done_is_said_and_nothing_is_kept(words: tuple[str, ...], people) -> None:
    before = len(changes())
    with pytest.raises(CommandError, match="There is no"):
        role(*words)
    assert len(changes()) == before
