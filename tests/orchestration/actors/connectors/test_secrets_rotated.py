"""Can the secret of a connector be changed while it is called, so that no call fails and nothing keeps it?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from tests.orchestration.actors.connectors.server import Came, Reply, System

OLD, NEW = "tok-of-october-1f7c", "tok-of-november-9a2e"
ORDERS = """
capability: read-order
method: GET
url: HERE/orders
auth: {bearer: {secret: orders-token}}
timeout: 5
answers: [{when: status = 200, output: {id: "= body.id"}}]
"""
MANY = 5


def keep(folder: Path, value: str) -> None:
    """As an operator does: written beside, and moved into its place as a whole."""
    beside = folder / "orders-token.new"
    beside.touch(mode=0o600)
    beside.write_text(f"{value}\n")
    beside.replace(folder / "orders-token")


def test_while_both_are_valid_no_call_fails_and_after_that_the_new_one_alone_is_sent(
    listed: System, connector: Callable[[str], HttpConnector], tmp_path: Path, settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    settings.SECRETS_FOLDER = tmp_path
    valid = {OLD, NEW}

    def answer(came: Came) -> Reply:
        if len(listed.came) == MANY:  # in the middle of a call
            keep(tmp_path, NEW)
        known = came.headers.get("authorization", "").removeprefix("Bearer ") in valid
        return Reply(200, {"id": 7}) if known else Reply(401, {"said": came.headers.get("authorization")})

    listed.says = answer
    keep(tmp_path, OLD)
    machine = connector(ORDERS)
    for number in range(2 * MANY):
        assert machine.run({}, idempotency_key=str(number)).output == {"id": 7}
    sent = [came.headers["authorization"] for came in listed.came]
    assert sent == [f"Bearer {OLD}"] * MANY + [f"Bearer {NEW}"] * MANY
    valid.discard(OLD)
    assert machine.run({}, idempotency_key="later").output == {"id": 7}, "nothing has kept the old one"
    valid.clear()
    with pytest.raises(ActorError) as refused:
        machine.run({}, idempotency_key="last")
    told = caplog.text + str(refused.value)
    assert OLD not in told and NEW not in told
