"""Is a model that is served elsewhere asked as the Open Inference Protocol says?"""

from __future__ import annotations

import json

import pytest

from orchestration.actors import kinds
from orchestration.actors.contract import ActorError, version_of
from orchestration.actors.kinds.served_model.actor import ServedModel
from orchestration.actors.kinds.served_model.file import served_faults
from tests.orchestration.actors.connectors.server import Came, Reply, System

FILE = """
capability: tone
url: HERE
model: tone-classifier
version: "3"
inputs:
  - {name: text, datatype: BYTES, shape: [1, 1], data: "= [input.text]"}
answers:
  - when: status = 200 and outputs.label != null
    output: {label: "= outputs.label[1]", confidence: "= outputs.scores[1]"}
    confidence: "= outputs.scores[1]"
"""
GIVEN = {
    "model_name": "tone-classifier", "outputs": [
        {"name": "label", "datatype": "BYTES", "shape": [1], "data": ["negative"]},
        {"name": "scores", "datatype": "FP32", "shape": [3], "data": [0.8, 0.15, 0.05]},
    ],
}  # fmt: skip


def test_tensors_go_out_and_come_back_as_an_output(listed: System) -> None:
    listed.reply(200, GIVEN)
    answer = ServedModel("served-model", "1", FILE.replace("HERE", listed.url).encode()).run(
        {"text": "I am angry"}, idempotency_key="k"
    )
    (came,) = listed.came
    assert (came.method, came.path) == ("POST", "/v2/models/tone-classifier/versions/3/infer")
    assert json.loads(came.body)["inputs"] == [
        {"name": "text", "datatype": "BYTES", "shape": [1, 1], "data": ["I am angry"]}
    ]
    assert answer.output == {"label": "negative", "confidence": 0.8} and answer.confidence == 0.8


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_model_may_always_be_asked_again(status: int, listed: System) -> None:
    listed.reply(status, {"error": "no memory"})
    with pytest.raises(ActorError) as failed:
        ServedModel("m", "1", FILE.replace("HERE", listed.url).encode()).run({"text": "x"}, idempotency_key="k")
    assert failed.value.temporary


@pytest.mark.parametrize("body", [{}, {"outputs": None}, {"outputs": [1]}, [], {"outputs": [{"name": 1}]}])
def test_outputs_that_are_none_are_for_a_person(body: object, listed: System) -> None:
    listed.reply(200, body)
    with pytest.raises(ActorError, match="no rule"):
        ServedModel("m", "1", FILE.replace("HERE", listed.url).encode()).run({"text": "x"}, idempotency_key="k")


def test_its_health_is_what_its_server_says_of_itself_and_of_the_model(listed: System) -> None:
    artefact = FILE.replace("HERE", listed.url).encode()
    assert kinds.health("served-model", version_of(artefact), artefact) == ""
    assert [came.path for came in listed.came] == ["/v2/health/ready", "/v2/models/tone-classifier/versions/3/ready"]

    def loading(came: Came) -> Reply:
        return Reply(400 if came.path.endswith("/3/ready") else 200)

    listed.says = loading
    assert "not ready (400)" in str(kinds.health("served-model", version_of(artefact), artefact))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FILE.replace("url: HERE", ""), "a server or a url"),
        (FILE.replace("HERE", "https://x.example").replace("BYTES", "TEXT"), "'TEXT' is not one of"),
        (FILE.replace("HERE", "https://x.example").replace("input.text", "inptu.text"), "inptu is not known"),
        (FILE.replace("HERE", "https://x.example").replace("tone-classifier", "a/../b"), "form that belongs"),
    ],
)
def test_a_fault_of_its_file_is_said(text: str, words: str) -> None:
    assert words in " ".join(served_faults(text.encode()))
