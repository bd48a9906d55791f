"""Of which kind of case is a letter, how surely is that said, and what becomes of letters that nobody foresaw?

`letters` makes the training set of the mailroom, with a fixed seed: each core in several styles. It is measured on
letters that were written by hand, in other words and styles (`mail.yaml`, `unseen` and `fresh`).
`python -m tests.benchmarks.mail` prints the set anew, as it ships, when the cores were changed.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, TextIO

import numpy as np
import yaml

from orchestration.actors.kinds.text_model.case_kind import KIND
from orchestration.actors.kinds.text_model.classifier import Array, Classifier, decode
from orchestration.actors.kinds.text_model.intent import features
from orchestration.actors.kinds.text_model.labelled import read_labelled
from orchestration.actors.kinds.text_model.measures import calibration_error, measure
from orchestration.actors.kinds.text_model.training import Trained, train

OURS: Final = Path(__file__).with_suffix(".yaml")
SHIPPED: Final = Path(__file__).parents[2] / "casework/casetypes/mailroom/training/case-kind.csv"
SEED: Final = 20_261_130
EACH: Final = 3
"""Styles in which each core is written."""
FILL: Final = re.compile(r"\{(\w+)\}")
BY_HAND: Final = ("unseen", "fresh", "looked-at")
TOSSES: Final = 400
PERSON: Final = "for a person to say"
WAYS: Final = ("opened by the agent", "opened after approval", PERSON)
BY_ITSELF, AFTER_APPROVAL = 0.9, 0.6
"""From where on the table of handling lets the agent open a case by itself, and after a person has approved it."""
Given = Mapping[str, Any]
Style = Callable[[str, str, Given, Random], str]


@cache
def given() -> Given:
    found: Given = yaml.safe_load(OURS.read_text("utf-8"))
    return found


def letters(seed: int = SEED) -> Iterator[tuple[str, str, str]]:
    """(text, label, group): each core in `EACH` styles, no style twice; letters of one core are one group."""
    draws, words = Random(seed), given()
    for kind, cores in words["kinds"].items():
        for at, core in enumerate(cores):
            for style in draws.sample(STYLES, EACH):
                yield style(core, kind, words, draws), kind, f"{kind}-{at}"


def filled(text: str, words: Given, draws: Random) -> str:
    done = FILL.sub(lambda found: str(draws.choice(words["fills"][found[1]])), text)
    return done[:1].upper() + done[1:]


def bare(core: str, kind: str, words: Given, draws: Random) -> str:
    return filled(core, words, draws)


def letter(core: str, kind: str, words: Given, draws: Random) -> str:
    """With a head, and a salutation."""
    head = "{name}\nAm Markt 9, {town}\n{date}"
    body = f"{draws.choice(words['opens'])},\n\n{filled(core, words, draws)}"
    parts = (head, draws.choice(words["subjects"][kind]), body, draws.choice(words["closes"]) + ",\n{name}")
    return "\n\n".join(filled(one, words, draws) for one in parts)


def message(core: str, kind: str, words: Given, draws: Random) -> str:
    """As an e-mail prints."""
    subject, body = draws.choice(words["subjects"][kind]), filled(core, words, draws)
    return filled(f"From: {{name}}\nTo: service\nSubject: {subject}\n\n{body}\n\n{{name}}", words, draws)


def forwarded(core: str, kind: str, words: Given, draws: Random) -> str:
    body = filled(core, words, draws)
    return filled(f"FYI, please take care of it.\n---- forwarded message ----\n> {body}\n> {{name}}", words, draws)


def talkative(core: str, kind: str, words: Given, draws: Random) -> str:
    before, after = draws.sample(words["chatter"], 2)
    return filled(f"{before} {filled(core, words, draws)} {after}", words, draws)


def shouted(core: str, kind: str, words: Given, draws: Random) -> str:
    return filled(core, words, draws).upper()


def hasty(core: str, kind: str, words: Given, draws: Random) -> str:
    """Without capitals and points, with letters left out."""
    plain = re.sub(r"[.,;:]", "", filled(core, words, draws).lower())
    return "".join(one for one in plain if not one.isalpha() or draws.random() > 0.02)


def scanned(core: str, kind: str, words: Given, draws: Random) -> str:
    """As a bad scan is read: lines that break, letters that were taken for others."""
    taken = {"l": "1", "o": "0", "e": "c", "rn": "m", "i": "l"}
    text = letter(core, kind, words, draws)
    return "".join(taken.get(one, one) if draws.random() < 0.03 else one for one in text)


STYLES: Final[tuple[Style, ...]] = (bare, letter, message, forwarded, talkative, shouted, hasty, scanned)


def by_hand(which: str = "unseen") -> list[tuple[str, str]]:
    """(text, kind) of letters that nothing was trained on; `looked-at`: those that led to more cores."""
    return [(text, kind) for kind, texts in given()[which].items() for text in texts]


def figures() -> Iterator[str]:
    """Of the model as it ships: on cores that it had not seen, and on letters by hand."""
    trained = shipped()
    told = trained.metrics
    yield (
        f"{told['examples']} letters; all of them judged by models that had not seen their cores: "
        f"{told['accuracy']:.1%} right, ECE {told['ece']:.3f}"
    )
    model = decode(trained.artefact, KIND)
    for which in BY_HAND:
        yield f"{which}: {became(model, by_hand(which)).said()}"
    yield f"all that led to nothing: {became(model, [*by_hand('unseen'), *by_hand('fresh')]).said()}"


@cache
def shipped() -> Trained:
    """The model that the shipped set makes."""
    rows, _ = read_labelled(SHIPPED)
    texts, labels, groups = zip(*((one.text, one.label, one.group) for one in rows), strict=True)
    return train(KIND, texts, labels, groups=groups)


@dataclass(frozen=True, slots=True)
class Became:
    """What the table of handling makes of letters: how many, and how many of them wrongly, by each way.

    `by_chance`: the calibration error that so many letters would show of a model that has none; `as_much`: in how many
    of 100 such showings it would be as large as here.
    """

    letters: int
    accuracy: float
    ece: float
    by_chance: float
    as_much: float
    ways: Counter[tuple[str, bool]]

    def said(self) -> str:
        told = [f"{self.went(way)} {way} ({self.ways[way, False]} wrong)" for way in WAYS[:2]]
        chance = f"{self.by_chance:.3f} by chance, as much in {self.as_much:.0f} of 100"
        return (
            f"{self.letters} letters, {self.accuracy:.1%} right, "
            f"ECE {self.ece:.3f} ({chance}): {', '.join(told)}, "
            f"{self.went(PERSON)} {PERSON}"
        )

    def went(self, way: str) -> int:
        return self.ways[way, True] + self.ways[way, False]


def became(model: Classifier, asked: list[tuple[str, str]]) -> Became:
    chances = model.probabilities(features([text for text, _ in asked]))
    told = measure(model.labels, chances, np.array([kind for _, kind in asked]))
    guessed = [(model.labels[int(row.argmax())], float(row.max())) for row in chances]
    ways = Counter((_way(*one), one[0] == kind) for one, (_, kind) in zip(guessed, asked, strict=True))
    shown = _by_chance(chances.max(axis=1))
    as_much = 100 * float(np.mean(shown >= told["ece"]))
    return Became(len(asked), told["accuracy"], told["ece"], float(np.mean(shown)), as_much, ways)


def _by_chance(sure: Array) -> Array:
    """The calibration errors that a model which is right as often as it says would show, toss by toss."""
    draws = np.random.default_rng(SEED)
    return np.array([calibration_error(sure, draws.random(len(sure)) < sure) for _ in range(TOSSES)])


def _way(label: str, sure: float) -> str:
    if label == "other" or sure < AFTER_APPROVAL:
        return PERSON
    return WAYS[0] if sure >= BY_ITSELF else WAYS[1]


def write(target: TextIO) -> None:
    """The set as it ships: texts that were written one by one, each of them of no group, and the letters."""
    rows = csv.writer(target, lineterminator="\n")
    rows.writerow(["text", "label", "group"])
    rows.writerows((text, label, "") for label, texts in given()["one-by-one"].items() for text in texts)
    rows.writerows(letters())


if __name__ == "__main__":
    write(sys.stdout)
