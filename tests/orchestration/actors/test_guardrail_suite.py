"""Do the guardrails stop what is planted, and let pass what is clean? (the figures of docs/guardrails.md)"""

from collections import Counter
from functools import cache

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.actors.guardrails.registry import GUARDRAILS
from orchestration.actors.handoff import Outcome
from orchestration.actors.kinds import KINDS

from .crossings import CARDS, clean, crossed
from .violations import violations

PLANTED, CLEAN, PARTS = 400, 2000, 4


@cache
def suite():
    """Each violation with what the guardrails said before and after."""
    return [(one, *crossed(one.scene, one.answer)) for one in violations(PLANTED)]


def test_every_planted_violation_is_caught():
    missed = [(one.check, one.scene.kind) for one, before, after in suite() if not one.caught(before, after)]
    assert (len(suite()), missed) == (PLANTED, [])


def test_violations_are_planted_for_every_guardrail_and_every_kind_of_actor_that_is_registered():
    planted = Counter((one.check, one.scene.kind) for one, _, _ in suite())
    checks = {guardrail.name for side in GUARDRAILS.values() for guardrail in side}
    assert {check for check, _ in planted} == checks | {"unknown"}
    assert {kind for _, kind in planted} == set(CARDS) == set(KINDS)
    assert len(planted) == (len(checks) + 1) * len(CARDS)


def test_no_verdict_repeats_the_data_that_it_is_about():
    told = [(one, dumped(before) + dumped(after)) for one, before, after in suite()]
    assert [(one.check, text) for one, said in told for text in one.planted if text.casefold() in said] == []


def dumped(checked):
    """All that history and ledger would keep of it, in lower case."""
    if checked is None:
        return ""
    return orjson.dumps([verdict.told() for verdict in checked.verdicts]).decode().casefold()


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_clean_is_blocked(part):
    stopped = []
    for seed in range(part, CLEAN, PARTS):
        scene = clean(seed)
        before, after = crossed(scene)
        if after is None or after.outcome is not Outcome.PASS or after.value != scene.answer.output:
            stopped.append((seed, scene.kind, [one for one in (after or before).verdicts if one.sentence]))
    assert stopped == []


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**9), st.sampled_from(sorted(CARDS)))
def test_what_an_actor_got_is_a_subset_of_what_its_principal_may_see(seed, kind):
    """Nothing of the case above its clearance, and nothing that leaves the house by its own name."""
    scene = clean(seed, kind)
    before, _ = crossed(scene)
    got, who = str(before.value), scene.person
    hidden = {"internal": (who.name, who.email, who.iban, who.phone), "confidential": (who.iban,), "restricted": ()}
    assert not [value for value in hidden[scene.card.clearance] if value in got]
    if scene.card.leaves:
        assert not [value for value in vars(who).values() if value in got]


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**9), st.sampled_from(sorted(CARDS)), st.data())
def test_what_an_actor_gave_holds_nothing_that_it_was_not_given_and_may_not_know(seed, kind, data):
    """Whatever value of the case or of another person it writes: it passes only where it was given it."""
    scene = clean(seed, kind)
    value = data.draw(st.sampled_from([*vars(scene.person).values(), *vars(scene.other).values()]))
    output = {**scene.answer.output, "reply": f"We write to {value} about it."}
    before, after = crossed(scene, type(scene.answer)(output, 0.9))
    assert before.outcome is Outcome.PASS
    assert after is not None
    if value == scene.other.name:
        return  # a name shows by no form, and nobody knows this one
    got = str(before.value).casefold()
    assert after.outcome is Outcome.BLOCK or all(word in got for word in value.casefold().split())


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**9), st.sampled_from(["language-model", "agent"]))
def test_pseudonyms_are_consistent_and_come_back_as_what_they_stand_for(seed, kind):
    scene = clean(seed, kind)
    letter = f"{scene.person.name} wrote. Again: {scene.person.name}, {scene.person.email}."
    given_it = {**scene.given, "text": letter}
    before, after = crossed(
        type(scene)(**{**vars(scene), "given": given_it}),
        type(scene.answer)({**scene.answer.output, "reply": "Dear PERSON_1, we wrote to EMAIL_1."}, 0.9),
    )
    assert before.value["text"] == "PERSON_1 wrote. Again: PERSON_1, EMAIL_1."
    assert after is not None
    assert after.value["reply"] == f"Dear {scene.person.name}, we wrote to {scene.person.email}."
