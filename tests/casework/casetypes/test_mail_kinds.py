"""Is what the mailroom's model learnt made as it is said to be, and what becomes of letters that nobody foresaw?"""

from __future__ import annotations

from collections import Counter
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from orchestration.actors.kinds.text_model.classifier import decode
from orchestration.actors.kinds.text_model.labelled import read_labelled
from orchestration.actors.kinds.text_model.training import held_out, train
from orchestration.models import ActorVersion
from tests.benchmarks.mail import BY_HAND, PERSON, SHIPPED, WAYS, became, by_hand, letters, shipped, write


def test_the_set_that_ships_is_what_its_cores_make_and_every_kind_has_its_share() -> None:
    made = StringIO()
    write(made)
    assert made.getvalue() == SHIPPED.read_text("utf-8")
    rows, faults = read_labelled(SHIPPED)
    assert faults == [] and len(rows) > 600
    assert min(Counter(one.label for one in rows).values()) > len(rows) / 6


def test_nothing_is_trained_on_that_it_is_asked_about() -> None:
    learnt = {text.casefold() for text, _, _ in letters()}
    asked = [text.casefold() for which in BY_HAND for text, _ in by_hand(which)]
    assert len(set(asked)) == len(asked) == 295 and not learnt & set(asked)


def test_letters_of_one_core_are_never_learnt_from_and_asked_about() -> None:
    rows, _ = read_labelled(SHIPPED)
    fifths = list(held_out(np.array([one.label for one in rows]), [one.group for one in rows]))
    assert sorted(at for _, held in fifths for at in held) == list(range(len(rows))), "each is held out once"
    for seen, held in fifths:
        assert len(seen) + len(held) == len(rows)
        assert not {rows[at].group for at in seen} & {rows[at].group for at in held} - {""}


def test_of_many_texts_no_more_are_held_out_than_make_a_figure_sure() -> None:
    assert len(list(held_out(np.array(["a", "b"] * 4_000)))) == 1


def test_texts_that_say_the_same_do_not_make_a_model_look_sure() -> None:
    """Of one sentence ten times over a split by rows knows the answer; a split by groups does not."""
    words = ("sea", "hill", "town", "wood", "lake", "road", "sun", "rain", "bread", "wine", "stone", "door")
    texts = [f"the {word} {at}" for word in words for at in range(10)]
    labels = [("a", "b")[at // 10 % 2] for at in range(len(texts))]
    by_rows = train("intent", texts, labels).metrics
    by_groups = train("intent", texts, labels, groups=[f"{at // 10}" for at in range(len(texts))]).metrics
    assert by_rows["accuracy"] > 0.9 > by_groups["accuracy"]


def test_too_few_groups_of_a_label_are_too_few_examples() -> None:
    texts = [f"text {at}" for at in range(20)]
    with pytest.raises(ValueError, match="groups of texts"):
        train("intent", texts, ["a", "b"] * 10, groups=["one", "two", "three", "four"] * 5)


@pytest.mark.django_db
def test_the_mailroom_s_model_is_trained_anew_by_command(tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    some = [(text, label) for text, label, group in letters() if group.rpartition("-")[2] in {"1", "2", "3"}]
    rows = "\n".join(f'"{" ".join(text.replace(chr(34), "").split())}",{label}' for text, label in some)
    file.write_text(f"text,label\n{rows}\n", "utf-8")
    call_command("train_intent", file, kind="case-kind", stdout=StringIO())
    version = ActorVersion.objects.get(actor__key="case-kind")
    assert version.metrics["labels"] == 4 and version.metrics["examples"] == len(some)


@pytest.mark.slow
def test_of_letters_that_nobody_foresaw_few_are_opened_wrongly_and_the_unsure_go_to_a_person() -> None:
    """`python -m tests.benchmarks mail` prints the figures."""
    model = decode(shipped().artefact, "case-kind")
    found, fresh = became(model, by_hand()), became(model, by_hand("fresh"))
    assert min(found.accuracy, fresh.accuracy) > 0.7
    assert shipped().metrics["ece"] <= 0.05 and fresh.ece <= 0.05 and found.ece < 0.15, "55 letters tell little"
    assert found.ways[WAYS[0], False] <= 2 and found.went(PERSON) < found.letters / 2
