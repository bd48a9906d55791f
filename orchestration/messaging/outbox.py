"""How does a message or signal reach the cases that wait for it?

It stands in the outbox from the step on that threw it, and is brought in a transaction of its own: all of it, or
another time. What cannot be brought now is tried again, less and less often; after about an hour it is an incident as
well, for a person to have it tried again or to give it up. It is never silently lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import orjson
from django.db import OperationalError
from django.db.models import Q, QuerySet

from audit.services import Origin
from orchestration.casetypes.case_type import by_definition
from orchestration.engine.bpmn.view import correlation_key
from orchestration.engine.commands import RaiseIncident, ReceiveMessage, ReceiveSignal, ResolveIncident
from orchestration.engine.keys import spellings
from orchestration.ground import clock
from orchestration.messaging import start_events
from orchestration.models import Incident, Outbox, Subscription
from orchestration.shell import services
from orchestration.shell.savepoint import tried
from orchestration.shell.services import Done

SOON: Final = timedelta(seconds=15)
LONGEST: Final = timedelta(minutes=10)
"""How long a letter waits after its first try, twice as long after each further one, and at most."""
TRIES: Final = 12
"""After so many a person is told; after so many more again, while nobody could be told."""


GONE: Final = frozenset({"unknown", "ended"})
"""Refusals that say: nobody there waits for this any more."""


class NotTaken(Exception):
    """A case waits for the letter and cannot take it now; the message says which and why."""


def due() -> QuerySet[Outbox, int]:
    """The numbers of letters to be tried now, in the order in which they were thrown.

    Before its time comes one whose receiver goes on again, and one about which a person has decided.
    """
    at = clock.utc_now()
    now = Q(run_at=None) | Q(run_at__lte=at) | Q(run_at__gt=at + LONGEST)  # the last: the clock has been put back since
    goes_on = Q(held_by__isnull=False) & ~Q(held_by__status="suspended")
    decided = Q(incident__resolved__isnull=False)
    return Outbox.objects.filter(now | goes_on | decided, delivered=None).order_by("id").values_list("pk", flat=True)


def deliver(number: int) -> bool:
    """Bring one letter to its receivers and mark it, or put it off. Always true. For use in a transaction."""
    letter = _locked(number)
    if letter is None:
        return True
    given_up = letter.incident is not None and letter.incident.resolution == "skip"
    held_by = None if given_up else _brought(letter)
    if held_by is not None:
        _put_off(letter, held_by)
        return True
    Outbox.objects.filter(pk=number).update(delivered=clock.utc_now(), held_by=None)
    if letter.incident is not None and letter.incident.resolved is None:
        arrived = ResolveIncident(letter.incident.incident, "retry")
        services.send(letter.incident.instance_id, arrived, _post(letter))
    return True


def put_off(number: int) -> None:
    """Try a letter again later on which the delivery broke. For use in a transaction."""
    letter = _locked(number)
    if letter is not None:
        _put_off(letter, None)


def _locked(number: int) -> Outbox | None:
    """The letter, until the transaction ends; None where another worker has it, or it has been delivered."""
    found = Outbox.objects.filter(pk=number, delivered=None).select_related("incident")
    return found.select_for_update(skip_locked=True, of=("self",)).first()


def _put_off(letter: Outbox, held_by: int | None) -> None:
    """Less and less often; where that has been said often enough, a person is told."""
    decided = letter.incident is not None and letter.incident.resolved is not None
    attempts = 1 if decided else letter.attempts + 1
    incident = None if decided else letter.incident
    if incident is None and attempts % TRIES == 0:
        incident = _told(letter, held_by)
    wait = min(SOON * 2 ** min(attempts - 1, TRIES), LONGEST)
    Outbox.objects.filter(pk=letter.pk).update(
        attempts=attempts, run_at=clock.utc_now() + wait, held_by=held_by, incident=incident
    )


def _told(letter: Outbox, held_by: int | None) -> Incident | None:
    """The incident in the sender's case or, where that is over, in the one that stands still."""
    why = "something went wrong on the way" if held_by is None else "a case that waits for it stands still"
    command = RaiseIncident(letter.kind, f"The {letter.kind} {letter.name!r} has not arrived: {why}.")
    for instance in filter(None, (letter.sender_id, held_by)):
        outcome = tried("letter not reported", letter, services.send, instance, command, _post(letter))
        if isinstance(outcome, Done):
            (number,) = outcome.effects.incidents
            return Incident.objects.get(instance=instance, incident=number)
    return None


def _brought(letter: Outbox) -> int | None:
    """The case that stands still, so that the letter has to wait for it; None: it has been brought."""
    waiting = Subscription.objects.filter(kind=letter.kind, name=letter.name).exclude(instance=letter.sender_id)
    if letter.kind == "message":
        return _message(letter, waiting)
    _signal(letter, waiting)
    return None


def _signal(letter: Outbox, waiting: QuerySet[Subscription]) -> None:
    """To all that wait, in the order of their numbers, so that two deliveries never wait for each other; then it
    begins the processes that begin with it."""
    signal = ReceiveSignal(letter.name, orjson.loads(bytes(letter.variables)))
    for instance in waiting.order_by("instance").values_list("instance", flat=True).distinct():
        tried("signal not received", letter, services.send, instance, signal, _sender(letter), but=OperationalError)
    list(start_events.begin("signal", letter.name, signal.variables, _sender(letter)))


def _message(letter: Outbox, waiting: QuerySet[Subscription]) -> int | None:
    """To the first that waits for it and takes it, else it begins a case where a process begins with it.

    While only cases that stand still wait for it, it waits for the first of them. Raises NotTaken.
    """
    variables = orjson.loads(bytes(letter.variables))
    if _event(letter, waiting, variables):
        return None
    keys = {version: _key(letter, version, variables) for version in _versions(waiting)}
    fitting = Q()
    for version, key in keys.items():
        of_key = Q() if key is None else Q(correlation__in=spellings(key)) | Q(correlation=None)
        fitting |= Q(instance__definition=version) & of_key
    standing_still = Q(instance__status="suspended")
    ordered = waiting.filter(fitting).order_by("id")
    awake = ordered.exclude(standing_still).values_list("instance", "instance__definition")
    for instance, version in dict.fromkeys(awake):
        message = ReceiveMessage(letter.name, variables=variables, correlation=keys[version])
        outcome = services.send(instance, message, _sender(letter))
        if isinstance(outcome, Done):
            return None
        if outcome.code not in GONE:
            raise NotTaken(f"case {instance}: {outcome.message}")
    if held_by := ordered.filter(standing_still).values_list("instance", flat=True).first():
        return held_by
    next(start_events.begin("message", letter.name, variables, _sender(letter)), None)
    return None


def _event(letter: Outbox, waiting: QuerySet[Subscription], content: Mapping[str, Any]) -> bool:
    """An event of a registry: to all whom it fits, in the order of their numbers, then it begins what it begins.

    False: it is for nobody. A case that stands still does not hear it, as with a signal.
    """
    fitting = Q(pk=None)
    registered = waiting.filter(correlation__startswith="{")
    for version in _versions(registered):
        models = by_definition(version).library
        keys = models.event_keys(models.content(letter.name, content))
        fitting |= Q(instance__definition=version, correlation__in=keys)
    message = ReceiveMessage(letter.name, variables=content)
    found = registered.filter(fitting).order_by("instance").values_list("instance", flat=True).distinct()
    for instance in (everyone := list(found)):
        tried("event not received", letter, services.send, instance, message, _sender(letter), but=OperationalError)
    begun = list(start_events.begin_by_event(letter.name, content, _sender(letter)))
    return bool(everyone) or bool(begun)


def _versions(waiting: QuerySet[Subscription]) -> Iterable[int]:
    return waiting.order_by().values_list("instance__definition", flat=True).distinct()


def _key(letter: Outbox, version: int, variables: Mapping[str, Any]) -> str | None:
    """The letter's own correlation key, or the one that the receivers' models read from its content."""
    if letter.correlation is not None:
        return letter.correlation
    return correlation_key(by_definition(version).library, letter.name, variables, clock.utc_now())


def _sender(letter: Outbox) -> Origin:
    return Origin(f"case:{letter.sender_id}", cause=f"{letter.kind} {letter.name}"[:200])


def _post(letter: Outbox) -> Origin:
    return Origin("system:letters", cause=f"{letter.kind} {letter.name}"[:200])
