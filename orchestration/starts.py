"""Which cases does a message or signal begin?

The processes of the newest version of each case type say by which messages and signals they begin (BPMN 2.0, 10.5.2).
A message begins one, and only where nobody waits for it; a signal begins all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from audit.services import Origin
from orchestration import services
from orchestration.casetypes import by_definition
from orchestration.engine.bpmn.view import starters
from orchestration.engine.commands import StartProcess
from orchestration.models import Definition
from orchestration.services import Done, Statement

with_every_start: list[Callable[[Done], Statement]] = []
"""What others want written with a case that begins here (casework's row); the last one is asked."""


def begin(kind: str, name: str, variables: Mapping[str, Any], origin: Origin) -> Iterator[Done]:
    """Begin what this message or signal begins, one after another as the caller asks for the next."""
    written = with_every_start[-1] if with_every_start else None
    for definition in Definition.objects.order_by("key", "-version").distinct("key").only("pk"):
        for process, starter in starters(by_definition(definition.pk).library):
            if (starter.kind, starter.name) == (kind, name):
                begun = services.start(definition, StartProcess(process, variables, starter.at), origin, along=written)
                if isinstance(begun, Done):
                    yield begun
