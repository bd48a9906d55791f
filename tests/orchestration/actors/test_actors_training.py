"""How does a file of labelled texts become a model, and is what is said of the model true?"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from orchestration.actors.kinds import load
from orchestration.actors.kinds.text_model.classifier import softmax
from orchestration.actors.kinds.text_model.labelled import UnreadableFile, read_labelled
from orchestration.actors.kinds.text_model.measures import measure
from orchestration.actors.kinds.text_model.training import train

BANKING = Path("../shared/data/banking77/train.csv")

GOOD = "".join(f"a good text number {number},apples\nanother text number {number},pears\n" for number in range(5))


def written(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "rows.csv"
    path.write_bytes(content.encode(encoding))
    return path


def faults_of(tmp_path, content, encoding="utf-8"):
    examples, faults = read_labelled(written(tmp_path, content, encoding))
    assert len(examples) == 10
    return {fault.line: fault.reason for fault in faults}


@pytest.mark.parametrize("header", ["text,label", "text,category", "text,intent", "\ufefftext,label"])
def test_the_label_column_is_found_by_its_name(tmp_path, header):
    examples, faults = read_labelled(written(tmp_path, f"{header}\n{GOOD}"))
    assert len(examples) == 10
    assert faults == []


def test_columns_may_stand_in_any_order_beside_others(tmp_path):
    rows = "".join(f"{number},pears,text {number}\n" for number in range(5))
    examples, _ = read_labelled(written(tmp_path, f"id,label,text\n{rows}"))
    assert (examples[0].text, examples[0].label) == ("text 0", "pears")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",apples", "has no text"),
        ("   ,apples", "has no text"),
        ("a text,", "has no label"),
        ("a text", "has 1 columns, the header 2"),
        ("a text,apples,more", "has 3 columns, the header 2"),
        (f"{'x' * 20_001},apples", "has a text of 20001 characters; 20000 are allowed"),
        ("a good text number 0,apples", "repeats the text of line 2"),
        ("a good text number 0,pears", "repeats the text of line 2, there labelled apples"),
        ("a text of its own,plums", "is one of only 1 examples of plums; 5 are needed"),
    ],
)
def test_a_bad_row_is_named_by_line_and_reason_and_the_others_are_used(tmp_path, row, reason):
    assert faults_of(tmp_path, f"text,label\n{GOOD}{row}\n") == {12: reason}


def test_a_row_that_is_not_utf8_spoils_only_itself(tmp_path):
    path = written(tmp_path, f"text,label\n{GOOD}")
    path.write_bytes(path.read_bytes() + "Gebühr,apples\n".encode("latin-1"))
    examples, faults = read_labelled(path)
    assert len(examples) == 10
    assert [(fault.line, fault.reason) for fault in faults] == [(12, "is not UTF-8")]


def test_lines_are_counted_in_the_file_also_after_texts_of_several_lines_and_empty_ones(tmp_path):
    assert faults_of(tmp_path, f'text,label\n\n"two\nlines",\n{GOOD}') == {3: "has no label"}


@pytest.mark.parametrize("content", ["", "text;label\na;b\n", "message,label\n", "text,words\n"])
def test_a_file_without_the_columns_is_refused_with_what_it_has(tmp_path, content):
    with pytest.raises(UnreadableFile, match="A column text and one of label, category, intent are needed"):
        read_labelled(written(tmp_path, content))


def test_one_label_is_nothing_to_learn_from():
    with pytest.raises(ValueError, match="two labels"):
        train("intent", [f"text {number}" for number in range(10)], ["same"] * 10)


def test_two_labels_are_enough_and_progress_is_told():
    seen = []
    texts = [f"my card was stolen in town {n}" for n in range(10)] + [f"thank you for the money {n}" for n in range(10)]
    trained = train("intent", texts, ["card"] * 10 + ["thanks"] * 10, lambda done, total: seen.append((done, total)))
    actor = load("intent", trained.version, trained.artefact)
    assert actor.run({"text": "somebody stole my card"}, idempotency_key="").output["label"] == "card"
    assert actor.run({"text": "many thanks for the money"}, idempotency_key="").output["label"] == "thanks"
    assert seen[-1] == (20, 20)


@pytest.mark.skipif(not BANKING.exists(), reason="the messages of ../shared/data/banking77 are not here")
def test_on_real_messages_the_model_is_right_and_is_as_sure_as_it_may_be():
    by_label = defaultdict(list)
    with BANKING.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_label[row["category"]].append(row["text"])
    rows = [(text, label) for label in sorted(by_label)[:10] for text in by_label[label][:25]]
    trained = train("intent", [text for text, _ in rows], [label for _, label in rows])
    assert trained.metrics["accuracy"] > 0.8
    assert trained.metrics["ece"] < 0.15


def test_a_higher_temperature_makes_a_model_less_sure_and_changes_no_order():
    scores = np.array([[3.0, 1.0, 0.0]])
    cold, warm = softmax(scores, 0.5)[0], softmax(scores, 2.0)[0]
    assert cold[0] > warm[0]
    assert list(np.argsort(cold)) == list(np.argsort(warm))
    assert cold.sum() == pytest.approx(1)


def test_measures_count_what_is_right_and_how_sure_it_was():
    chances = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.7, 0.3]])
    found = measure(("a", "b"), chances, np.array(["a", "a", "b", "b"]))
    assert found["accuracy"] == 0.75
    assert found["per_label"]["a"] == {"texts": 2, "precision": 0.6667, "recall": 1.0}
    assert found["per_label"]["b"] == {"texts": 2, "precision": 1.0, "recall": 0.5}
    assert [band["texts"] for band in found["reliability"]] == [0, 2, 1, 1]
    assert found["ece"] == pytest.approx((0.1 + 0.2 + 0.4 + 0.7) / 4)
