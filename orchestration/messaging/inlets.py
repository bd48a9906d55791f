"""What becomes of an event that another system hands in?

Once its signature holds and it was not taken before, it is a letter in the outbox, like a message that a case throws:
it reaches the case that waits for it, or begins one, and is kept and tried again until then (BPMN 2.0, 8.3.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import transaction

from orchestration.engine.expressions import feel_time, to_json
from orchestration.engine.feel import FeelSyntaxError, compile_expression
from orchestration.engine.keys import key_text
from orchestration.ground import clock, secrets
from orchestration.ground.refusals import Refused
from orchestration.messaging import signatures
from orchestration.messaging.cloud_events import CloudEvent, NoEvent, event_of
from orchestration.models import Inlet, Outbox, Receipt
from orchestration.shell.nudges import nudge_outbox

Json = Any

MOST_BYTES: Final = 256 * 1024
LONGEST: Final = 200
EVENT: Final = "event"
"""The name under which expressions of an inlet know the event."""


@dataclass(frozen=True, slots=True)
class Taken:
    """`again`: it was taken before, and nothing was done now."""

    event: str
    again: bool = False


def receive(inlet: Inlet, headers: Mapping[str, str], body: bytes) -> Taken | Refused:
    """Take an event once. `headers`: names in small letters. The refusal's code is one of size, signature, event."""
    if len(body) > MOST_BYTES:
        return Refused("size", f"An event has at most {MOST_BYTES} bytes.")
    try:
        known = secrets.secret(inlet.secret).reveal()
    except secrets.SecretMissing as missing:
        return Refused("secret", str(missing))
    if why := signatures.refusal(known, headers, body):
        return Refused("signature", why)
    identity = headers[signatures.ID][:LONGEST]
    try:
        event = event_of(headers, body, identity)
        letter = _letter(inlet, event)
    except NoEvent as refused:
        return Refused("event", str(refused))
    return _kept(inlet, identity, event, letter)


@transaction.atomic
def _kept(inlet: Inlet, identity: str, event: CloudEvent, letter: Outbox) -> Taken:
    receipt, new = Receipt.objects.get_or_create(
        inlet=inlet, event=identity, defaults={"type": event.type[:LONGEST], "at": clock.utc_now()}
    )
    if not new:
        return Taken(identity, again=True)
    letter.save()
    Receipt.objects.filter(pk=receipt.pk).update(letter=letter)
    nudge_outbox()
    return Taken(identity)


def _letter(inlet: Inlet, event: CloudEvent) -> Outbox:
    facts = event.facts()
    variables = _value(inlet.variables, facts) if inlet.variables else event.data
    if variables is None:
        variables = {}
    if not isinstance(variables, dict):
        raise NoEvent("What the event carries is no object with names.")
    key = key_text([_value(inlet.correlation, facts)]) if inlet.correlation else None
    if inlet.correlation and key is None:
        raise NoEvent("The event does not say for which case it is.")
    return Outbox(
        kind="message", name=inlet.message, correlation=key, variables=orjson.dumps(variables),
        created=clock.utc_now(), source=f"system:inlet {inlet.key}",
    )  # fmt: skip


def _value(expression: str, facts: Mapping[str, Json]) -> Json:
    found = compile_expression(expression, [EVENT]).evaluate({EVENT: facts}, now=feel_time(clock.utc_now()))
    return to_json(found.value)


def faults(inlet: Inlet) -> dict[str, str]:
    """What is wrong with an inlet that somebody describes: a sentence by field."""
    wrong = {}
    for name in ("correlation", "variables"):
        try:
            text = getattr(inlet, name)
            if text:
                compile_expression(text, [EVENT])
        except FeelSyntaxError as error:
            wrong[name] = f"This is no FEEL expression over the event: {error}"
    return wrong
