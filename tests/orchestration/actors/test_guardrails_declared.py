"""What may a capability file say of its guardrails, and what of those that it inherits may it change?"""

from pathlib import Path

import pytest
import yaml

from orchestration.actors import capability
from orchestration.actors.capability import capability_of
from orchestration.actors.evaluators.registry import EVALUATORS
from orchestration.actors.guardrails.guardrail import AFTER, BEFORE
from orchestration.actors.guardrails.registry import GUARDRAILS, asked
from orchestration.casetypes.capabilities import capability_faults, declared

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "guardrails.md"
TEXT = {"type": "string", "maxLength": 500, "x-classification": "confidential"}
PARENT = {
    "key": "read-invoice",
    "title": "Read an invoice",
    "purpose": "paying suppliers",
    "input": {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {"text": TEXT},
    },
    "output": {
        "type": "object",
        "required": ["total"],
        "properties": {"total": {"type": "number", "minimum": 0, "x-classification": "internal"}},
    },
    "guardrails": {
        "before": ["authority", {"size": "2 kB"}, {"rate": 60}, "injection"],
        "after": [
            "leak",
            {"confidence": {"below": 0.85, "then": "person"}},
            {"consistent": "total >= 0"},
            {"limit": {"of": "total", "most": 500}},
        ],
    },
    "skip": False,
}


def files(*documents):
    return {f"{at}.capability.yaml": yaml.safe_dump(document) for at, document in enumerate(documents)}


def faults_of(change, **more):
    """What is wrong with a capability that extends `PARENT` and says this."""
    child = {"key": "mine", "title": "Mine", "extends": "read-invoice", **change, **more}
    return list(capability_faults(files(PARENT, child)))


def after(*changed):
    """The parent's guardrails after a call, with some of them changed."""
    names = {next(iter(one)) if isinstance(one, dict) else one for one in changed}
    kept = [
        one for one in PARENT["guardrails"]["after"] if (next(iter(one)) if isinstance(one, dict) else one) not in names
    ]
    return {"guardrails": {"after": [*kept, *changed]}}


def before(*guards):
    return {"guardrails": {"before": ["authority", *guards]}}


def test_what_a_file_does_not_say_it_inherits():
    mine = declared(files(PARENT, {"key": "mine", "title": "Mine", "extends": "read-invoice"}))["mine"]
    whole = capability_of(PARENT)
    assert (mine.before, mine.after, mine.input, mine.purpose) == (
        whole.before,
        whole.after,
        whole.input,
        whole.purpose,
    )
    assert mine.title == "Mine"


def test_guardrails_may_be_tightened_and_added():
    strict = after({"confidence": {"below": 0.9, "then": "block"}}, {"limit": {"of": "total", "most": 100}}, "empty")
    assert faults_of(strict) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (after({"confidence": 0.5}), "confidence (after) of read-invoice may be tightened, not loosened: below went"),
        (after({"limit": {"of": "total", "most": 900}}), "most went from 500 to 900."),
        (after({"limit": {"of": "total", "least": 1}}), "most went from 500 to no limit."),
        (after({"consistent": "total > -1"}), "loosened: 'total >= 0' is not asked for any more."),
        (after({"leak": {"not-given": False}}), "not-given went from true to false."),
        ({"guardrails": {"after": ["leak"]}}, "the guardrail confidence (after) of read-invoice"),
        ({"guardrails": {"after": []}}, "limit (after) of read-invoice is dropped; it may be tightened"),
        (before({"size": "3 kB"}, {"rate": 60}, "injection"), "most went from 2048 to 3072."),
        (before({"size": "1 kB"}, {"rate": 61}, "injection"), "calls went from 60 to 61."),
        (before({"size": "1 kB"}, {"rate": 60}), "injection (before) of read-invoice is dropped"),
        ({"purpose": "selling more"}, "its purpose is that of read-invoice: paying suppliers."),
        ({"skip": True}, "skip is false in read-invoice and stays so."),
    ],
)
def test_a_file_that_drops_or_loosens_a_guardrail_does_not_deploy_and_says_which(change, told):
    said = " ".join(faults_of(change))
    assert "1.capability.yaml, mine: " in said
    assert told in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ({**TEXT, "x-classification": "internal"}, "the classification of /text went from confidential to internal"),
        ({**TEXT, "maxLength": 501}, "maxLength at /text went from 500 to 501"),
        ({**TEXT, "type": ["string", "null"]}, "the type at /text is not string any more"),
    ],
)
def test_a_schema_may_be_tightened_only(text, told):
    properties = {"text": text}
    assert told in " ".join(faults_of({"input": {**PARENT["input"], "properties": properties}}))


def test_a_required_field_stays_required_and_nothing_is_let_in_beside():
    said = " ".join(faults_of({"input": {"type": "object", "properties": PARENT["input"]["properties"]}}))
    assert "the input may be tightened, not loosened: text at the top is not required any more." in said
    assert "anything may stand at /*" in said


def test_a_tighter_schema_deploys():
    text = {"type": "string", "maxLength": 100, "minLength": 1, "x-classification": "restricted"}
    assert faults_of({"input": {**PARENT["input"], "properties": {"text": text}}}) == []


@pytest.mark.parametrize(
    ("guards", "told"),
    [
        ({"before": ["magic"]}, "there is no guardrail 'magic' before a call; there are capability, size, authority"),
        ({"after": ["injection"]}, "there is no guardrail 'injection' after a call"),
        ({"before": [{"size": "big"}]}, "the parameters of size (before) are not right"),
        ({"after": [{"limit": {"of": "total"}}]}, "limit (after) are not right: most or least is missing."),
        ({"after": [{"limit": {"of": "total +", "most": 5}}]}, "the expression cannot be read"),
        ({"after": [{"consistent": "total = = 1"}]}, "the expression cannot be read"),
        ({"after": [{"confidence": {"below": 2}}]}, "confidence (after) are not right: below: 2 is greater"),
        ({"after": [{"confidence": {"over": 0.2}}]}, "the parameters of confidence (after) are not right"),
    ],
)
def test_an_unknown_guardrail_or_parameter_does_not_deploy(guards, told):
    said = " ".join(capability_faults(files({"key": "mine", "title": "Mine", "guardrails": guards})))
    assert told in said


def test_a_file_with_the_key_of_a_shipped_capability_inherits_from_it(monkeypatch):
    monkeypatch.setattr("orchestration.casetypes.capabilities.shipped", lambda: {"read-invoice": capability_of(PARENT)})
    loose = files({"key": "read-invoice", "title": "Mine", **after({"confidence": 0.5})})
    assert "below went from 0.85 to 0.5" in " ".join(capability_faults(loose))
    assert (
        declared(files({"key": "read-invoice", "title": "Mine"}))["read-invoice"].before == capability_of(PARENT).before
    )


def test_one_that_extends_what_is_not_there_or_itself_does_not_deploy():
    lost = {"key": "a", "title": "A", "extends": "nowhere"}
    assert "extends: there is no capability 'nowhere'" in " ".join(capability_faults(files(lost)))
    one, other = ({"key": "a", "title": "A", "extends": "b"}, {"key": "b", "title": "B", "extends": "a"})
    assert "a extends b extends a: it inherits from itself." in " ".join(capability_faults(files(one, other)))
    assert set(declared(files(one, other))) == {"a", "b"}


def test_tightening_holds_over_several_steps():
    middle = {"key": "middle", "title": "Middle", "extends": "read-invoice", **after({"confidence": 0.95})}
    last = {"key": "last", "title": "Last", "extends": "middle", **after({"confidence": 0.9})}
    assert "below went from 0.95 to 0.9" in " ".join(capability_faults(files(PARENT, middle, last)))


def test_a_reference_to_somewhere_outside_is_no_schema_of_a_capability():
    away = {"key": "a", "title": "A", "input": {"$ref": "http://127.0.0.1/schema.json"}}
    assert "a reference begins with #" in " ".join(capability_faults(files(away)))


def test_what_ships_declares_sound_guardrails():
    shipped = {path.name: path.read_text("utf-8") for path in capability.SHIPPED.glob("*.yaml")}
    assert list(capability_faults(shipped)) == []


def test_the_capability_of_the_documentation_deploys():
    example = DOCUMENTATION.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    assert list(capability_faults({"claim.capability.yaml": example})) == []
    assert len(declared({"claim.capability.yaml": example})["answer-claim"].after) == 5


def parameters_of(schema):
    """The names of the parameters that a schema allows."""
    found = set(schema.get("properties", ()))
    return found.union(*map(parameters_of, schema.get("anyOf", ())))


def test_the_documentation_has_every_guardrail_and_evaluator_with_its_parameters():
    rows = DOCUMENTATION.read_text("utf-8").splitlines()
    before, after, scored = (rows.index(head) for head in ("## Before a call", "## After a call", "## Evaluators"))
    told = {BEFORE: rows[before:after], AFTER: rows[after:scored], "evaluators": rows[scored:]}
    for place, each in [*((stage, one) for stage in (BEFORE, AFTER) for one in GUARDRAILS[stage]), *scored_by()]:
        row = next((one for one in told[place] if one.startswith(f"| `{each.name}`")), "")
        missing = [name for name in parameters_of(each.parameters) if f"`{name}`" not in row]
        assert (bool(row), missing) == (True, []), each.name
        assert getattr(each, "stands", False) == row.startswith(f"| `{each.name}` *"), each.name


def scored_by():
    return [("evaluators", one) for one in EVALUATORS]


def every_kind():
    """A capability that declares every guardrail there is, with what makes each of them ask something."""
    asks = {
        "masking": {"most": "internal"}, "size": "2 kB", "pseudonyms": {"always": True}, "rate": 60,
        "budget": {"call": 1}, "confidence": 0.9, "consistent": "total >= 0", "limit": {"of": "total", "most": 9},
        "empty": ["/total"],
    }  # fmt: skip
    guards = {
        stage: [{one.name: asks[one.name]} if one.name in asks else one.name for one in GUARDRAILS[stage]]
        for stage in (BEFORE, AFTER)
    }
    return {**PARENT, "guardrails": guards}


@pytest.mark.parametrize(
    ("stage", "name"), [(stage, one.name) for stage in (BEFORE, AFTER) for one in GUARDRAILS[stage]]
)
def test_what_a_template_declares_and_a_type_inherits_nobody_below_drops(stage, name):
    template = every_kind()
    middle = {"key": "of-type", "title": "Of the type", "extends": "read-invoice"}
    left = [one for one in template["guardrails"][stage] if name not in (one, *one)]
    last = {"key": "mine", "title": "Mine", "extends": "of-type", "guardrails": {stage: left}}
    assert list(capability_faults(files(template, middle))) == []
    said = " ".join(capability_faults(files(template, middle, last)))
    whole = capability_of(template)
    meant = {each.name: given for each, given in asked(stage, whole.before if stage == BEFORE else whole.after)}
    stands = {each.name: given for each, given in asked(stage, ())}  # without a word of anybody
    assert f"the guardrail {name} ({stage}) of of-type" in said or stands.get(name) == meant[name], said
