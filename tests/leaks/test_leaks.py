"""Nothing that leaves the product holds what must not, and a leak would be found however it is written: a sample.

`make leaks` looks at every case type, every door and every role.
"""

from __future__ import annotations

import random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.proof.controls.scene import undone
from orchestration.actors.hosts.register import host_allow
from orchestration.models import Definition
from orchestration.privacy import masking
from tests.leaks.drive import Found, overheard, read_beside, walk
from tests.leaks.marks import FORMS, Mark, found, value_of
from tests.leaks.world import TEST, World, made, work
from tests.orchestration.actors.connectors.server import running

DOORS = [
    "api-case",
    "api-case-comments",
    "api-case-history",
    "case-comments",
    "api-search",
    "case",
    "case-data",
    "cases",
    "history",
    "search",
]
ROLES = ("", "outsider", "Analysts", "Auditors")


@given(
    kind=st.sampled_from(["name", "email", "iban", "phone", "card", "all"]), form=st.sampled_from(sorted(FORMS)),
    seed=st.integers(0, 10**6), around=st.text(max_size=20),
)  # fmt: skip
def test_a_value_is_found_in_every_form_and_nothing_is_found_where_it_is_not(
    kind: str, form: str, seed: int, around: str
) -> None:
    mark = Mark(value_of(kind, random.Random(seed)), "here", "restricted")
    other = Mark(value_of("all", random.Random(seed + 1)), "there", "restricted")
    body = f"<p>{around.encode('utf-8', 'replace').decode()} {FORMS[form](mark.text)} </p>".encode()
    assert found(body, [mark, other]) == {mark}


@pytest.fixture
def world(complaint: Definition) -> World:
    whole = made([complaint.key])
    whole.people = {role: whole.people[role] for role in ROLES}
    return whole


@pytest.mark.slow
def test_no_door_and_nothing_beside_them_holds_what_is_hidden_and_a_planted_leak_is_found_in_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = Found()
    with running() as system:
        host_allow("127.0.0.1", system.port, private=True, origin=TEST)
        with overheard(world):
            for one in world.planted:
                work(world, one, system)
            assert world.sent["worker payloads"] and world.sent["requests of connectors and models"]
            walk(world, clean, DOORS, ("GET",))
            assert world.sent["logs"]
            read_beside(world, clean)
    assert not clean.leaks, list(clean.lines())
    assert (clean.seeded, clean.missed) == (len(DOORS), [])
    assert clean.values > 5 and {"worker payloads", "broker messages", "logs"} <= clean.places
    assert Found.read(orjson.loads(orjson.dumps(clean.told()))) == clean, "it can be kept, and gone on with"
    open_door = Found()
    monkeypatch.setattr(masking, "_is_clear", lambda leaf, principal: True)
    with undone():
        walk(world, open_door, ["api-case", "case"], ("GET",))
    assert {door for door, *_ in open_door.leaks} == {"GET api-case", "GET case"}, "where masks are off, it shows"
