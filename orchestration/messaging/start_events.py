"""Which cases does a message or signal begin, and how does any case begin by itself?

The processes of the newest version of each case type say by which messages and signals they begin (BPMN 2.0, 10.5.2).
A message begins one, and only where nobody waits for it; a signal begins all. What time begins: `start_timers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog

from audit.db.sql import Part
from audit.services import Fact, Origin
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.engine.bpmn.model import Starter
from orchestration.engine.bpmn.view import starters
from orchestration.engine.commands import StartProcess
from orchestration.ground.refusals import Refused
from orchestration.models import Definition
from orchestration.shell import services
from orchestration.shell.services import Done

log = structlog.get_logger()

with_every_start: list[Callable[[Done, str], Part]] = []
"""What others want written with a case that begins here, by "message", "signal" or "timer" (casework's row); the last
one is asked."""


def begin(kind: str, name: str, variables: Mapping[str, Any], origin: Origin) -> Iterator[Done]:
    """Begin what this message or signal begins, one after another as the caller asks for the next."""
    for definition in Definition.objects.order_by("key", "-version").distinct("key").only("pk", "key"):
        for process, starter in _ways_in(definition):
            if (starter.kind, starter.name) == (kind, name):
                begun = start(definition, process, variables, starter.at, kind, origin)
                if isinstance(begun, Done):
                    yield begun


def _ways_in(definition: Definition) -> list[tuple[str, Starter]]:
    """None where the version cannot be read: it does not keep others from beginning."""
    try:
        return list(starters(by_definition(definition.pk).library))
    except Faulty as wrong:
        log.error("case type not read", definition=definition.pk, faults=wrong.faults)
        return []


def start(
    definition: Definition, process: str, variables: Mapping[str, Any], at: str, kind: str, origin: Origin
) -> Done | Refused:
    """Begin the process at this start event, which an event of this kind has triggered; the history says so first."""
    written = with_every_start[-1] if with_every_start else None
    opened = Fact("case.opened", {"case_type": definition.key, "source": kind, "start": at})
    along = None if written is None else lambda done: written(done, kind)
    return services.start(definition, StartProcess(process, variables, at), origin, [opened], along)
