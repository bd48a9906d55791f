"""How does a case hold large data, when a step reads and writes little of it?"""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine import variables as module
from orchestration.engine.variables import Variables

json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=8), json, max_size=6)


@given(objects)
def test_what_is_stored_is_read_again(values):
    data, index = Variables(values).encode()
    assert orjson.loads(data) == values
    assert Variables.decode(data, index) == values
    assert Variables.decode(data) == values


@given(objects, objects, st.lists(st.text(max_size=8), max_size=3))
def test_writing_gives_new_variables_and_leaves_the_old_ones(values, changes, removed):
    stored = Variables.decode(*Variables(values).encode())
    written = stored.written(changes, removed)
    expected = {name: value for name, value in {**values, **changes}.items() if name not in removed}
    assert written == expected
    assert stored == values
    assert Variables.decode(*written.encode()) == expected


def test_only_what_is_read_is_decoded(monkeypatch):
    data, index = Variables({"small": 1, "large": ["x"] * 1000}).encode()
    decoded = []
    loads = orjson.loads
    monkeypatch.setattr(module.orjson, "loads", lambda piece: decoded.append(len(piece)) or loads(piece))
    stored = Variables.decode(data, index)
    assert stored["small"] == 1
    assert "large" in stored
    stored.written({"small": 2}).encode()
    assert decoded == [1]


def test_an_index_that_does_not_fit_is_not_believed():
    data, index = Variables({"a": 1, "b": 2}).encode()
    assert Variables.decode(b'{"a":100,"b":2}', index) == {"a": 100, "b": 2}
    assert Variables.decode(data, [["a", 1]]) == {"a": 1, "b": 2}


def test_a_name_that_is_not_there():
    assert Variables().get("x", 7) == 7
    with pytest.raises(KeyError):
        Variables()["x"]
