"""Which step a version may take, who may take it, and which file may be one."""

from __future__ import annotations

import io
import pickle
import zipfile

import pytest

from orchestration.actors.agreement import Share, differences, wilson
from orchestration.actors.artefacts import artefact_fault, is_pickle
from orchestration.actors.versions import Standing, refusal, steps

ADA, EVE = "person:ada", "person:eve"


def offered(version: Standing, by: str = EVE) -> list[str]:
    return [str(step.to) for step in steps(version, by) if not step.refusal]


def test_with_four_eyes_no_step_is_left_out_on_the_way_to_use() -> None:
    def at(state: str) -> list[str]:
        return [step.to for step in steps(Standing(state, ADA, four_eyes=True), EVE) if step.on]

    assert [at(state) for state in ("registered", "quarantined", "shadow", "share", "in-use")] == [
        ["quarantined"], ["shadow"], ["share"], ["share", "in-use"], [],
    ]  # fmt: skip


def test_without_four_eyes_a_version_may_be_put_to_work_at_once() -> None:
    assert "in-use" in offered(Standing("registered", ADA), ADA)


def test_whoever_registered_a_version_may_take_it_back_but_not_on_where_the_card_asks_for_four_eyes() -> None:
    version = Standing("shadow", ADA, four_eyes=True, actor="Reader")
    assert offered(version, ADA) == ["quarantined", "retired"]
    assert "the card of Reader asks that somebody else" in refusal(version, "share", ADA, 10)
    assert offered(version, EVE) == ["share", "quarantined", "retired"]


def test_where_two_people_are_asked_for_somebody_else_takes_on_what_a_person_registered() -> None:
    version = Standing("registered", ADA, two=True)
    assert "in-use" in offered(version, EVE) and offered(version, ADA) == ["retired"]
    assert "two people are asked for" in refusal(version, "in-use", ADA)
    assert "in-use" in offered(Standing("registered", "operator:root", two=True), "operator:root")


def test_what_was_in_use_before_comes_back_in_one_step_when_the_new_one_disappoints() -> None:
    assert offered(Standing("retired", ADA, has_worked=True, four_eyes=True)) == ["quarantined", "in-use"]
    assert offered(Standing("retired", ADA, four_eyes=True)) == ["quarantined"]


def test_one_version_at_a_time_gets_a_share_of_one_to_ninety_nine_per_cent() -> None:
    version = Standing("shadow", ADA)
    assert refusal(version, "share", EVE, 10) == ""
    assert "from 1 to 99" in refusal(version, "share", EVE, 100)
    assert "one at a time" in refusal(Standing("shadow", ADA, others=frozenset({"share"})), "share", EVE, 10)


def test_a_step_that_does_not_follow_says_so() -> None:
    assert refusal(Standing("registered", ADA, four_eyes=True), "in-use", EVE) == (
        "A version that is registered cannot be in use next."
    )
    assert refusal(Standing("in-use", ADA), "nonsense", EVE)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused_in_every_protocol(protocol: int) -> None:
    assert "pickle" in artefact_fault("http", pickle.dumps({"weights": [1.0, 2.0]}, protocol))


def test_a_pickle_in_an_archive_is_refused() -> None:
    for name, content in (("data.pkl", b"x"), ("archive/data", pickle.dumps([1]))):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, content)
        assert "pickle" in artefact_fault("http", packed.getvalue()), name


@pytest.mark.parametrize("text", ['{"labels": []}', "url: https://x.example\n", "You are a careful reader.", "N", ""])
def test_text_is_no_pickle(text: str) -> None:
    assert not is_pickle(text.encode())


def test_what_is_no_model_of_its_kind_is_said_before_it_is_kept() -> None:
    assert "no trained text model" in artefact_fault("intent", b"hello")
    assert artefact_fault("intent", b'{"labels": ["a"], "kind": "sentiment"}').startswith(
        "This is a model for sentiment"
    )
    assert artefact_fault("intent", b'{"labels": ["a"], "kind": "intent"}') == ""
    assert artefact_fault("intent", b"") == "The file is empty."


def test_compared_is_what_the_contract_names_but_not_how_sure_an_actor_is() -> None:
    contract = {"properties": {"label": {}, "confidence": {}, "score": {"x-compared": False}}}
    used = {"label": "a", "confidence": 0.9, "score": 0.1, "alternatives": [1]}
    assert differences(contract, used, {"label": "a", "confidence": 0.5, "score": 0.7}) == []
    assert differences(contract, used, {"label": "b", "confidence": 0.9}) == ["label"]
    assert differences(None, {"a": 1, "b": 2}, {"a": 1}) == ["b"]


def test_an_agreement_has_the_interval_that_its_few_cases_allow() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(8, 10)  # as tables have it: 0.490 to 0.943
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert Share(10, 10).interval[1] == pytest.approx(1.0)
