"""The bots of the demo have tokens that count, which are made once and kept for nobody else to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.bots.house import SCRIPTS
from casework.management.demo_bots import ensure_bots
from orchestration.actors.tokens import token_of, token_revoke
from orchestration.models import WorkerToken
from tests.casework.casetypes.test_dear_actors import TEST

pytestmark = pytest.mark.django_db


def test_each_has_a_token_that_is_made_once_and_again_where_it_counts_no_more(tmp_path: Path) -> None:
    for case_type in ("loan", "refund"):
        ensure_shipped(CASE_TYPES / case_type / "actors")
    file = tmp_path / "bots.json"
    ensure_bots(file)
    first = json.loads(file.read_text())
    assert set(first) == set(SCRIPTS) and file.stat().st_mode & 0o777 == 0o600
    row = token_of(first["core-loan-bot"])
    assert row is not None and row.actor.key == "core-loan-bot"
    ensure_bots(file)
    assert json.loads(file.read_text()) == first and WorkerToken.objects.count() == len(SCRIPTS)
    token_revoke(row, TEST)
    ensure_bots(file)
    second = json.loads(file.read_text())
    assert second["core-loan-bot"] != first["core-loan-bot"] and second["goodwill-bot"] == first["goodwill-bot"]
