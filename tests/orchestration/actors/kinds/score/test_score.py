"""Does a score say what it has learnt, and do its reasons add up to it exactly?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestration.actors.artefacts import artefact_fault
from orchestration.actors.bundled import build_score, shipped_scores
from orchestration.actors.contract import ActorError
from orchestration.actors.kinds import load
from orchestration.actors.kinds.score.actor import ScoreActor
from orchestration.actors.kinds.score.made_up import made_up
from orchestration.actors.kinds.score.model import decode
from orchestration.actors.kinds.score.schema import BadSchema, Schema, read_schema
from orchestration.actors.kinds.score.table import read_table
from orchestration.actors.kinds.score.training import Trained, train

CASE_TYPES = Path("casework/casetypes")
LOAN, CLAIM = CASE_TYPES / "loan/training", CASE_TYPES / "insurance-claim/training"


@cache
def credit() -> tuple[Schema, Trained]:
    (schema,) = shipped_scores(LOAN)
    return schema, build_score(schema)


def actor() -> ScoreActor:
    _, trained = credit()
    return ScoreActor("score", trained.version, trained.artefact)


def score(**given: Any) -> dict[str, Any]:
    return actor().run(given, idempotency_key="1").output


ORDINARY: dict[str, Any] = {
    "checking": "small", "months": 24, "history": "paid-so-far", "purpose": "car-used", "amount": 6000,
    "savings": "small", "employed": "1-to-4", "rate": 20, "guarantor": "none", "property": "car-or-other",
    "other_plans": "none", "housing": "rented", "credits": 1,
}  # fmt: skip


def test_the_base_and_all_effects_add_up_to_the_answer() -> None:
    model = decode(credit()[1].artefact)
    for row in made_up(credit()[0]).rows[:200]:
        said = score(**row)
        odds = said["base"] + sum(one["effect"] for one in said["reasons"])
        assert model.probability(row) == pytest.approx(1 / (1 + 2.718281828459045**-odds))
        assert said["probability"] == pytest.approx(model.probability(row), abs=5e-5)


def test_reasons_come_with_the_strongest_first_and_say_which_way() -> None:
    said = score(**ORDINARY | {"checking": "overdrawn", "guarantor": "guarantor"})
    effects = {one["input"]: one["effect"] for one in said["reasons"]}
    assert [abs(one["effect"]) for one in said["reasons"]] == sorted(map(abs, effects.values()), reverse=True)
    assert effects["checking"] > 0 > effects["guarantor"]


def test_a_change_that_is_named_brings_the_score_into_the_band_that_is_named() -> None:
    named = 0
    for row in made_up(credit()[0]).rows[:200]:
        for change in score(**row)["changes"]:
            named += 1
            assert score(**row | {change["input"]: change["to"]})["band"] == change["band"] != score(**row)["band"]
    assert named > 100


def test_what_is_not_known_or_was_never_seen_is_named_and_moves_nothing_much() -> None:
    said = score(**ORDINARY | {"amount": 99_000, "savings": None})
    assert said["unusual"] == ["amount", "savings"]
    assert score(**ORDINARY)["unusual"] == []
    assert 0 < score()["probability"] < 1


def test_it_keeps_its_own_schemas() -> None:
    made = actor()
    Draft202012Validator(made.input_schema).validate(ORDINARY)
    Draft202012Validator(made.output_schema).validate(score(**ORDINARY))
    assert not Draft202012Validator(made.input_schema).is_valid(ORDINARY | {"checking": "rich"})


def test_the_same_rows_give_the_same_version_and_it_is_loaded_by_its_kind() -> None:
    _, trained = credit()
    assert build_score(credit()[0]).version == trained.version
    assert load("score", trained.version, trained.artefact).run(ORDINARY, idempotency_key="").output == score(
        **ORDINARY
    )


def test_shipped_scores_are_calibrated_on_rows_that_they_had_not_seen() -> None:
    (fraud,) = shipped_scores(CLAIM)
    for metrics in (credit()[1].metrics, build_score(fraud).metrics):
        assert metrics["held_out"] == metrics["rows"] == 2000
        assert metrics["ece"] <= 0.05 and metrics["auc"] > 0.7


def test_neither_score_looks_at_whom_it_scores() -> None:
    for folder in (LOAN, CLAIM):
        for path in folder.glob("*.yaml"):
            names = {one.name for one in read_schema(path).inputs} | {one.column for one in read_schema(path).inputs}
            assert not names & {"age", "sex", "insured_sex", "Attribute9", "Attribute13", "Attribute20"}


# ---------------------------------------------------------------- what is kept


def spoilt() -> Iterator[bytes]:
    document = json.loads(credit()[1].artefact)
    yield b""
    yield b"[]"
    yield json.dumps(document | {"format": "casewright-additive-0"}).encode()
    yield json.dumps(document | {"base": float("nan")}).encode()
    yield json.dumps(document | {"inputs": []}).encode()
    number = next(one for one in document["inputs"] if "knots" in one)
    yield json.dumps(document | {"inputs": [number | {"knots": number["knots"][::-1]}]}).encode()
    yield json.dumps(document | {"inputs": [number | {"points": number["points"][1:]}]}).encode()


def test_a_file_that_is_no_model_is_refused_in_words() -> None:
    assert artefact_fault("score", credit()[1].artefact) == ""
    for content in spoilt():
        assert artefact_fault("score", content)
        with pytest.raises(ActorError):
            decode(content)


# ---------------------------------------------------------------- tables and schemas

SMALL = """
name: late
title: Will it be late?
target: {column: late, value: "1", words: comes late}
bands: [{name: low, below: 0.4}, {name: high}]
inputs:
  road: {title: Road, enum: [good, bad]}
  km: {title: Kilometres, type: number, minimum: 0, changeable: true}
columns: {road: {column: r, codes: {g: good, b: bad}}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "late.score.yaml"
    path.write_text(SMALL)
    return path


def test_a_table_is_read_by_its_own_columns_and_codes_and_bad_rows_are_named(small: Path) -> None:
    table = small.with_name("t.csv")
    table.write_text("r,km,late\ng,12,0\nb,?,1\nx,1,0\ng,far,0\ng,1,\n")
    found = read_table(table, read_schema(small))
    assert found.rows == [{"road": "good", "km": 12.0}, {"road": "bad", "km": None}]
    assert found.so == [False, True]
    assert found.bad == [
        (4, "r is 'x', which is none of its choices"), (5, "km is 'far', which is no number"), (6, "late is empty"),
    ]  # fmt: skip


def test_a_table_without_a_column_is_refused(small: Path) -> None:
    table = small.with_name("t.csv")
    table.write_text("km,late\n1,0\n")
    with pytest.raises(BadSchema, match=r"t\.csv has no column r\."):
        read_table(table, read_schema(small))


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("enum: [good, bad]", "minimum: 0", "either its choices"),
        ("below: 0.4", "below: 1.4", "bands/0/below"),
        ("{name: high}", "{name: low}", "two have the same name"),
        ("columns: {road:", "columns: {rode:", "columns/rode: there is no such input"),
        ("name: late", "name: Late one", "form that belongs"),
        ("title: Will", "like: ../x.yaml\ntitle: Will", "a file of the same folder"),
    ],
)
def test_a_fault_of_a_schema_is_said(small: Path, was: str, becomes: str, words: str) -> None:
    small.write_text(SMALL.replace(was, becomes, 1))
    with pytest.raises(BadSchema, match=words):
        read_schema(small)


def test_too_few_rows_of_one_outcome_teach_nothing(small: Path) -> None:
    with pytest.raises(ValueError, match="at least 50 rows are needed; of one there are 1"):
        train(read_schema(small), [{"road": "good", "km": 1.0}] * 60, [True] + [False] * 59)


def test_a_recipe_that_says_nothing_of_an_input_is_refused(small: Path) -> None:
    schema = replace(read_schema(small), made_up={"rows": 200, "seed": 1, "base": 0, "inputs": {"km": {}}})
    with pytest.raises(BadSchema, match="it says nothing of road"):
        made_up(schema)
