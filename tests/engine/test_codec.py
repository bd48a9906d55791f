"""Are events and commands the same after they were stored and read again?"""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine import events
from orchestration.engine.codec import decode_event, encode_event

BY_TYPE = {
    "int": st.integers(1, 10**6),
    "int | None": st.none() | st.integers(1, 10**6),
    "str": st.text(max_size=10),
    "str | None": st.none() | st.text(max_size=10),
    "bool": st.booleans(),
    "tuple[str, ...]": st.lists(st.text(max_size=5), max_size=3).map(tuple),
    "tuple[str, ...] | None": st.none() | st.lists(st.text(max_size=5), max_size=3).map(tuple),
    "tuple[Json, ...]": st.lists(st.integers(0, 9) | st.dictionaries(st.text(max_size=3), st.text()), max_size=3).map(
        tuple
    ),
    "dict[str, Json]": st.dictionaries(st.text(max_size=5), st.none() | st.integers(0, 9), max_size=3),
    "dict[str, Json] | None": st.none() | st.dictionaries(st.text(max_size=5), st.booleans(), max_size=3),
    "Variables": st.dictionaries(st.text(max_size=5), st.none() | st.integers(0, 9), max_size=3),
    "Json": st.none() | st.booleans() | st.lists(st.integers(0, 9), max_size=3),
}


def some(cls: type) -> st.SearchStrategy:
    """Any value of the class; a field of a literal type holds one of its texts."""
    given_fields = {}
    for field in fields(cls):
        kind = str(field.type)
        texts = [part.strip(" \"'") for part in kind.removeprefix("Literal[").removesuffix("]").split(",")]
        given_fields[field.name] = st.sampled_from(texts) if kind.startswith("Literal") else BY_TYPE[kind]
    return st.builds(cls, **given_fields)


@pytest.mark.parametrize("cls", get_args(events.Event), ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_every_event_survives_being_stored(cls, data):
    event = data.draw(some(cls))
    kind, payload = orjson.loads(orjson.dumps(encode_event(event)))
    assert decode_event(kind, payload) == event


def test_fields_that_hold_their_defaults_are_not_stored():
    kind, payload = encode_event(events.ItemChanged(1, 2, "complete", "active", "completed", "d", "n"))
    assert kind == "ItemChanged"
    assert "reason" not in payload
