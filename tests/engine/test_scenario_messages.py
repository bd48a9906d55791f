"""Messages and signals between the cases of a scenario: by the product's rules, and bounded as they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.casetypes.scenario_engine import Engine
from orchestration.casetypes.scenario_post import Refused
from orchestration.engine.limits import DEFAULT

MODELS = Path(__file__).parents[1] / "orchestration" / "models"


def playing(model: Path) -> Engine:
    engine = Engine()
    engine.deploy([model])
    return engine


def incidents(engine: Engine) -> int:
    return sum(engine.snapshot(f"{number}/1")["incidents"] for number in range(len(engine.known)))


def test_a_signal_that_begins_its_own_sender_comes_to_rest_with_one_incident() -> None:
    engine = playing(MODELS / "chains.bpmn")
    engine.start("process", "echo", {})
    assert len(engine.known) == DEFAULT.most_hops + 2
    assert incidents(engine) == 1


def test_where_one_becomes_many_the_crowd_is_bounded() -> None:
    engine = playing(MODELS / "chains.bpmn")
    engine.start("process", "double", {})
    assert DEFAULT.most_letters < len(engine.known) < 5 * DEFAULT.most_letters
    assert incidents(engine) > 0


def written(tmp_path: Path, inside: str) -> Engine:
    model = tmp_path / "m.bpmn"
    opening = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">'
    model.write_text(f"{opening}{inside}</definitions>")
    return playing(model)


LISTENS = (
    '<startEvent id="s_{0}"/><intermediateCatchEvent id="c_{0}"><signalEventDefinition signalRef="go"/>'
    '</intermediateCatchEvent><exclusiveGateway id="x_{0}" default="d_{0}"/><userTask id="t_{0}" name="Work"/>'
    '<sequenceFlow id="a_{0}" sourceRef="s_{0}" targetRef="c_{0}"/>'
    '<sequenceFlow id="b_{0}" sourceRef="c_{0}" targetRef="x_{0}"/>'
    '<sequenceFlow id="d_{0}" sourceRef="x_{0}" targetRef="t_{0}"/>'
    '<sequenceFlow id="e_{0}" sourceRef="x_{0}" targetRef="t_{0}"><conditionExpression>{1}</conditionExpression>'
    "</sequenceFlow>"
)


def test_a_case_that_breaks_or_is_suspended_hides_nothing_of_the_others(tmp_path: Path) -> None:
    broken, sound = LISTENS.format("broken", "nothing"), LISTENS.format("sound", "false")
    throws = '<startEvent id="s"/><endEvent id="e"><signalEventDefinition signalRef="go"/></endEvent>'
    engine = written(
        tmp_path,
        f'<signal id="go" name="go"/><process id="broken">{broken}</process><process id="sound">{sound}</process>'
        f'<process id="p">{throws}<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process>',
    )
    ill, asleep, well = (engine.start("process", key, {}) for key in ("broken", "sound", "sound"))
    engine.suspend(asleep, None)
    engine.start("process", "p", {})
    assert [task["name"] for task in engine.snapshot(well)["tasks"]] == ["Work"]
    assert engine.snapshot(ill)["incidents"] == 1
    assert engine.snapshot(asleep)["state"] == "suspended"


def test_a_loop_of_timers_without_a_pause_is_refused(tmp_path: Path) -> None:
    engine = written(
        tmp_path,
        '<process id="p"><startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>'
        "<timeDuration>PT0S</timeDuration></timerEventDefinition></intermediateCatchEvent>"
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="g" sourceRef="t" targetRef="t"/></process>',
    )
    engine.start("process", "p", {})
    with pytest.raises(Refused, match="timers fall due"):
        engine.advance(1)
