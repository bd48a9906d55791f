"""Requests come in and results go out as JSON lines."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.dmn import wire
from orchestration.engine.dmn.__main__ import load
from orchestration.engine.dmn.wire import decoded, encoded
from orchestration.engine.feel import Date, DaysTimeDuration, YearsMonthsDuration
from tests.engine.dmn.samples import decision, definitions, input_data, literal


def answer(line: str) -> str:
    return wire.answer(line, load)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "model.dmn"
    file.write_bytes(
        definitions(
            input_data("x"),
            decision("echo", literal("x"), ["x"]),
            decision("sum", literal("x + 1"), ["x"]),
            decision("loop", literal("for a in 1..100000, b in 1..100000 return a")),
            decision("bad", literal("1 +")),
            '<decisionService id="s" name="s"><outputDecision href="#d_sum"/>',
            '<inputData href="#i_x"/></decisionService>',
        )
    )
    return file


def request(path, name, kind="decision", **inputs):
    return {"id": 7, "model": str(path), "imports": [], "kind": kind, "name": name, "namespace": "", "inputs": inputs}


def reply(*arguments, **inputs):
    return json.loads(answer(json.dumps(request(*arguments, **inputs))))


values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.text(),
        st.decimals(-(10**20), 10**20, places=3),
        st.dates().map(lambda day: Date(day.year, day.month, day.day)),
        st.integers(-1000, 1000).map(YearsMonthsDuration),
        st.integers(-1000, 1000).map(lambda each: DaysTimeDuration(each * 10**9)),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.sampled_from(["type", "value", "a", "b c"]), inner)),
)


@given(values)
def test_what_is_written_is_read_again(value):
    written = json.loads(json.dumps(encoded(value)))
    again = decoded(written)
    assert encoded(again) == encoded(value)


def test_a_decision_is_answered(path):
    assert reply(path, "sum", x={"type": "xsd:decimal", "value": "1.5"}) == {
        "id": 7,
        "value": {"type": "xsd:decimal", "value": "2.5"},
    }
    assert reply(path, "s", "decisionService", x=1)["value"]["value"] == "2"


def test_null_without_a_reason_is_null_and_with_one_an_error(path):
    assert reply(path, "echo", x=None) == {"id": 7, "value": None}
    assert "cannot add" in reply(path, "sum", x={"type": "xsd:boolean", "value": "true"})["error"]


@pytest.mark.parametrize("name", ["absent", "loop", "bad"])
def test_nothing_that_a_model_does_stops_the_answering(path, name):
    assert reply(path, name)["error"]


@pytest.mark.parametrize("content", [b"", b"<a/>", b"<!DOCTYPE a>", b"\xff\xfe", b"<" * 1000])
def test_files_that_are_no_models_are_errors(tmp_path, content):
    file = tmp_path / "broken.dmn"
    file.write_bytes(content)
    assert reply(file, "x")["error"]
    assert reply(tmp_path / "absent.dmn", "x")["error"]


@pytest.mark.parametrize("wrong", [("date", "2024-02-31"), ("nonsense", "1"), ("decimal", "x")])
def test_inputs_that_their_type_cannot_have_are_errors(path, wrong):
    kind, text = wrong
    assert reply(path, "echo", x={"type": f"xsd:{kind}", "value": text})["error"]


def test_the_module_answers_line_by_line(path):
    lines = "\n".join(json.dumps(request(path, "sum", x=number)) for number in (1, 2))
    command = [sys.executable, "-m", "orchestration.engine.dmn"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=60)
    assert [json.loads(line)["value"]["value"] for line in done.stdout.splitlines()] == ["2", "3"]


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"id": 1}', "[" * 100_000, '{"id": 1, "model": 3}'])
def test_lines_that_are_no_requests_are_answered_too(line):
    assert json.loads(answer(line))["error"]


def test_a_decision_of_an_imported_model_is_asked_by_its_namespace(path, tmp_path):
    other = tmp_path / "other.dmn"
    other.write_bytes(definitions(decision("sum", literal("42")), namespace="urn:other"))
    asked = {**request(path, "sum"), "imports": [str(other)], "namespace": "urn:other"}
    assert json.loads(answer(json.dumps(asked)))["value"]["value"] == "42"
