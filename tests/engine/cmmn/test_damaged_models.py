"""Whatever is wrong with a file: it is refused with sentences, or it runs; it never crashes the engine."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine import commands as c
from orchestration.engine import step as kernel
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.execute import execute
from orchestration.engine.state import State
from tests.engine.cmmn.random_cases import command
from tests.engine.models import NOW

FILES = sorted((Path(__file__).parents[1] / "scenarios" / "cmmn").glob("*.cmmn"))
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
ELEMENT = re.compile(r"<(\w+)\b[^<>]*/>")
TEXT = re.compile(r">([^<>\s][^<>]*)<")
WORDS = ("", "a", "plan", "true", "complete", "occur", "-1", "R/", "=1 +", "${", "${x.y()}", "P1D", "\u0000"[:0], "é")


@pytest.fixture(autouse=True)
def _small_bound(monkeypatch):
    monkeypatch.setattr(kernel, "MAX_OPERATIONS", 400)


def damaged(random: Random, text: str) -> str:
    """One or a few changes: an attribute's value, a text, an element gone or doubled, two ids exchanged."""
    for _ in range(random.randint(1, 4)):
        pattern = random.choice((ATTRIBUTE, ATTRIBUTE, ELEMENT, TEXT))
        found = list(pattern.finditer(text))
        if not found:
            continue
        place = random.choice(found)
        if pattern is ELEMENT:
            text = text[: place.start()] + place[0] * random.choice((0, 2)) + text[place.end() :]
        else:
            others = [each[pattern.groups] for each in found]
            word = random.choice((*WORDS, random.choice(others), random.choice(others)))
            text = text[: place.start(pattern.groups)] + word + text[place.end(pattern.groups) :]
    return text


def run(random: Random) -> bool:
    """Deploy a damaged file and, if it can be, drive it. Whether it ran."""
    text = damaged(random, random.choice(FILES).read_text("utf-8"))
    built = build({"m.cmmn": text.encode()})
    if not isinstance(built, CompiledModels):
        assert built
        assert all(fault.element and fault.sentence for fault in built)
        return False
    for key in built.cases:
        state, now = State(), NOW
        asked: c.Command = c.StartCase(key)
        for _ in range(15):
            now += timedelta(hours=1)
            state = execute(built, state, asked, now).state
            asked = command(random, state)
    return True


@given(st.randoms(use_true_random=False))
def test_a_damaged_model_is_refused_or_runs(random):
    run(random)


@pytest.mark.slow
def test_many_damaged_models_of_both_kinds():
    ran = [run(Random(seed)) for seed in range(1_500)]
    assert 100 < sum(ran) < len(ran) - 100
