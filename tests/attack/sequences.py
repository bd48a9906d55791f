"""Does the API do what its own description says, whatever was done before?

Schemathesis makes requests from the description and goes on with what the answers name: a case that was brought in is
read, tagged, worked on and stopped, by one person and by another. Every answer is looked at for an error of the server
and for what the description does not say: a status, a kind of content, a header, a shape. What the description
forbids is sent, too, and has to be refused. Each sequence is undone at its end.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from math import ceil, inf
from typing import Any, Final
from zlib import crc32

import hypothesis
import schemathesis
import schemathesis.checks
from django.contrib.auth.models import Group, User
from django.core.cache import cache as kept
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.db.models import QuerySet
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from rest_framework.renderers import JSONRenderer
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.stateful.state_machine import APIStateMachine

from audit.services import Origin
from casework.access.tokens import Made, token_make
from casework.models import Case as Work
from casework.proof.controls.scene import undone
from orchestration.models import Actor, ActorVersion, HumanTask
from tests.attack.within import within

Json = Any
STEPS: Final = 25
AT_ONCE: Final = 10
"""Sequences of one seed: after them is looked whether there is time for more."""
STREAMS: Final = re.compile(r":stream|:subscribe")
"""They stay on the line: `tests/load` is theirs."""
BRINGS_IN: Final = "POST /api/cases/"
NAMED: Final = re.compile(r"{(\w+)}")
NUMBERED: Final = "SELECT setval(oid, %s) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
CHECKS: Final = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection",
)  # fmt: skip
"""The last one not of a new case that the product's own description takes."""
FROM_ANSWERS: Final[tuple[tuple[str, str, Mapping[str, str]], ...]] = (
    ("find_cases", "200", {"case": "$response.body#/results/0/id"}),
    ("bring_a_case_in", "201", {"case": "$response.body#/id"}),
    ("find_open_tasks", "200", {"task": "$response.body#/results/0/id", "case": "$response.body#/results/0/case"}),
    ("take_a_task", "200", {"task": "$response.body#/id", "case": "$response.body#/case"}),
    ("list_what_failed_in_your_cases", "200",
     {"case": "$response.body#/results/0/case", "incident": "$response.body#/results/0/incident"}),
    ("comment_on_a_case", "200", {"case": "$request.path.case", "number": "$response.body#/number"}),
    ("add_a_document", "201", {"case": "$request.path.case", "document": "$response.body#/id"}),
    ("list_a_cases_documents", "200", {"case": "$request.path.case", "document": "$response.body#/results/0/id"}),
    ("have_an_agent_told_of_its_task", "200", {"case": "$request.path.case", "name": "$response.body#/id"}),
    ("list_actors", "200", {"key": "$response.body#/results/0/key"}),
    ("register_an_actor", "201", {"key": "$response.body#/key", "version": "$response.body#/versions/0/id"}),
    ("read_an_actor", "200", {"key": "$response.body#/key", "version": "$response.body#/versions/0/id"}),
    ("list_people", "200", {"person": "$response.body#/results/0/id"}),
    ("invite_somebody", "201", {"person": "$response.body#/person/id"}),
    ("list_groups", "200", {"group": "$response.body#/results/0/id"}),
    ("list_business_units", "200", {"unit": "$response.body#/results/0/id"}),
    ("make_a_business_unit", "201", {"unit": "$response.body#/id"}),
    ("list_what_agents_want", "200", {"proposal": "$response.body#/results/0/proposal"}),
    ("save_a_view", "201", {"view": "$response.body#/id"}),
    ("fetch_work", "200", {"lease": "$response.body#/jobs/0/lease"}),
)  # fmt: skip
"""What an answer names, by the parts of the addresses in which it may stand."""


@dataclass
class Course:
    """`by_class`: what was found, with where; `reached`: how often each operation did what it is for."""

    by_class: dict[str, set[str]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)
    sequences: int = 0

    def lines(self) -> Iterator[str]:
        told = ", ".join(f"{count} answered {status}" for status, count in sorted(self.statuses.items()))
        yield f"{self.sequences} sequences by the description, {self.statuses.total()} requests: {told}"
        yield f"{len(self.asked)} operations asked, of which {len(self.reached)} did what they are for"
        yield f"findings: {sum(map(len, self.by_class.values()))}"
        for kind, found in sorted(self.by_class.items()):
            yield f"{kind}: {len(found)} ({'; '.join(sorted(found)[:8])})"


def numbered_from(number: int) -> None:
    """What is made next has these numbers, in each run the same, so that a seed makes the same requests. They are
    counted on though what had them is undone, so each sequence says it again."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERED, [number])


def walked(people: Iterable[User], worker: str, data: Json, many: int, seconds: float = inf) -> Course:
    """So many sequences, as far as these seconds reach, as these people, as an outside worker with this token, and as
    nobody; cases are brought in with this data."""
    course = Course()
    machine = _machine(described(data), [*map(_token, people), worker, ""], course)
    with _one_connection():
        for seed in within(seconds, range(ceil(many / AT_ONCE))):
            _run(hypothesis.seed(seed)(machine), min(AT_ONCE, many - seed * AT_ONCE))
    return course


def _run(machine: type[APIStateMachine], many: int) -> None:
    machine.run(
        settings=settings(
            max_examples=many, stateful_step_count=STEPS, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )  # fmt: skip


@contextmanager
def _one_connection() -> Iterator[None]:
    """A request would end the session of the database, and with it what stands around the sequence."""
    ends = (request_started, request_finished)
    for each in ends:
        each.disconnect(close_old_connections)
    try:
        yield
    finally:
        for each in ends:
            each.connect(close_old_connections)


def described(data: Json) -> dict[str, Json]:
    """The product's own description, with links from what answers name."""
    made: dict[str, Json] = json.loads(_own())
    made["paths"] = {path: calls for path, calls in made["paths"].items() if not STREAMS.search(path)}
    by_id = {call["operationId"]: (path, call) for path, calls in made["paths"].items() for call in calls.values()}
    del made["components"]["securitySchemes"]  # else tokens of its own are made up
    for _, call in by_id.values():
        call.pop("security", None)
    for source, status, names in FROM_ANSWERS:
        by_id[source][1]["responses"][status]["links"] = dict(_links(by_id, names))
    known = _known()
    for each in _parameters(made):
        each["schema"] |= {"enum": known[each["name"]]} if each["name"] in known else {}
    new_case = made["components"]["schemas"]["NewCaseRequest"]["properties"]
    new_case["case_type"] |= {"enum": ["complaint"]}
    new_case["reference"] |= {"pattern": "^[A-Z]{2,4}-[0-9]{1,9}$"}
    new_case["data"] = {"enum": [data]}
    del new_case["source"]  # it has to name who asks
    return made


@cache
def _own() -> bytes:
    generator: Any = SchemaGenerator
    return bytes(JSONRenderer().render(generator().get_schema(request=None, public=True)))


@cache
def _new_case() -> Draft202012Validator:
    """What the product says that it takes as a new case: more than is asked for here."""
    own = json.loads(_own())
    return Draft202012Validator({"$ref": "#/components/schemas/NewCaseRequest", "components": own["components"]})


def _known() -> dict[str, list[Json]]:
    """What there is before, by the names that parts of addresses have."""
    rows: dict[str, QuerySet[Any]] = {
        "case": Work.objects.all(), "task": HumanTask.objects.filter(instance__case__isnull=False),
        "person": User.objects.all(), "group": Group.objects.all(), "version": ActorVersion.objects.all(),
    }  # fmt: skip
    found = {name: list(some.order_by("pk").values_list("pk", flat=True)[:3]) for name, some in rows.items()}
    found["key"] = list(Actor.objects.order_by("key").values_list("key", flat=True)[:3])
    return {name: there for name, there in found.items() if there}


def _parameters(made: dict[str, Json]) -> Iterator[dict[str, Json]]:
    for calls in made["paths"].values():
        for call in calls.values():
            yield from (each for each in call.get("parameters", []) if each["in"] == "path")


def _links(by_id: Mapping[str, tuple[str, Json]], names: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    """To every operation whose address these names fill."""
    for operation, (path, _) in by_id.items():
        wanted = NAMED.findall(path)
        if set(wanted) <= names.keys():
            yield operation, {"operationId": operation, "parameters": {name: names[name] for name in wanted}}


def _machine(description: dict[str, Json], tokens: list[str], course: Course) -> type[APIStateMachine]:
    config = SchemathesisConfig.from_dict({"phases": {"stateful": {"inference": {"algorithms": []}}}})
    schema = schemathesis.openapi.from_dict(description, config=config)
    schema.app = get_wsgi_application()
    checks = [getattr(schemathesis.checks, name) for name in CHECKS]

    class Sequence(schema.as_state_machine()):  # type: ignore[misc]  # the class is made as it runs
        def setup(self) -> None:
            kept.clear()
            self.step_count = 0
            course.sequences += 1
            self.block = ExitStack()
            self.block.enter_context(undone())
            numbered_from(2_000_000)

        def teardown(self) -> None:
            self.block.close()

        def before_call(self, case: Case) -> None:
            token = tokens[_drawn(case, self.step_count) % len(tokens)]
            self.step_count += 1
            if token:
                case.headers["Authorization"] = f"Bearer {token}"

        def validate_response(self, response: Response, case: Case, **_: Json) -> None:
            _looked(response, case, checks, course)

    return Sequence


def _drawn(case: Case, step: int) -> int:
    """The same for the same sequence: its numbers of cases and tasks are others each time that it is gone through."""
    return crc32(f"{case.operation.label} {step // 3} {case.body!r}".encode())


def _looked(response: Response, case: Case, checks: list[Any], course: Course) -> None:
    where = case.operation.label
    course.statuses[response.status_code] += 1
    course.asked.add(where)
    if response.status_code < 300:
        course.reached[where] += 1
    wider = where == BRINGS_IN and _new_case().is_valid(case.body)
    try:
        case.validate_response(response, checks=checks[:-1] if wider else checks)
    except FailureGroup as found:
        for failure in found.exceptions:
            _note(failure, f"{where} {response.status_code}", course)


def _note(failure: Failure | Exception, where: str, course: Course) -> None:
    course.by_class.setdefault(getattr(failure, "title", type(failure).__name__), set()).add(where)


def _token(person: User) -> str:
    made = token_make(person=person, name="sequences", scope="administer", days=1, origin=Origin("system:attack"))
    assert isinstance(made, Made), made
    return made.secret
