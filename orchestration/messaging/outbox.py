"""How does a message or signal reach the cases that wait for it?

It stands in the outbox from the step on that threw it, and is brought in a transaction of its own: all of it, or
another time. What cannot be brought now is tried again, less and less often; after about an hour it is an incident as
well, for a person to have it tried again or to give it up. It is never silently lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson
from django.db import OperationalError
from django.db.models import Q, QuerySet

from audit.services import Origin
from orchestration.casetypes.case_type import by_definition
from orchestration.engine.bpmn.view import correlation_key
from orchestration.engine.chain import REST, Chain
from orchestration.engine.commands import RaiseIncident, ReceiveMessage, ReceiveSignal, ResolveIncident
from orchestration.engine.keys import spellings
from orchestration.ground import clock
from orchestration.ground.limits import engine_limits
from orchestration.jobs import retry
from orchestration.messaging import start_events
from orchestration.messaging.routing import GONE, Answer, Letter, Waiting, bring, moved_by
from orchestration.models import Incident, Outbox, Subscription
from orchestration.shell import services
from orchestration.shell.savepoint import tried
from orchestration.shell.sealing import keys_as_kept
from orchestration.shell.services import Done

TRIES: Final = 12
"""After so many a person is told; after so many more again, while nobody could be told."""


def due() -> QuerySet[Outbox, int]:
    """The numbers of letters to be tried now, in the order in which they were thrown.

    Before its time comes one whose receiver goes on again, and one about which a person has decided.
    """
    at = clock.utc_now()
    put_back = Q(run_at__gt=at + retry.LETTERS.longest)  # put off by a clock that has been put back since
    now = Q(run_at=None) | Q(run_at__lte=at) | put_back
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
    Outbox.objects.filter(pk=letter.pk).update(
        attempts=attempts, run_at=clock.utc_now() + retry.LETTERS.pause(attempts), held_by=held_by, incident=incident
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


def _brought(row: Outbox) -> int | None:
    """The case that stands still, so that the letter has to wait for it; None: it has been brought. Raises NotTaken."""
    chain = moved_by(row.thread or row.pk, row.hops, _lately(row), engine_limits())
    letter = Letter(row.kind, row.name, orjson.loads(bytes(row.variables)), row.correlation, chain)
    return bring(letter, _Database(row))


def _lately(row: Outbox) -> int:
    """The letters of the row's thread that count as a crowd, as far as they were brought within the last hour."""
    if row.hops < 2:
        return 0
    return Outbox.objects.filter(thread=row.thread, hops__gt=1, delivered__gt=clock.utc_now() - REST).count()


@dataclass(frozen=True, slots=True)
class _Database:
    """The cases of the product (`routing.Post`)."""

    row: Outbox

    def listening(self, letter: Letter) -> Iterable[int]:
        """In the order of their numbers, so that two deliveries never wait for each other."""
        return self._subscribed(letter).order_by("instance").values_list("instance", flat=True).distinct()

    def expecting(self, letter: Letter) -> Iterable[int]:
        subscribed, fitting = self._subscribed(letter), Q(pk=None)
        for version in _versions(subscribed):
            models = by_definition(version).library
            keys = models.event_keys(models.content(letter.name, letter.variables))
            fitting |= Q(instance__definition=version, correlation__in=keys_as_kept(keys))
        return subscribed.filter(fitting).order_by("instance").values_list("instance", flat=True).distinct()

    def waiting(self, letter: Letter) -> Iterator[Waiting]:
        subscribed = self._subscribed(letter)
        keys = {version: _key(self.row, version, letter.variables) for version in _versions(subscribed)}
        fitting = Q(pk=None)
        for version, key in keys.items():
            of_key = Q() if key is None else Q(correlation__in=keys_as_kept(spellings(key))) | Q(correlation=None)
            fitting |= Q(instance__definition=version) & of_key
        found = subscribed.filter(fitting).order_by("id")
        for case, version, status in found.values_list("instance", "instance__definition", "instance__status"):
            yield Waiting(case, keys[version], status != "suspended")

    def send(self, case: int, command: ReceiveMessage | ReceiveSignal, chain: Chain) -> Answer:
        outcome = services.send(case, command, _sender(self.row), chain=chain)
        if isinstance(outcome, Done):
            return "taken"
        return "gone" if outcome.code in GONE else "not now"

    def send_beside(self, case: int, command: ReceiveMessage | ReceiveSignal, chain: Chain) -> None:
        tried(f"{self.row.kind} not received", self.row, self.send, case, command, chain, but=OperationalError)

    def begin(self, letter: Letter, most: int | None) -> int:
        begun = start_events.begin(letter.kind, letter.name, letter.variables, _sender(self.row), letter.chain)
        return sum(1 for _ in islice(begun, most))

    def begin_by_event(self, letter: Letter) -> int:
        begun = start_events.begin_by_event(letter.name, letter.variables, _sender(self.row), letter.chain)
        return sum(1 for _ in begun)

    def _subscribed(self, letter: Letter) -> QuerySet[Subscription]:
        found = Subscription.objects.filter(kind=letter.kind, name=letter.name)
        return found if self.row.sender_id is None else found.exclude(instance=self.row.sender_id)


def _versions(waiting: QuerySet[Subscription]) -> Iterable[int]:
    return waiting.order_by().values_list("instance__definition", flat=True).distinct()


def _key(letter: Outbox, version: int, variables: Mapping[str, Any]) -> str | None:
    """The letter's own correlation key, or the one that the receivers' models read from its content."""
    own: str | None = letter.correlation
    if own is not None:
        return own
    return correlation_key(by_definition(version).library, letter.name, variables, clock.utc_now())


def _sender(letter: Outbox) -> Origin:
    sender = letter.source or f"case:{letter.sender_id}"
    return Origin(sender, cause=f"{letter.kind} {letter.name}"[:200])


def _post(letter: Outbox) -> Origin:
    return Origin("system:letters", cause=f"{letter.kind} {letter.name}"[:200])
