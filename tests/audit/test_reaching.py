"""Sessions and programs beside Django's own reach the database as securely as it does."""

from __future__ import annotations

import subprocess

import environ
import psycopg
import pytest
from django.db import connection

from audit.db.reaching import environment, parameters
from casework.runtime.database_programs import program

URL = (
    "postgresql://case%40wright:pass%2Fword@db.example:6432/cases?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    "&sslcert=/etc/client.pem&sslkey=/etc/client.key&channel_binding=require&target_session_attrs=read-write"
)


@pytest.fixture
def by_url(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environ.Env.db_url_config(URL)
    for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD", "OPTIONS"):
        monkeypatch.setitem(connection.settings_dict, name, settings[name])
    connection.settings_dict["OPTIONS"] |= {"pool": True, "prepare_threshold": 3}


def test_a_program_is_told_all_that_the_address_says(by_url: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLCRL", "/etc/revoked.pem")
    told = {name: value for name, value in environment().items() if name.startswith("PG")}
    assert told == told | {
        "PGHOST": "db.example", "PGPORT": "6432", "PGUSER": "case@wright", "PGPASSWORD": "pass/word",
        "PGDATABASE": "cases", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/etc/ca.pem",
        "PGSSLCERT": "/etc/client.pem", "PGSSLKEY": "/etc/client.key", "PGCHANNELBINDING": "require",
        "PGTARGETSESSIONATTRS": "read-write", "PGSSLCRL": "/etc/revoked.pem",
    }  # fmt: skip


def test_a_session_of_ones_own_is_opened_with_the_same(by_url: None) -> None:
    told = parameters()
    assert told["sslrootcert"] == "/etc/ca.pem" and told["sslcert"] == "/etc/client.pem"
    assert told["host"] == "db.example" and "pool" not in told and "prepare_threshold" not in told


@pytest.mark.django_db
def test_both_reach_the_database_that_django_reaches() -> None:
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**parameters()) as session:
        assert session.info.dbname == name
    asked = [program("psql"), "-Atqc", "select current_database()"]
    assert subprocess.run(asked, env=environment(), capture_output=True, text=True, check=True).stdout.strip() == name
