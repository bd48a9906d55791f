"""A caller that is none of ours: the official library's client. Run by its own Python.

`caller.py URL TOKEN KEY PUSH`: it reads the product's card, holds its signature against the key (Ed25519, hexadecimal
digits), brings a complaint in, and says each event of the stream as a line of JSON; then what it reads of the task, and
what it is told when it asks that the case ends.
"""

import asyncio
import json
import sys

import httpx
from a2a.client import ClientConfig, ClientFactory
from a2a.client.card_resolver import A2ACardResolver
from a2a.helpers import new_data_part
from a2a.types import (
    CancelTaskRequest,
    GetTaskRequest,
    ListTasksRequest,
    Message,
    Role,
    SendMessageRequest,
    TaskPushNotificationConfig,
)
from a2a.utils.signing import create_signature_verifier
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.json_format import MessageToDict


def say(name: str, told: object) -> None:
    print(json.dumps({"what": name, "told": told}), flush=True)


async def main() -> None:
    url, token, key, push = sys.argv[1:5]
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
        verified = create_signature_verifier(lambda kid, jku: public, ["EdDSA"])
        card = await A2ACardResolver(http, url).get_agent_card(signature_verifier=verified)
        say("card", MessageToDict(card)["name"])
        config = ClientConfig(streaming=True, httpx_client=http, supported_protocol_bindings=["HTTP+JSON"])
        client = ClientFactory(config).create(card)
        data = new_data_part(
            {
                "case_type": "complaint",
                "data": {
                    "message": "Where is my refund?",
                    "customer": {"name": "Maria Sandoval", "email": "m@example.org"},
                },
            }
        )
        asked = SendMessageRequest(message=Message(message_id="m-1", role=Role.ROLE_USER, parts=[data]))
        task = ""
        async for event in client.send_message(asked):
            told = MessageToDict(event)
            if "task" in told:
                task = told["task"]["id"]
                kept = await client.create_task_push_notification_config(
                    TaskPushNotificationConfig(task_id=task, id="p-1", url=push, token="theirs")
                )
                say("push", MessageToDict(kept))
            say("event", told)
        say("task", MessageToDict(await client.get_task(GetTaskRequest(id=task, history_length=3))))
        say("list", MessageToDict(await client.list_tasks(ListTasksRequest(page_size=5))))
        try:
            await client.cancel_task(CancelTaskRequest(id=task))
        except Exception as refused:
            say("cancel", type(refused).__name__)


asyncio.run(main())
