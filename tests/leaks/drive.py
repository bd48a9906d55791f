"""Does anything that leaves the product hold what must not? Every role at every door, and what goes out beside them.

Doors and what is sent to them are those that `tests/casework/access/test_doors.py` walks. Each answer is read for every
mark that is hidden from whoever asked; logs, traces, broker messages, mails, requests of machines and clean columns for
all marks. A leak that is planted in the answer of each door shows that it would have been found.
"""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from casework.access.doors import DOORS
from casework.access.roles import STANDING
from casework.models import Case
from casework.proof.controls.scene import undone
from orchestration.ground import tracing
from orchestration.models import ActorCall, ActorVersion, Incident
from orchestration.shell import nudges
from tests.casework.access.doors_sent import ASKED, FILES, SENT
from tests.leaks.marks import FORMS, Mark, found
from tests.leaks.world import Planted, World, tasks

BOUND: Final = (
    "case",
    "task",
    "history",
    "api-case",
    "api-task",
    "api-incident",
    "ledger-call",
    "search",
    "api-search",
)
"""Beginnings of the names of doors whose answer is about one case; the others are asked once for all case types."""
NOT_TAKEN: Final = 405
STREAMS: Final = frozenset({"inbox-live", "cases-live", "board-live", "case-live"})
MEASURED: Final = frozenset({"request_id", "timestamp", "ms"})
"""What each line of the log is given by chance or by the clock: among so many, half a phone number stands in some."""
CLEAN: Final = {
    "audit_auditevent": "*", "orchestration_lease": "*", "orchestration_gauge": "*", "orchestration_eventdelivery": "*",
    "orchestration_receipt": "*", "casework_visit": "*", "casework_snooze": "*", "casework_savedview": "*",
    "casework_comment": "*", "casework_commentnotice": "*",
    "orchestration_actorcall": "input_reference, error, verdicts, route, detail, usage",
    "orchestration_job": "last_error, worker, route", "orchestration_incident": "code, message, resolution",
    "django_session": "*", "orchestration_agentrun": "goal, why, memory, plan",
}  # fmt: skip
"""Columns that are meant to hold nothing of a case's data."""


@dataclass
class Found:
    """`leaks`: (door or place, role, mark). `seeded` and `recalled`: planted leaks, and those that were found."""

    values: int = 0
    doors: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    answers: int = 0
    places: set[str] = field(default_factory=set)
    leaks: set[tuple[str, str, str]] = field(default_factory=set)
    seeded: int = 0
    missed: list[str] = field(default_factory=list)
    errors: set[str] = field(default_factory=set)

    def told(self) -> dict[str, Any]:
        """As JSON, so that a run that is ended goes on later."""
        return {name: sorted(held) if isinstance(held, set) else held for name, held in vars(self).items()}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Found:
        sets = {name: set(told[name]) for name in ("doors", "roles", "places", "errors")}
        return cls(**{**told, **sets, "leaks": {(place, role, mark) for place, role, mark in told["leaks"]}})

    def lines(self) -> Iterator[str]:
        yield (
            f"{self.values} values x {len(self.doors)} doors x {len(self.roles)} roles, {self.answers} answers and "
            f"{len(self.places)} other places read: leaks {len(self.leaks)}"
        )
        recalled = self.seeded - len(self.missed)
        yield f"{self.seeded} leaks planted, one in each door, in {len(FORMS)} forms: {recalled} found"
        for place, role, mark in sorted(self.leaks):
            yield f"LEAK at {place} to {role or 'anybody'}: {mark}"
        for door in self.missed:
            yield f"NOT FOUND when planted: {door}"


SEED: Final = Mark("korvidu menalto", "planted in the answer of a door", "restricted")


class Seeding:
    """Middleware that puts a leak into the answer of a door."""

    form: str = ""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if Seeding.form and not answer.streaming:
            answer.content = answer.content + FORMS[Seeding.form](SEED.text).encode()
        elif Seeding.form:
            answer.headers["X-Seeded"] = FORMS[Seeding.form](SEED.text)
        return answer


def parts(name: str, one: Planted) -> dict[str, Any]:
    """What stands in the address with this name, for this case."""
    case, task = one.case, next(tasks(one), None)
    incident = Incident.objects.filter(instance=case.instance_id).first()
    document = case.documents.first()
    call = ActorCall.objects.filter(instance=case.instance_id).first()
    version = ActorVersion.objects.order_by("pk").first()
    known: dict[str, Any] = {
        "case_id": case.pk, "case": case.pk, "task_id": task.pk if task else 1, "task": task.pk if task else 1,
        "document_id": document.pk if document else 1, "document": document.pk if document else 1, "page": 1,
        "width": 320, "number": incident.incident if incident else 1, "incident": incident.incident if incident else 1,
        "definition_id": case.instance.definition_id, "version_id": version.pk if version else 1,
        "version": version.pk if version else 1, "sequence": 2, "at": 1, "key": one.case_type.key, "form": "xes",
        "system": "python", "table_id": "routing_table", "item": "wait_for_reply", "uidb64": "MQ", "token": "none",
        "lease": "none",
    }  # fmt: skip
    if name == "ledger-call":
        return {"number": call.pk if call else 1}
    if name in ("help-page", "notice"):
        return {"help-page": {"name": "use/inbox"}, "notice": {"system": "python", "name": "django"}}[name]
    if "comment" in name:
        known["number"] = one.case.comments.values_list("number", flat=True)[0]
    if name in ("api-case-item", "case-item"):
        known |= {"item": 1, "number": 1}
    if name in ("person-token", "account-token", "worker-token-revoke"):
        known["token"] = 1
    wanted = _wanted(name)
    return {part: known.get(part, "total" if part == "name" else 1) for part in wanted}


def _wanted(name: str) -> tuple[str, ...]:
    """The names of the parts of an address."""
    from django.urls import get_resolver

    possibilities = get_resolver().reverse_dict.getlist(name)
    return tuple(possibilities[0][0][0][1]) if possibilities else ()


def answer_of(browser: Client, name: str, method: str, one: Planted, *, fragment: bool = False) -> HttpResponse:
    """One visit; whatever it does is undone."""
    address = reverse(name, kwargs=parts(name, one))
    headers = {"HX-Request": "true"} if fragment else {}
    with undone():
        if method == "GET":
            asked = {**ASKED.get(name, {}), **({"q": one.case.reference} if name.endswith("search") else {})}
            return browser.get(address, asked, headers=headers)  # type: ignore[return-value]
        how = {"content_type": "application/json"} if name.startswith("api-") and name not in FILES else {}
        files = {FILES[name]: ContentFile(b"Dear sirs", "letter.txt")} if name in FILES else {}
        sent = {"reason": "To look for leaks", **SENT.get(name, {}), **files}
        return browser.post(address, sent, headers=headers, **how)  # type: ignore[return-value, arg-type]


def body_of(answer: HttpResponse | StreamingHttpResponse) -> bytes:
    """Headers and all of the body, also of one that comes in portions."""
    if answer.streaming and answer.headers.get("Content-Type", "").startswith("text/event-stream"):
        return str(answer.headers).encode()
    is_async = isinstance(answer, StreamingHttpResponse) and answer.is_async
    content = async_to_sync(_whole)(answer) if is_async else answer.getvalue()
    return content + b"\n" + str(answer.headers).encode() if content[:2] != b"PK" else bytes(content)


async def _whole(answer: StreamingHttpResponse) -> bytes:
    return b"".join([part async for part in answer])


def is_own(name: str, method: str, role: str, one: Planted) -> bool:
    """Whether the answer is what the role asked to have revealed, with a reason."""
    may = {group.group for group in one.case_type.roles if "reveal" in group.may}
    may |= {group for group, (_, rights) in STANDING.items() if "casework.reveal_case" in rights}
    return name in ("api-case-reveal", "case-reveal") and method == "POST" and role in may


def walk(
    world: World,
    found_in: Found,
    doors: list[str],
    methods: tuple[str, ...] = ("GET", "POST"),
    after: Callable[[], object] = lambda: None,
) -> None:
    """Every role at these doors, for every case where a door is about one. `after`: what is done when one was tried."""
    browsers = {role: Client(raise_request_exception=False) for role in world.people}
    for role, user in world.people.items():
        if user is not None:
            browsers[role].force_login(user)
    cache.clear()
    found_in.values, found_in.roles = len(world.marks), {*world.people}
    for at, name in enumerate(doors, 1):
        print(f"\r{at} of {len(doors)} doors, {len(found_in.leaks)} leaks ", end="", file=sys.stderr, flush=True)
        for method in methods:
            _at_door(world, found_in, browsers, name, method)
        found_in.doors.add(name)
        _seeded(world, found_in, browsers, name)
        after()
    print(file=sys.stderr)


def _at_door(world: World, found_in: Found, browsers: dict[str, Client], name: str, method: str) -> None:
    """For every case; but a method that the door does not take at the first one, and parts of pages where it has none
    there, are not asked for again."""
    bound = name.startswith(BOUND)
    ways = (False, True) if method == "GET" and not name.startswith("api-") else (False,)
    for one in world.planted if bound else world.planted[:1]:
        roles = world.roles_of(one) if bound else [*world.people]
        came = {way: [_visit(world, found_in, browsers[role], name, method, role, one, way) for role in roles]
                for way in ways}  # fmt: skip
        if all(status == NOT_TAKEN for status, _ in came[False]):
            return
        if len(ways) > 1 and not any(_is_part(*pair) for pair in zip(came[False], came[True], strict=True)):
            ways = (False,)


def _is_part(page: tuple[int, int], part: tuple[int, int]) -> bool:
    """Whether of two answers, each by status and length, the second is something else than the first."""
    return page[0] != part[0] or abs(page[1] - part[1]) > page[1] // 20


def _visit(
    world: World, found_in: Found, browser: Client, name: str, method: str, role: str, one: Planted, fragment: bool
) -> tuple[int, int]:
    """Status and length of the answer, which is read."""
    answer = answer_of(browser, name, method, one, fragment=fragment)
    found_in.answers += 1
    if answer.status_code >= 500:
        found_in.errors.add(f"{method} {name}: {answer.status_code}")
    body = body_of(answer)
    if not is_own(name, method, role, one):
        for mark in found(body, world.hidden_from(role)):
            found_in.leaks.add((f"{method} {name}", role, mark.place))
    return answer.status_code, len(body)


def _seeded(world: World, found_in: Found, browsers: dict[str, Client], name: str) -> None:
    """A leak in the answer of a door, in another form at each, and whether reading that answer finds it."""
    form = [*FORMS][len(found_in.doors) % len(FORMS)]
    role = random.Random(name).choice([*world.people])
    with override_settings(MIDDLEWARE=[f"{Seeding.__module__}.{Seeding.__name__}", *settings.MIDDLEWARE]):
        browser = Client(raise_request_exception=False)
        browser.cookies = browsers[role].cookies
        Seeding.form = form
        answer = answer_of(browser, name, "GET", world.planted[0])
        Seeding.form = ""
    found_in.seeded += 1
    if SEED not in found(body_of(answer), [SEED]):
        found_in.missed.append(f"{name}, as {form}")


@contextmanager
def overheard(world: World) -> Iterator[None]:
    """Keep what is logged, traced, mailed and said to the broker inside the block."""
    heard = _Heard(world.sent.setdefault("logs", []))
    root, level = logging.getLogger(), logging.getLogger().level
    with ExitStack() as stack:
        stack.enter_context(override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"))
        mail.outbox = []
        quiet, root.handlers = root.handlers, [heard]
        root.setLevel(logging.DEBUG)
        before, told = nudges._after_commit, world.sent.setdefault("broker messages", [])
        nudges._after_commit = lambda task, *given, countdown=0: told.append(f"{task} {given}".encode())
        tracing.trace_to(_Traces(world.sent.setdefault("traces", [])))
        try:
            yield
        finally:
            tracing.trace_to(None)
            nudges._after_commit = before
            root.handlers = quiet
            root.setLevel(level)


class _Heard(logging.Handler):
    def __init__(self, lines: list[bytes]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("django.db", "asyncio", "faker")):  # statements of the database, in development
            said = record.msg
            if isinstance(said, dict):
                said = {name: value for name, value in said.items() if name not in MEASURED}
            self.lines.append(f"{record.name} {said} {record.args}".encode())


class _Traces:
    """A provider of tracers that keeps the names and attributes of spans."""

    def __init__(self, spans: list[bytes]) -> None:
        self.spans = spans

    def get_tracer(self, name: str) -> _Traces:
        return self

    @contextmanager
    def start_as_current_span(self, name: str, **given: Any) -> Iterator[None]:
        self.spans.append(f"{name} {given.get('attributes')}".encode())
        yield


def read_beside(world: World, found_in: Found) -> None:
    """What went out beside the doors since it was read last, and the columns that are meant to be clean."""
    least = [mark for mark in world.marks if mark.level in ("confidential", "restricted")]
    mails = [one.message().as_bytes() for one in mail.outbox]
    columns = {f"column {name}": [content] for name, content in _columns()}
    for place, bodies in {**world.sent, "mails": mails, **columns}.items():
        found_in.places.add(place)
        for mark in found(b"\n".join(bodies), least):
            found_in.leaks.add((place, "outside", mark.place))
        bodies.clear()
    mail.outbox.clear()


def _columns() -> Iterator[tuple[str, bytes]]:
    with connection.cursor() as cursor:
        for table, columns in CLEAN.items():
            cursor.execute(f"select {columns} from {table}")  # noqa: S608 - names that stand above
            yield table, "\n".join(map(str, cursor.fetchall())).encode()


def all_doors() -> list[str]:
    return sorted(DOORS)


__all__ = ["Case", "Found", "all_doors", "overheard", "read_beside", "replace", "walk"]
