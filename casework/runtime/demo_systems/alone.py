"""How does one stand-in run as a program of its own, with a file of its own, beside `make run`?

With `make run` the stand-ins share a process. Here one of those for which there is no real system to try runs alone, so
that it can be killed, moved or replaced while the others go on.
"""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.served import Served
from casework.runtime.locations import CHECKOUT
from casework.runtime.processes import wait_until
from casework.runtime.stand_ins.place import (
    AZURE_DOCUMENTS,
    AZURE_OPENAI,
    BY_SERVER,
    HERE,
    POLICY,
    SALESFORCE,
    STAND_IN_HOST,
)


@dataclass(frozen=True, slots=True)
class Alone:
    """`answers`: the system of the stand-ins' routes; `servers`: the variables by which connectors find it;
    `words`: those by which they are let in."""

    title: str
    answers: str
    servers: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)


ALONE: Final = {
    "salesforce": Alone("Salesforce", "customers", (SALESFORCE,), BY_SERVER[SALESFORCE]),
    "azure": Alone(
        "Azure AI Document Intelligence and Azure OpenAI",
        "azure",
        (AZURE_DOCUMENTS, AZURE_OPENAI),
        {**BY_SERVER[AZURE_DOCUMENTS], **BY_SERVER[AZURE_OPENAI]},
    ),
    "policy": Alone("a policy system", "policies", (POLICY,)),
}


class StandInServer(Served):
    """The process, which may be killed; what it knows stays in its folder."""

    def __init__(self, name: str, port: int, state: Path | None = None) -> None:
        super().__init__(name, "stand-in.log", port, state)
        self.of = ALONE[name]

    @property
    def address(self) -> str:
        return f"http://{STAND_IN_HOST}:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What `make run` has to know to find it."""
        return {**dict.fromkeys(self.of.servers, self.address), **self.of.words}

    def start(self) -> None:
        """Until it answers. Raises ServiceFailed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [sys.executable, "-m", "casework.runtime.stand_ins", "--folder", self.folder]
        command += ["--port", str(self.port), "--only", self.of.answers]
        known = {**os.environ, **self.of.words, "PYTHONPATH": str(CHECKOUT)}
        wait_until(self._answers, self.run(command, known), log=self.log)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HERE, self.port, timeout=10)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        return False
