"""How does a test follow a case as an agent outside does? With the product in this process, on its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import orjson
import pytest
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler

from casework.agents.a2a import stream
from casework.agents.a2a.waited import with_waited_tasks
from casework.models import Case
from casework.web import live_hub
from orchestration.models import HumanTask
from tests.casework.conftest import PERSON
from tests.orchestration.machines import send_messages, work_jobs

Json = dict[str, Any]
BEGINS: Json = {"case_type": "complaint", "data": {"message": "Where is my refund?", "customer": PERSON}}


class HubHere(live_hub.Hub):
    """A hub whose looks see what the test has not committed."""

    async def _asked(self, question: Callable[[], Any]) -> Any:
        return await sync_to_async(question)()


def application(patched: pytest.MonkeyPatch) -> Any:
    """The product, which looks after changes often."""

    async def listens(changed: Any) -> None:
        await asyncio.Event().wait()

    hub = HubHere(listens, lambda sessions: set(sessions))
    patched.setattr(live_hub, "LOOK_EVERY", 0.1)
    patched.setattr(stream, "hub_of_pages", hub)
    django = ASGIHandler()
    return with_waited_tasks(stream.with_task_streams(django, django, hub), django, hub)


def message(data: Json, name: str = "m-1", **configuration: Any) -> Json:
    """What begins a case. Its answer waits unless `returnImmediately=True`."""
    said = {"messageId": name, "role": "ROLE_USER", "parts": [{"data": data}]}
    return {"message": said} | ({"configuration": configuration} if configuration else {})


def events(body: bytes) -> list[Json]:
    """What a stream said, without its signs of life."""
    told = [one.partition(b"data: ")[2] for one in body.split(b"\n\n") if b"data: " in one]
    return [orjson.loads(one) for one in told]


async def until(holds: Callable[[], Any]) -> Any:
    """What holds in the end, asked again and again."""
    async with asyncio.timeout(60):
        while not (found := await sync_to_async(holds)()):
            await asyncio.sleep(0.05)
    return found


def client(app: Any, token: str) -> httpx2.AsyncClient:
    """Somebody outside who carries this token. Django's own client would close the connection of all."""
    headers = {"Authorization": f"Bearer {token}", "A2A-Version": "1.0"}
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), headers=headers, base_url="http://testserver/api/"
    )


async def done_by_people(asking: httpx2.AsyncClient, pause: Callable[[], Awaitable[Any]]) -> Case:
    """The case that is there goes its whole way, with a pause after each step."""
    case: Case = await until(lambda: Case.objects.select_related("instance").first())
    await pause()
    await sync_to_async(work_jobs)(case.instance_id)
    await pause()
    await _answer(asking, case)
    await sync_to_async(send_messages)(case.instance_id)
    return case


async def _answer(asking: httpx2.AsyncClient, case: Case) -> None:
    task = (await sync_to_async(HumanTask.objects.get)(instance=case.instance, state="open")).pk
    initial = (await asking.get(f"tasks/{task}/")).json()["initial"]
    done = await asking.post(f"tasks/{task}/complete/", json={"answers": {"verdict": "accept", **initial}})
    assert done.status_code == 200, done.content
