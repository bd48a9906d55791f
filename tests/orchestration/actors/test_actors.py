"""Do the models that ship answer as an actor must, and well enough to be of use?"""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from orchestration.actors import kinds
from orchestration.actors.bundled import text_recipes
from orchestration.actors.kinds import ActorError, load, version_of
from orchestration.actors.kinds.text_model import embedding
from orchestration.actors.kinds.text_model.embedding import count_tokens, embed
from orchestration.actors.kinds.text_model.sentiment import sentences

TRAINING = Path("casework/casetypes/complaint/training")
SAMPLES = Path("casework/casetypes/complaint/samples/messages.csv")
RATED = Path("../shared/data/sentiment/amazonReviewSnippets_GroundTruth.txt")


@cache
def shipped():
    return {recipe.key: recipe.learn() for recipe in text_recipes(TRAINING)}


def actor(kind):
    trained = shipped()[kind]
    return load(kind, trained.version, trained.artefact)


def answer(kind, text):
    return actor(kind).run({"text": text}, idempotency_key="1")


def test_a_fresh_start_has_a_model_of_each_kind_that_is_good_enough_to_route_by():
    assert {kind: trained.metrics["labels"] for kind, trained in shipped().items()} == {"intent": 10, "sentiment": 3}
    assert shipped()["intent"].metrics["accuracy"] > 0.8
    assert shipped()["sentiment"].metrics["accuracy"] > 0.8
    assert max(trained.metrics["ece"] for trained in shipped().values()) <= 0.05


def test_building_the_shipped_models_again_gives_the_same_versions():
    again = {recipe.key: recipe.learn().version for recipe in text_recipes(TRAINING)}
    assert again == {kind: trained.version for kind, trained in shipped().items()}


def test_a_file_of_no_known_kind_is_not_trained_from(tmp_path):
    (tmp_path / "weather.csv").write_text("text,label\n")
    with pytest.raises(ValueError, match="weather"):
        list(text_recipes(tmp_path))


def test_shipped_examples_with_a_fault_are_refused(tmp_path):
    (tmp_path / "intent.csv").write_text("text,label\nsome text,\n")
    with pytest.raises(ValueError, match="line 2: has no label"):
        [recipe.learn() for recipe in text_recipes(tmp_path)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Thieves took my card on the beach, please block it.", "card_lost_or_stolen"),
        ("I have waited a week for a transfer from another bank.", "transfer_delayed"),
        ("Why is there a new monthly charge for my account?", "fees_and_charges"),
        ("I forgot my password and cannot log in.", "account_access"),
    ],
)
def test_the_intent_model_knows_what_a_customer_wants(text, label):
    assert answer("intent", text).output["label"] == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("You are hopeless and I am furious about the way you treat people!", "negative"),
        ("I sent a transfer on Monday. It has not arrived. Please look into it.", "neutral"),
        ("My card was declined yesterday and I would like to know why.", "neutral"),
        ("Thank you, that was wonderfully quick and friendly.", "positive"),
    ],
)
def test_the_tone_of_a_complaint_is_told_apart_from_its_matter(text, label):
    assert answer("sentiment", text).output["label"] == label


def test_facts_around_it_do_not_calm_an_angry_sentence():
    text = "I moved on 3 May. I sent you my new address twice. You are completely useless! The letter is enclosed."
    assert answer("sentiment", text).output["label"] == "negative"


def test_most_of_the_sample_complaints_are_matter_of_fact():
    with SAMPLES.open(encoding="utf-8", newline="") as file:
        labels = [answer("sentiment", row["message"]).output["label"] for row in csv.DictReader(file)]
    assert labels.count("neutral") > len(labels) / 2
    assert {"negative", "positive"} <= set(labels)


@pytest.mark.parametrize("kind", ["intent", "sentiment"])
@pytest.mark.parametrize("text", ["x", "My card is gone.", "?!", "Geld weg 💸", "word " * 3000, "a" * 20_000])
def test_whatever_the_text_the_answer_fits_its_schema(kind, text):
    given = answer(kind, text)
    Draft202012Validator(actor(kind).output_schema).validate(given.output)
    assert given.confidence == given.output["confidence"]
    assert sum(given.detail["probabilities"].values()) == pytest.approx(1, abs=0.01)
    assert given.usage["tokens"] > 0


def test_the_likeliest_label_comes_first_and_the_alternatives_follow_in_order():
    given = answer("intent", "My card does not work and I was charged for it").output
    chances = [given["confidence"], *(other["confidence"] for other in given["alternatives"])]
    assert chances == sorted(chances, reverse=True)
    assert given["label"] not in [other["label"] for other in given["alternatives"]]


def test_a_loaded_actor_is_kept_and_its_artefact_is_not_read_again():
    trained = shipped()["intent"]
    first = load("intent", trained.version, trained.artefact)
    assert load("intent", trained.version, lambda: pytest.fail("read again")) is first


def test_a_process_holds_a_bounded_number_of_actors(monkeypatch):
    monkeypatch.setattr(kinds, "KEPT", 2)
    trained = shipped()["intent"]
    first = load("intent.a", trained.version, trained.artefact)
    for name in "bc":
        load(f"intent.{name}", trained.version, trained.artefact)
    assert load("intent.a", trained.version, trained.artefact) is not first


def test_an_artefact_is_read_from_a_file_too(tmp_path):
    trained = shipped()["sentiment"]
    path = tmp_path / "model.json"
    path.write_bytes(trained.artefact)
    assert load("sentiment.from_file", trained.version, path).version == trained.version


def test_a_changed_artefact_is_refused():
    trained = shipped()["intent"]
    changed = trained.artefact.replace(b'"temperature":', b'"temperature":9')
    with pytest.raises(ActorError, match="was changed") as raised:
        load("intent.changed", trained.version, changed)
    assert not raised.value.temporary


def broken(**changes):
    artefact = json.dumps({**json.loads(shipped()["intent"].artefact), **changes}).encode()
    return version_of(artefact), artefact


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "pickle"},
        {"kind": "sentiment"},
        {"labels": ["only one"]},
        {"labels": 3},
        {"weights": "AAAA"},
        {"bias": "not base64!"},
        {"bias": None},
        {"temperature": 0},
        {"temperature": "NaN"},
    ],
)
def test_an_artefact_that_is_no_model_of_the_kind_is_refused(changes):
    version, artefact = broken(**changes)
    with pytest.raises(ActorError):
        load("intent.broken", version, artefact)


@pytest.mark.parametrize("artefact", [b"", b"[]", b"\x80\x04K\x01.", None])
def test_bytes_that_are_no_artefact_are_refused(artefact):
    with pytest.raises(ActorError):
        load("intent.none", version_of(artefact or b""), artefact)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ActorError, match="no kind of actor named 'oracle'"):
        load("oracle", "1", None)


def test_the_numbers_of_a_text_do_not_depend_on_its_neighbours():
    texts = ["My card is gone.", "Where is my transfer? " * 20, "", "A fee."]
    together = embed(texts)
    for at, text in enumerate(texts):
        np.testing.assert_allclose(embed([text])[0], together[at], atol=1e-5)


def test_a_text_that_was_embedded_is_not_taken_apart_again_to_count_its_tokens(monkeypatch):
    long = "Where is the transfer that I asked you for? " * 40
    counted = count_tokens(long)
    embed(["Where is it?", long + "!"])
    monkeypatch.setattr(embedding, "_tokenizer", lambda: pytest.fail("it was"))
    assert count_tokens(long + "!") > counted > embedding.WINDOW > count_tokens("Where is it?") > 3


def test_the_end_of_a_long_text_counts_too():
    start = "I have been a customer for many years. " * 30
    assert not np.allclose(embed([start]), embed([start + "My card was stolen by a thief. " * 10]), atol=0.01)


def test_a_text_is_read_sentence_by_sentence():
    assert sentences("Hi. I lost my card!\nWhat now? Please help me soon.") == [
        "I lost my card!",
        "Please help me soon.",
    ]
    assert sentences("Hi.") == ["Hi."]


@pytest.mark.skipif(not RATED.exists(), reason="the rated sentences of ../shared/data/sentiment are not here")
def test_the_score_goes_with_what_people_felt_about_reviews_of_another_trade():
    lines = [line.split("\t") for line in RATED.read_text(encoding="utf-8", errors="replace").splitlines()]
    strong = [(float(line[1]), line[2]) for line in lines if abs(float(line[1])) >= 2][::5]
    agreed = [rating * answer("sentiment", text).output["score"] > 0 for rating, text in strong]
    assert sum(agreed) / len(agreed) > 0.75
