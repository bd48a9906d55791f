"""Does what a real server answered once still come back typed and counted, and is it still asked the same?"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from orchestration.agents.thought_form import form_for
from tests.orchestration.actors.language import cassettes
from tests.orchestration.actors.language.cassettes import SCENES, VIEW, Mismatch, form_of, over, played

URL = "http://127.0.0.1:8081/v1/chat/completions"


@pytest.mark.parametrize("name", SCENES)
def test_what_a_real_model_answered_comes_back_in_its_form_with_its_tokens(name: str) -> None:
    scene, pairs = SCENES[name], json.loads(cassettes.file_of(name).read_text("utf-8"))["pairs"]
    asked = scene.asks(URL)
    with played(name) as way, over(way):
        answer = asked.run(scene.input, idempotency_key="k", form=form_of(scene))
    Draft202012Validator(asked.output_schema).validate(answer.output)
    assert answer.usage["calls"] == len(pairs)
    for count, told in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens")):
        assert answer.usage[count] == sum(pair["answered"]["usage"][told] for pair in pairs)


def test_what_the_small_model_thought_for_an_agent_names_what_is_offered_and_what_is_known() -> None:
    """Asked for the form of a thought as such it named no tool, and cited prose: two thoughts, and it gave up."""
    pairs = json.loads(cassettes.file_of("a thought of an agent").read_text("utf-8"))["pairs"]
    thought = json.loads(pairs[-1]["answered"]["choices"][0]["message"]["content"])
    Draft202012Validator(form_for(VIEW, ())).validate(thought)
    assert thought["next"]["tool"] in {tool.key for tool in VIEW.tools}
    assert {*thought["next"]["evidence"]} <= {name for name, value in VIEW.case.items() if value is not None}


def test_a_cassette_that_was_recorded_for_other_words_says_so() -> None:
    scene = replace(SCENES["a draft of a reply"], input={"message": "Where is my money?", "approved": "Dear customer."})
    with (
        pytest.raises(Mismatch, match=r"was recorded for another request\. If that is meant, record it anew") as raised,
        played("a draft of a reply") as way, over(way),
    ):  # fmt: skip
        scene.asks(URL).run(scene.input, idempotency_key="k")
    assert "Where is my money?" in str(raised.value)


def test_a_cassette_has_to_be_played_to_its_end() -> None:
    with pytest.raises(Mismatch, match="were not asked for"), played("a draft of a reply"):
        pass
