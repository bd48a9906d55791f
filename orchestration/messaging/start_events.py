"""Which cases does a message or signal begin, and how does any case begin by itself?

The processes of the newest version of each case type say by which messages and signals they begin (BPMN 2.0, 10.5.2).
A message begins one, and only where nobody waits for it; a signal begins all. What time begins: `start_timers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog
from django.db.models import QuerySet

from audit.db.sql import Part
from audit.services import Fact, Origin
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.engine.beginnings import Beginning, begun_by
from orchestration.engine.bpmn.model import Starter
from orchestration.engine.bpmn.view import starters
from orchestration.engine.chain import Chain
from orchestration.engine.commands import StartCase, StartProcess
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition, Subscription
from orchestration.shell import services
from orchestration.shell.sealing import keys_as_kept
from orchestration.shell.services import Done

log = structlog.get_logger()

with_every_start: list[Callable[[Done, str], Part]] = []
"""What others want written with a case that begins here, by "message", "signal" or "timer" (casework's row); the last
one is asked."""


def begin(
    kind: str, name: str, variables: Mapping[str, Any], origin: Origin, chain: Chain | None = None
) -> Iterator[Done]:
    """Begin what this message or signal begins, one after another as the caller asks for the next.

    `chain`: the messages between cases that led to it.
    """
    for definition in _newest():
        for process, starter in _ways_in(definition):
            if (starter.kind, starter.name) == (kind, name) and starter.definition.heard is None:
                begun = start(definition, process, variables, starter.at, kind, origin, chain)
                if isinstance(begun, Done):
                    yield begun


def begin_by_event(name: str, content: Mapping[str, Any], origin: Origin, chain: Chain | None = None) -> Iterator[Done]:
    """Begin all that an event of Flowable's event registry begins, processes and cases.

    Of a model that lives once for each event, only where none lives.
    """
    for definition in _newest():
        for beginning in _beginnings(definition, name, content):
            if beginning.reference is None or not _lives(definition, beginning.command.key, beginning.reference):
                begun = _start(definition, beginning.command, beginning.at, "message", origin, chain)
                if isinstance(begun, Done):
                    yield begun


def _newest() -> QuerySet[Definition]:
    return Definition.objects.order_by("key", "-version").distinct("key").only("pk", "key")


def _beginnings(definition: Definition, name: str, content: Mapping[str, Any]) -> list[Beginning]:
    try:
        return list(begun_by(by_definition(definition.pk).library, name, content, clock.utc_now()))
    except Faulty as wrong:
        log.error("case type not read", definition=definition.pk, faults=wrong.faults)
        return []


def _lives(definition: Definition, key: str, reference: str) -> bool:
    """Whether a case lives that the same event began. Until this transaction ends, nobody else begins one."""
    Definition.objects.select_for_update(no_key=True).get(pk=definition.pk)
    kept = Subscription.objects.filter(kind="reference", name=key, correlation__in=keys_as_kept([reference]))
    return kept.filter(instance__definition__key=definition.key).exists()


def _ways_in(definition: Definition) -> list[tuple[str, Starter]]:
    """None where the version cannot be read: it does not keep others from beginning."""
    try:
        return list(starters(by_definition(definition.pk).library))
    except Faulty as wrong:
        log.error("case type not read", definition=definition.pk, faults=wrong.faults)
        return []


def start(
    definition: Definition,
    process: str,
    variables: Mapping[str, Any],
    at: str,
    kind: str,
    origin: Origin,
    chain: Chain | None = None,
) -> Done | Refused:
    """Begin the process at this start event, which an event of this kind has triggered; the history says so first."""
    return _start(definition, StartProcess(process, variables, at), at, kind, origin, chain)


def _start(
    definition: Definition,
    command: StartCase | StartProcess,
    at: str,
    kind: str,
    origin: Origin,
    chain: Chain | None,
) -> Done | Refused:
    written = with_every_start[-1] if with_every_start else None
    opened = Fact("case.opened", {"case_type": definition.key, "source": kind, "start": at})
    along = None if written is None else lambda done: written(done, kind)
    return services.start(definition, command, origin, [opened], along, chain)
