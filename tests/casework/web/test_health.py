"""Does the product say whether it is up, and what is missing when it is not ready?"""

import json
import time
from collections import namedtuple
from dataclasses import replace
from threading import Event

import pytest
from django.db import OperationalError, connection

from audit import data_keys
from casework.runtime import supervisor
from casework.web import health


@pytest.fixture
def own_connection(monkeypatch):
    """The parts are asked in the test's own transaction."""

    class AtOnce:
        def __init__(self, target, args, **_):
            self.answer, self.check = args

        def start(self):
            self.answer.set_result(health._state_of(self.check))

    monkeypatch.setattr(health, "Thread", AtOnce)


@pytest.fixture
def state(settings, tmp_path, monkeypatch):
    """A state folder of our own, as of an embedded database."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.EMBEDDED = replace(settings.EMBEDDED, state=tmp_path)
    return settings.EMBEDDED


def test_a_process_that_answers_is_healthy_without_a_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_when_database_migrations_and_broker_are_there(client, state, own_connection):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "parts": {"database": "ok", "migrations": "ok", "broker": "ok", "keys": "ok"},
    }


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client, own_connection):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["migrations"] == "1 not applied"


def test_a_part_that_fails_is_named_without_the_text_of_its_error(client, monkeypatch):
    def refuse() -> str:
        raise OperationalError("password authentication failed for user anna")

    monkeypatch.setattr(health, "CHECKS", {"database": refuse})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "unready"
    assert response.json()["parts"]["database"] == "failed: OperationalError"
    assert "anna" not in response.content.decode()


def test_a_part_that_keeps_silent_is_named_and_is_not_asked_twice(client, monkeypatch):
    asked, answer = [], Event()

    def silent() -> str:
        asked.append(time.monotonic())
        answer.wait(60)
        return "ok"

    monkeypatch.setattr(health, "ANSWER_WITHIN", 0.05)
    monkeypatch.setattr(health, "CHECKS", {"broker": silent, "database": lambda: "ok"})
    monkeypatch.setattr(health, "_under_way", {})
    for _ in range(2):
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["parts"]["broker"].startswith("failed: no answer within")
        assert response.json()["parts"]["database"] == "ok"
    answer.set()
    assert len(asked) == 1


def test_a_disk_that_fills_up_is_warned_of_while_everything_still_works(client, state, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health, "CHECKS", {"database": lambda: "ok"})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**12, 10**12, 150 * 1024**2))
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["warnings"] == {"disk": "nearly full: 150 MB left"}


def test_a_program_that_does_not_stay_up_is_named_and_pages_go_on(client, state, monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {"database": lambda: "ok"})
    state.ailing.write_text(json.dumps({"worker": "ended 4 times in a row; it is tried again in 8 s"}))
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["warnings"]["worker"].startswith("ended 4 times")


def test_a_master_key_that_is_gone_or_another_is_named_without_its_place(
    client, state, settings, tmp_path, monkeypatch
):
    settings.DATA_KEY, settings.DATA_KEYS = str(tmp_path / "data.key"), str(tmp_path / "keys")
    monkeypatch.setattr(health, "CHECKS", {"keys": health.CHECKS["keys"]})
    assert client.get("/readyz").status_code == 200 and not (tmp_path / "data.key").exists()
    data_keys.seal("case-1", b"a letter")
    for wrong in (None, "ab" * 32):
        (tmp_path / "data.key").unlink() if wrong is None else (tmp_path / "data.key").write_text(wrong)
        response = client.get("/readyz")
        assert response.status_code == 503 and response.json()["parts"]["keys"].startswith("failed: the master key")
        assert str(tmp_path) not in response.content.decode()


def test_a_start_without_the_master_key_is_no_ready_product_and_says_so():
    fine = {"database": "ok", "broker": "ok", "keys": "ok"}
    assert supervisor._opens({}) is supervisor._opens(fine | {"broker": "failed: OSError"}) is None
    assert "is ready" in str(supervisor._opens(fine))
    said = str(supervisor._opens(fine | {"keys": "failed: the master key is missing"}))
    assert "WARNING: the master key" in said and "ready" not in said


def test_health_takes_no_posts(client):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
