"""An agent outside that is none of ours: the official library's server, with a signed card. Run by its own Python.

`carrier.py PORT`: it says "ready KEY PIN" (hexadecimal digits of its P-256 key, hash of its card), then works: a task
is accepted, worked on for a moment, and answered with where the parcel is.
"""

import asyncio
import hashlib
import json
import sys
from typing import Any

import uvicorn
from a2a.helpers import new_data_part
from a2a.server.agent_execution import AgentExecutor
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_rest_routes
from a2a.server.routes.agent_card_routes import agent_card_to_dict
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
from a2a.types import AgentCapabilities, AgentCard, AgentInterface, AgentSkill, Task, TaskState, TaskStatus
from a2a.utils.signing import create_agent_card_signer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from google.protobuf.json_format import MessageToDict
from starlette.applications import Starlette


class Carrier(AgentExecutor):  # type: ignore[misc]  # the library is in its own environment alone
    async def execute(self, context: Any, event_queue: Any) -> None:
        number = MessageToDict(context.message)["parts"][0]["data"]["number"]
        await event_queue.enqueue_event(
            Task(
                id=context.task_id,
                context_id=context.context_id,
                status=TaskStatus(state=TaskState.TASK_STATE_SUBMITTED),
            )
        )
        updates = TaskUpdater(event_queue, context.task_id, context.context_id)
        await updates.start_work()
        await asyncio.sleep(0.5)
        await updates.add_artifact([new_data_part({"place": f"Depot of {number}"})])
        await updates.complete()

    async def cancel(self, context: Any, event_queue: Any) -> None:
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def card_at(port: int) -> Any:
    interface = AgentInterface(url=f"http://127.0.0.1:{port}/a2a", protocol_binding="HTTP+JSON", protocol_version="1.0")
    return AgentCard(
        name="Träger ☂",
        description="Finds parcels.",
        version="1",
        supported_interfaces=[interface],
        capabilities=AgentCapabilities(streaming=True),
        default_input_modes=["application/json"],
        default_output_modes=["application/json"],
        skills=[AgentSkill(id="find", name="Find", description="Finds a parcel.", tags=["parcel"])],
    )


def main() -> None:
    port = int(sys.argv[1])
    key = ec.generate_private_key(ec.SECP256R1())
    card = create_agent_card_signer(key, {"alg": "ES256", "kid": "c1", "jku": None, "typ": "JOSE"})(card_at(port))
    handler = DefaultRequestHandler(Carrier(), InMemoryTaskStore(), card)
    app = Starlette(routes=create_agent_card_routes(card) + create_rest_routes(handler, path_prefix="/a2a"))
    said = {name: value for name, value in agent_card_to_dict(card).items() if name != "signatures"}
    pin = hashlib.sha256(
        json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
    print("ready", point, pin, flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


main()
