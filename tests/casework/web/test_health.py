"""Does the product say whether it is up, and what is missing when it is not ready?"""

import pytest
from django.db import OperationalError, connection

from casework.web import health


def test_a_process_that_answers_is_healthy_without_a_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_when_database_migrations_and_broker_are_there(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "parts": {"database": "ok", "migrations": "ok", "broker": "ok"}}


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["migrations"] == "1 not applied"


@pytest.mark.django_db
def test_a_part_that_fails_is_named_without_the_text_of_its_error(client, monkeypatch):
    def refuse() -> str:
        raise OperationalError("password authentication failed for user anna")

    monkeypatch.setitem(health.CHECKS, "database", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "unready"
    assert response.json()["parts"]["database"] == "failed: OperationalError"
    assert "anna" not in response.content.decode()


def test_health_takes_no_posts(client):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
