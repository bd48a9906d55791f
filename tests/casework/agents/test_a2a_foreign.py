"""Do agents outside that are none of ours, of the official library (a2a-sdk), work with the product over real HTTP?"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
import yaml
from asgiref.sync import async_to_sync
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth.models import User

from audit.services import Origin
from casework.agents.a2a.card import card_key
from casework.agents.models import TaskPush
from orchestration.actors.call import Call, limited
from orchestration.actors.contract import ActorError
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.remote_agent.actor import RemoteAgentActor
from orchestration.actors.kinds.remote_agent.file import remote_faults
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.models import ActorVersion, AgentRun
from tests.casework.access.tokens import token_for
from tests.casework.agents import foreign
from tests.casework.agents.following import application, client, done_by_people
from tests.casework.mcp.conftest import one_connection
from tests.chaos.product import free_port
from tests.orchestration.machines import Machines

__all__ = ["one_connection"]

PYTHON = foreign.python()
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(PYTHON is None, reason="a2a-sdk is not set up here: `make a2a` does it"),
]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def carrier() -> Iterator[tuple[str, str, str]]:
    """Address, key and pin of an agent of the official library's."""
    port = free_port()
    command = [str(PYTHON), str(foreign.HERE / "carrier.py"), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    _, key, pin = process.stdout.readline().split()
    _answers(port)
    yield f"http://127.0.0.1:{port}/a2a", key, pin
    process.terminate()
    process.wait(10)


def _answers(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            subprocess.run(["sleep", "0.05"], check=True)
        else:
            return
    raise TimeoutError("the agent does not answer")


def asked(place: tuple[str, str, str], name: str) -> RemoteAgentActor:
    url, key, pin = place
    host_allow("127.0.0.1", int(url.split(":")[2].split("/")[0]), private=True, origin=Origin("system:test"))
    file = {
        "capability": "find-parcel", "title": "Find a parcel", "url": url, "card": {"pin": pin, "key": key},
        "data": {"number": "= input.number"}, "timeout": 20,
    }  # fmt: skip
    artefact = yaml.safe_dump(file).encode()
    assert not remote_faults(artefact)
    actor_ensure(name, name="Carrier", kind="a2a", capability="find-parcel")
    register_model_version(name, "1", artefact, {}, activate=True)
    return RemoteAgentActor("a2a", "1", artefact)


def test_a_job_is_done_by_an_agent_of_the_official_library(carrier: tuple[str, str, str]) -> None:
    found = asked(carrier, "carrier")
    with limited(Call("carrier", "find-parcel")):
        assert found.run({"number": "17"}, idempotency_key="1-1").output == {"place": "Depot of 17"}
    assert AgentRun.objects.get(actor="carrier").outcome == "reached"


def test_one_whose_card_another_key_signed_is_quarantined(carrier: tuple[str, str, str]) -> None:
    url, _, pin = carrier
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = other.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
    with limited(Call("carrier", "find-parcel")), pytest.raises(ActorError, match="not signed by the key"):
        asked((url, point, pin), "carrier").run({"number": "17"}, idempotency_key="1-1")
    assert ActorVersion.objects.get(actor__key="carrier").state == "quarantined"


@pytest.mark.usefixtures("one_connection")
def test_the_official_client_pins_the_card_brings_a_case_in_and_follows_it_to_its_end(
    people: dict[str, User], machines: Machines, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.AGENT_HOSTS = ["127.0.0.1"]
    machines.say("refund_request", 0.93, "neutral")
    port, token = free_port(), token_for(people["anna"])
    host_allow("127.0.0.1", port, private=True, origin=Origin("system:test"))
    key = card_key().public_key().public_bytes_raw().hex()
    url = f"http://127.0.0.1:{port}"
    caller = [str(PYTHON), str(foreign.HERE / "caller.py"), url, token, key, f"{url}/told"]
    app = application(monkeypatch)

    async def follow() -> list[Json]:
        serving = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
        served = asyncio.create_task(serving.serve())
        process = await asyncio.create_subprocess_exec(*caller, stdout=asyncio.subprocess.PIPE)
        async with client(app, token) as asking:
            await done_by_people(asking, lambda: asyncio.sleep(3))
        try:
            said, _ = await asyncio.wait_for(process.communicate(), 60)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            serving.should_exit = serving.force_exit = True
            await served
        return [json.loads(line) for line in said.splitlines()]

    told = async_to_sync(follow)()
    found = {one["what"]: one["told"] for one in told}
    events = [one["told"] for one in told if one["what"] == "event"]
    assert found["card"] == "Casewright" and "task" in events[0]
    states = [(one.get("task") or one.get("statusUpdate") or {}).get("status", {}).get("state") for one in events]
    assert "TASK_STATE_INPUT_REQUIRED" in states and states[-1] == "TASK_STATE_COMPLETED", told
    assert any("artifactUpdate" in one for one in events)
    assert found["task"]["status"]["state"] == "TASK_STATE_COMPLETED" and found["cancel"] == "TaskNotCancelableError"
    assert [one["id"] for one in found["list"]["tasks"]] == [found["task"]["id"]]
    assert found["push"]["url"] == f"{url}/told" and TaskPush.objects.get().name == "p-1"
