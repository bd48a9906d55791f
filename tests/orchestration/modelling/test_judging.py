"""Does a draft come of an outline that runs as it says, and is everything told that does not hold?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.actors.capability import shipped
from orchestration.casetypes.case_type import checked
from orchestration.modelling.compiler import compiled, is_of_outline
from orchestration.modelling.form import FORM
from orchestration.modelling.judging import judged
from orchestration.modelling.outline import Outline, read_outline
from orchestration.modelling.picture import pictures_of
from tests.orchestration.modelling.outlines import leave, value, when

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def files(outline: Any) -> dict[str, str]:
    found = compiled(outline)
    assert isinstance(found, dict), found
    return found


@pytest.mark.parametrize("kind", ["process", "case"])
def test_an_outline_becomes_a_case_type_that_does_what_its_examples_say(kind: str) -> None:
    found = judged(leave(kind=kind), NOW)
    assert found.is_sound and not found.messages and len(found.runs) == 2
    draft = checked(found.files, NOW)
    assert draft.key == "parental-leave" and {role.group for role in draft.roles} == {"Human resources", "Managers"}
    assert draft.capabilities.keys() == {"set-up-pay"} and draft.deadlines[0].key == "in-time"
    assert {role.clearance for role in draft.roles} == {"confidential"}
    assert is_of_outline(found.files) and not is_of_outline(found.files | {"forms.yaml": "{}"})


@pytest.mark.parametrize("kind", ["process", "case"])
def test_an_example_that_does_not_go_as_it_says_is_told_with_what_happens_instead(kind: str) -> None:
    outline = leave(kind=kind)
    outline["examples"][0]["steps"].insert(2, "Ask the manager")
    outline["examples"][0]["values"].append(value("why", "x"))
    (message,) = judged(outline, NOW).messages
    assert "a short one is refused" in message and "Ask the manager" in message and "Decide on it" in message


def test_an_example_holds_a_rule_to_what_it_gives() -> None:
    outline = leave()
    outline["examples"][0]["values"][5] = value("way", "long")
    assert "way" in judged(outline, NOW).messages[0]


def test_the_picture_shows_every_step_and_stage_within_its_frame() -> None:
    for kind in ("process", "case"):
        (picture,) = pictures_of(files(leave(kind=kind)))
        told = " ".join(picture.told)
        assert "Ask the manager (a person)" in told and "Choose the way (a rule)" in told and "Stage: Tell" in told
        left, top, width, height = map(float, picture.box.split())
        assert all(left <= one.x and one.x + one.width <= left + width for one in picture.shapes)
        assert all(top <= one.y and one.y + one.height <= top + height for one in picture.shapes)
        tasks = [one for one in picture.shapes if one.form == "task"]
        assert len(tasks) == 6 and not any(_overlap(a, b) for a in tasks for b in tasks if a is not b)


def _overlap(one: Any, other: Any) -> bool:
    return (
        one.x < other.x + other.width and other.x < one.x + one.width
        and one.y < other.y + other.height and other.y < one.y + one.height
    )  # fmt: skip


def test_the_contract_of_whoever_outlines_is_the_form_of_outlines() -> None:
    told = dict(shipped()["outline-process"].output or {})
    assert {name: one for name, one in told.items() if not name.startswith("x-")} == FORM


def test_an_outline_that_unfolds_without_end_is_none() -> None:
    levels = "\n".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]" for n in range(1, 12))
    hostile = files(leave()) | {"outline.yaml": f"b0: &b0 [x]\n{levels}\n"}
    assert not is_of_outline(hostile)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"fields": []}, "fields"),
    ({"opened_by": "a, b"}, "a group has a plain name"),
    ({"name": "???"}, "no letter"),
    ({"kind": "flow"}, "kind"),
    ({"more": 1}, "“more” is not known here"),
    ({"name": "<script>{{"}, "name: leave out the braces"),
    ({"stages": {"a": "b"}}, "stages: this has to be a list"),
    ({"stages": [{"name": "x", "steps": []}] * 2000}, "stages: there are 2,000; at most 12"),
]


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_what_is_wrong_with_an_outline_is_said(change: dict[str, Any], told: str) -> None:
    found = judged(leave(**change), NOW)
    assert not found.is_sound and any(told in one for one in found.messages), found.messages
    assert all(len(one) < 200 and "is not of type" not in one for one in found.messages)


def test_what_is_wrong_within_a_step_is_said_with_its_name() -> None:
    outline = leave()
    decide = outline["stages"][1]["steps"]
    decide[0]["when"] = [
        when("nothing", "equal to", "1"),
        when("way", "more than", "long"),
        when("way", "equal to", "x"),
    ]
    decide[1] |= {"who": "", "gives": ["nowhere"], "optional": True}
    outline["stages"][0]["steps"][1]["rows"].pop()
    outline["stages"][2]["steps"][0] |= {"who": "Set up!", "gives": []}
    outline["fields"].append({"name": "date"})
    said = " ".join(compiled(outline))
    for words in ("“nothing”, which there is not", "only numbers and days have an order", "it is one of: simple, long",
                  "who says nothing", "there is no field “nowhere”", "only a human step of a case is optional",
                  "nothing holds where no row fits", "small letters", "has to give something",
                  "a meaning of its own"):  # fmt: skip
        assert words in said, words


def test_a_machine_that_ships_is_asked_for_what_it_gives() -> None:
    outline = leave()
    outline["stages"][0]["steps"][0] |= {"reads": ["letter", "weeks"], "gives": ["topic", "why"]}
    outline["examples"][0]["values"].append(value("why", "x"))
    said = " ".join(compiled(outline))
    assert "gives label, confidence" in said and "needs text" in said


def test_an_optional_step_of_a_case_is_taken_or_left() -> None:
    outline = leave(kind="case")
    outline["stages"][1]["steps"].insert(
        0, {"name": "Call them", "who": "Managers", "optional": True, "gives": ["why"]}
    )
    outline["examples"][1]["steps"].insert(2, "Call them")
    assert judged(outline, NOW).messages == ()


@pytest.mark.parametrize(
    "given", [None, 3, [], {}, {"stages": "x"}, {"fields": [1], "stages": [[]], "examples": [None]}]
)
def test_what_is_no_outline_at_all_is_refused_in_words(given: Any) -> None:
    found = judged(given, NOW)
    assert not found.is_sound and found.messages


# Conditions of every kind, each way: the model that is made does what a plain reading of the outline says

SIGNS = {"equal to": "__eq__", "not equal to": "__ne__", "more than": "__gt__", "at least": "__ge__",
         "less than": "__lt__", "at most": "__le__"}  # fmt: skip
conditions = st.none() | st.tuples(st.sampled_from(sorted(SIGNS)), st.integers(0, 4))


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["process", "case"]),
    st.lists(st.lists(conditions, min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(conditions, min_size=3, max_size=3),
    st.integers(0, 4),
)
def test_the_model_leaves_out_just_what_its_conditions_leave_out(
    kind: str, stages: list[list[Any]], gates: list[Any], number: int
) -> None:
    def asked(one: Any) -> list[dict[str, str]]:
        return [] if one is None else [when("n", one[0], str(one[1]))]

    def goes(one: Any) -> bool:
        return one is None or bool(getattr(number, SIGNS[one[0]])(one[1]))

    said = [
        {"name": f"Stage {at}", "when": asked(gates[at]),
         "steps": [{"name": f"Step {at}.{i}", "who": "Staff", "when": asked(one)} for i, one in enumerate(steps)]}
        for at, steps in enumerate(stages)
    ]  # fmt: skip
    happens = [f"Step {at}.{i}" for at, steps in enumerate(stages) if goes(gates[at])
               for i, one in enumerate(steps) if goes(one)]  # fmt: skip
    outline = {
        "name": "Numbers", "kind": kind, "opened_by": "Staff",
        "fields": [{"name": "n", "kind": "number", "at_start": True}], "stages": said,
        "examples": [{"name": "one", "values": [value("n", str(number))], "steps": happens}],
    }  # fmt: skip
    assert judged(outline, NOW).messages == ()


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(texts, texts, texts, texts)
def test_whatever_words_people_use_the_draft_is_sound_or_says_why(name: str, who: str, choice: str, label: str) -> None:
    outline = {
        "name": name, "opened_by": who, "kind": "case",
        "fields": [{"name": "f", "label": label, "kind": "choice", "choices": [choice, "other"], "at_start": True}],
        "stages": [{"name": label, "steps": [{"name": choice, "who": who, "when": [when("f", "equal to", choice)]}]}],
        "examples": [{"name": "one", "values": [value("f", choice)], "steps": [choice]}],
    }  # fmt: skip
    found = judged(outline, NOW)
    assert found.is_sound or found.messages
    read = read_outline(outline)
    if isinstance(read, Outline):
        for file in ("manifest.yaml", "forms.yaml", "scenarios.yaml"):
            assert isinstance(yaml.safe_load(files(outline)[file]), dict)
        assert found.is_sound, (found.messages, outline)
