"""Who asks the other system? An actor of the product that does its work over HTTP, under the job's idempotency key."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

from orchestration.actors.kinds import ActorError, Answer


class HttpMachine:
    """`machine.STEP`: posts its input to MACHINE_URL/STEP."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        self.key, self.version, self.capability = key, version, key.partition(".")[2]
        self.input_schema: dict[str, Any] = {"type": "object", "required": ["order"]}
        self.output_schema: dict[str, Any] = {"type": "object", "required": ["step"]}

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        asked = urllib.request.Request(
            f"{os.environ['MACHINE_URL']}/{self.capability}",
            json.dumps(input, sort_keys=True).encode(),
            {"Idempotency-Key": idempotency_key, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return Answer(json.load(answer), None)
        except urllib.error.HTTPError as refused:
            raise ActorError(f"It answered {refused.code}.", temporary=refused.code == 503) from None
        except OSError as error:
            raise ActorError(f"It cannot be reached: {error}", temporary=True) from None
