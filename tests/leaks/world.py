"""In what world are leaks looked for? Every case type with marked values in its sensitive fields, and every role.

What came in by a field stands in texts, a document and a message, too; work of machines is offered to workers outside,
sent to a connector and to a language model over real HTTP, and fails with words of its own.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.test import Client

from audit.services import Origin
from casework.access.roles import STANDING, ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.comments.services import comment_say
from casework.documents.services import Added, document_add
from casework.forms.answer_validation import schema_errors, typed
from casework.intake.rows import Row, Table, table
from casework.intake.samples import OTHERS
from casework.intake.services import Opened, case_open
from casework.models import Case, Comment
from casework.proof.controls.scene import undone
from orchestration.actors.registration import actor_register
from orchestration.actors.tokens import token_make
from orchestration.casetypes.case_type import CaseType, by_definition, current
from orchestration.casetypes.files import is_sample
from orchestration.jobs import runner
from orchestration.models import Actor, ActorVersion, HumanTask, Job
from orchestration.privacy.classification import LEVELS
from tests.leaks.marks import Mark, value_of
from tests.orchestration.actors.connectors.server import System

Json = Any
TEST: Final = Origin("system:leaks")
EVERYTHING: Final = {
    "label": "refund_request", "confidence": 0.93, "alternatives": [], "tone": "neutral", "score": 0.0,
}  # fmt: skip
CONNECTOR: Final = """
capability: {capability}
method: POST
url: {url}/connector
body: {{everything: "= input"}}
timeout: 5
answers: [{{when: status = 200, output: {{given: "= body.given"}}}}]
"""
MODEL: Final = """
capability: {capability}
speaks: openai
url: {url}/v1/chat/completions
model: small-instruct
timeout: 5
most-tokens: 100
price: {{input: "0.50", output: "2"}}
input: {{type: object}}
output: {{type: object, properties: {{text: {{type: string, maxLength: 600}}}}}}
prompt: {{system: You help., user: "Do this: {{string(input)}}"}}
"""


@dataclass(frozen=True)
class Planted:
    """A case with its marks, by the case type's key."""

    case: Case
    case_type: CaseType
    marks: tuple[Mark, ...]
    dropped: tuple[str, ...]


@dataclass
class World:
    """`people`: by role, "" for who has not signed in; `sent`: what went out beside the doors, by place."""

    planted: list[Planted] = field(default_factory=list)
    people: dict[str, User | None] = field(default_factory=dict)
    sent: dict[str, list[bytes]] = field(default_factory=dict)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(mark for one in self.planted for mark in one.marks)

    def roles_of(self, one: Planted) -> list[str]:
        """Those that the case type names, the standing ones, and who has none: all others are like these last."""
        named = {role.group for role in one.case_type.roles} | {*STANDING, "outsider", ""}
        return [role for role in self.people if role in named]

    def hidden_from(self, role: str) -> tuple[Mark, ...]:
        """By the groups that the role stands for, as manifests and the standing groups say, not as the product does."""
        user = self.people[role]
        if user is None or role in ("outsider", "Administrators"):
            return self.marks
        found = []
        for one in self.planted:
            levels = {group.group: group.clearance for group in one.case_type.roles}
            purposes = {purpose for group in one.case_type.roles if group.group == role for purpose in group.purposes}
            level = levels.get(role) or STANDING.get(role, ("public",))[0]
            found += [
                mark for mark in one.marks
                if LEVELS.index(mark.level) > LEVELS.index(level)
                or (mark.purposes and mark.purposes.isdisjoint(purposes))
            ]  # fmt: skip
        return tuple(found)


def openable() -> list[str]:
    """The case types that ship, but for those whose cases only the product opens, of data of its own."""
    return sorted({folder.parent.name for folder in CASE_TYPES.glob("*/samples")} - {*OTHERS})


def made(keys: list[str], seed: int = 1) -> World:
    """The world of these case types, which are deployed."""
    chance, world = random.Random(seed), World()
    types = {key: by_definition(current(key).pk) for key in keys}
    for case_type in types.values():
        ensure_roles(case_type)
    groups = sorted({role.group for one in types.values() for role in one.roles} | {*STANDING})
    for number, name in enumerate(groups):
        world.people[name] = User.objects.create(username=f"role{number}", email=f"role{number}@house.example")
        Group.objects.get(name=name).user_set.add(world.people[name])
    world.people["outsider"] = User.objects.create(username="outsider")
    world.people[""] = None
    for case_type in types.values():
        world.planted.append(_planted(case_type, chance, world))
    return world


def _planted(case_type: CaseType, chance: random.Random, world: World) -> Planted:
    data, marks, dropped = marked_data(case_type, chance)
    opened = case_open(by=None, case_type=case_type.key, reference=f"LEAK-{case_type.key}", source="leaks", data=data)
    assert isinstance(opened, Opened), opened
    if case_type.document_level:
        owner = next(world.people[role.group] for role in case_type.roles if "work" in role.may)
        assert owner is not None
        letter = "\n".join(["Dear sirs", *(mark.text for mark in marks)]).encode()
        name = f"{marks[0].text}.txt" if marks else "letter.txt"
        outcome = document_add(by=owner, case=opened.case, name=name, content=letter, level="restricted")
        assert isinstance(outcome, Added), outcome
    said = " ".join(["They say:", *(f"{mark.text}." for mark in marks)])
    comment = comment_say(by=User.objects.get_or_create(username="commenter")[0], case=opened.case, text=said)
    assert isinstance(comment, Comment), comment
    return Planted(opened.case, case_type, tuple(marks), tuple(dropped))


def marked_data(case_type: CaseType, chance: random.Random) -> tuple[dict[str, Json], list[Mark], list[str]]:
    """A sample of the type with a mark in each sensitive field that can hold one, and all of them in its texts."""
    data, marks, dropped = _sample(case_type), [], []
    paths = case_type.classification.paths
    within = {names[:length] for names in paths for length in range(1, len(names))}
    texts = []
    for names, rule in sorted(paths.items()):
        if names in within:
            continue
        if rule.mask == "text":
            texts.append(names)
        elif rule.level != LEVELS[0]:
            text, place = value_of(rule.mask, chance), f"{case_type.key}: {'.'.join(names)}"
            with_it = _put(data, names, text)
            if with_it is None or schema_errors(case_type, with_it):
                dropped.append(place)
            else:
                data, marks = with_it, [*marks, Mark(text, place, rule.level, rule.purposes)]
    told = " ".join(f"I say {mark.text}." for mark in marks)
    for names in texts:
        for text in (told, told[:200]):
            with_it = _put(data, names, text)
            if with_it is not None and not schema_errors(case_type, with_it):
                data = with_it
                break
    return data, marks, dropped


def _sample(case_type: CaseType) -> dict[str, Json]:
    """The data of the first sample of the type; nothing where it has none."""
    definition = current(case_type.key)
    for name, text in definition.files.items():
        if is_sample(name) and case_type.intake is not None:
            found = table(BytesIO(text.encode()), case_type.intake)
            assert isinstance(found, Table), found
            row = next((row for row in found.rows() if isinstance(row, Row)), None)
            if row is not None:
                return copy.deepcopy(dict(typed(case_type.schema, row.data)))
    return {}


def _put(data: Mapping[str, Json], names: tuple[str, ...], value: Json) -> dict[str, Json] | None:
    """The data with a value at a path; None where something else stands on the way."""
    changed = copy.deepcopy(dict(data))
    held: Json = changed
    for at, name in enumerate(names):
        inner: Json = value if at == len(names) - 1 else [] if names[at + 1] == "*" else {}
        if isinstance(held, list):
            if not held or at == len(names) - 1:
                held[:1] = [inner]
            held = held[0]
        elif isinstance(held, dict):
            if at == len(names) - 1 or not isinstance(held.get(name), dict | list):
                held[name] = inner
            held = held[name]
        else:
            return None
    return changed


def work(world: World, one: Planted, system: System, rounds: int = 4) -> None:
    """Have its machine work done by all that leaves the product: a connector, a language model (both undone), then a
    worker outside, who brings what lets the case go on, or says that it cannot."""
    for _ in range(rounds):
        waiting = list(Job.objects.filter(instance=one.case.instance_id, state=Job.State.WAITING))
        for job in waiting:
            for kind, file in (("http", CONNECTOR), ("language-model", MODEL)):
                with undone():
                    _at_work(job.capability, kind, file.format(capability=job.capability, url=system.url))
                    runner.run(job.instance_id, job.job)
            token = _at_work(job.capability, "external", "{}")
            runner.run(job.instance_id, job.job)
            _worked(world, token)
    came = [f"{one.path} {one.headers}".encode() + one.body for one in system.came]
    world.sent["requests of connectors and models"] = came


def _at_work(capability: str, kind: str, file: str) -> str:
    """The only actor at work that can do this; the secret of a token of its, where its work is fetched."""
    Actor.objects.filter(capability=capability).exclude(key=f"leaks-{kind}-{capability}"[:50]).update(enabled=False)
    key = f"leaks-{kind}-{capability}".lower()[:50]
    actor = Actor.objects.filter(key=key).first()
    if actor is None:
        made = actor_register(
            key=key, name=key, kind=kind, capability=capability, by=TEST, artefact=file.encode(),
            card={"clearance": "internal", "leaves": kind == "language-model"},
        )  # fmt: skip
        assert isinstance(made, Actor), made
        actor = made
    ActorVersion.objects.filter(actor=actor).update(state=ActorVersion.State.IN_USE)
    return token_make(actor, "leaks", None, TEST)[1] if kind == "external" else ""


def _worked(world: World, token: str) -> None:
    client, bearer = Client(), {"Authorization": f"Bearer {token}"}

    def send(place: str, body: Mapping[str, Json]) -> bytes:
        address = f"/api/workers/{place}"
        answer = client.post(address, json.dumps(body), content_type="application/json", headers=bearer)
        world.sent.setdefault("worker payloads", []).append(answer.content)
        return bytes(answer.content)

    for job in json.loads(send("fetch/", {"most": 5})).get("jobs", ()):
        lease = job["lease"]
        told = json.loads(send(f"leases/{lease}/complete/", {"output": EVERYTHING, "confidence": 0.93}))
        if told.get("state") not in ("done", "person"):
            send(f"leases/{lease}/fail/", {"message": f"It could not be done with {job['input']}", "temporary": False})


def tasks(one: Planted) -> Iterator[HumanTask]:
    yield from HumanTask.objects.filter(instance=one.case.instance_id).order_by("pk")
