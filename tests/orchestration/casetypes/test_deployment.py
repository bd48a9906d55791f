"""A wrong case type is refused with everything that is wrong with it, and is never half there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.casetypes.files import MOST_CHARACTERS, MOST_FILES
from orchestration.ground.refusals import Refused
from orchestration.models import Definition, HumanTask
from tests.orchestration.case_types import TEST, deployed

pytestmark = pytest.mark.django_db

COMPLAINT = folder_files(CASE_TYPES / "complaint")


ALIASES = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{this}: &{this} [{','.join([f'*{last}'] * 10)}]\n" for last, this in pairwise("abcdefghi")
)
"""A few lines of YAML that stand for a thousand million values."""


def changed(file: str, *replaced: tuple[str, str]) -> dict[str, str]:
    """The complaint with some text of one file replaced."""
    text = COMPLAINT[file]
    for was, becomes in replaced:
        assert was in text, was
        text = text.replace(was, becomes)
    return COMPLAINT | {file: text}


def faults(files: Mapping[str, str]) -> list[str]:
    """All that is said to be wrong; each is a sentence, and nothing of the case type is there."""
    outcome = deploy(files, TEST)
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == "faulty" and outcome.message.startswith("Not published: ")
    assert not Definition.objects.exists()
    assert not AuditEvent.objects.filter(action="definition.deployed").exists()
    said = list(outcome.errors.values())
    assert said and all("\n" not in sentence and len(sentence) < 400 for sentence in said), said
    return said


def fault(files: Mapping[str, str]) -> str:
    """The one thing that is wrong."""
    (said,) = faults(files)
    return said


def without(*names: str) -> dict[str, str]:
    return {name: text for name, text in COMPLAINT.items() if name not in names}


def manifest(was: str, becomes: str) -> dict[str, str]:
    return changed("manifest.yaml", (was, becomes))


def test_the_complaint_as_it_ships_is_deployed_once(db: None) -> None:
    first, second = deploy(COMPLAINT, TEST), deploy(dict(reversed(COMPLAINT.items())), TEST)
    assert isinstance(first, Published) and first.created
    assert isinstance(second, Published) and not second.created and second.definition == first.definition


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("key: complaint\n", "", "manifest.yaml: key is missing."),
        ("key: complaint\n", "key: ../etc\n", "manifest.yaml, key: '../etc' does not have the form"),
        ("key: complaint\n", "key: 17\n", "manifest.yaml, key: 17 should be a text."),
        ("goal:", "gaol:", "manifest.yaml: 'gaol' is not known here; key, name, goal"),
        (
            "data, while: [wait",
            "data, whlie: [wait",
            "manifest.yaml, states/1: 'whlie' is not known here; name, when, while are.",
        ),
        ("when: ended", "when: later", "manifest.yaml, states/0/when: 'later' is none of ended, otherwise."),
        ("may: [view, work]", "may: [wrok]", "manifest.yaml, roles/Analysts/may/0: 'wrok' is none of view, work"),
        ("clearance: public", "clearance: all", "manifest.yaml, roles/Intake/clearance: 'all' is none of public"),
        ("intake: true", "intake: perhaps", "manifest.yaml, roles/Intake/intake: 'perhaps' should be true or false."),
        ("stages: [understand, answer]", "stages: understand", "manifest.yaml, stages: 'understand' should be a list."),
        ("required: [message]", "required: message", "manifest.yaml, intake/required: 'message' should be a list."),
        ("form: reply, label", "form: reply, lable", "manifest.yaml, external/0: label is missing."),
        ("case: complaint\n", "case: [complaint]\n", "manifest.yaml, case: this list should be a text."),
    ],
)
def test_a_slip_in_the_manifest_is_named_with_its_place(was: str, becomes: str, said: str) -> None:
    found = faults(manifest(was, becomes))
    assert found[0].startswith(said) and all(one.startswith("manifest.yaml") for one in found)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("case: complaint\n", "case: complain\n", "manifest.yaml, case: no case or process is called 'complain'"),
        (
            "data, while: [wait_for_reply]",
            "data, while: [wait]",
            "manifest.yaml, states/Awaiting external data: no model has an item 'wait'.",
        ),
        ("stages: [under", "stages: [over", "manifest.yaml, stages: no model has an item 'overstand'."),
        ("item: wait_for_reply", "item: wait", "manifest.yaml, external: no model has an item 'wait'."),
        ("form: reply", "form: replies", "manifest.yaml, external/wait_for_reply: forms.yaml has no form 'replies'."),
        (
            "may_open: [Ana",
            "may_open: [Para",
            "manifest.yaml, may_open: the manifest's roles have no group 'Paralysts'.",
        ),
        ("fallback_group: S", "fallback_group: J", "manifest.yaml, fallback_group: the manifest's roles have no group"),
        ("text: message", "text: massage", "manifest.yaml, intake: the schema has no place 'massage' in the data."),
        ("customer.iban", "customer.ibann", "manifest.yaml, intake: the schema has no place 'customer.ibann'"),
        ("data.schema.json", "other.json", "other.json is missing."),
    ],
)
def test_what_the_manifest_names_must_be_there(was: str, becomes: str, said: str) -> None:
    assert fault(manifest(was, becomes)).startswith(said)


@pytest.mark.parametrize(
    ("file", "was", "becomes", "said"),
    [
        ("forms.yaml", "label: Why", "labell: Why", "forms.yaml, review/fields/5: label is missing."),
        (
            "forms.yaml",
            "widget: textarea",
            "widget: slider",
            "forms.yaml, question/fields/0/widget: 'slider' is none of",
        ),
        ("forms.yaml", "path: question", "path: kwestion", "forms.yaml, question: the schema has no place 'kwestion'"),
        (
            "forms.yaml",
            "{verdict: [reject]}",
            "{verdikt: [reject]}",
            "forms.yaml, review/answer: required_unless names",
        ),
        (
            "forms.yaml",
            "{verdict: [reject]}",
            "{verdict: reject}",
            "forms.yaml, review/fields/3/required_unless/verdict:",
        ),
        ("forms.yaml", "fields:", "fields: [", "forms.yaml, line"),
        (
            "complaint.cmmn",
            'form="question"',
            'form="kwestion"',
            "complaint.cmmn, write_question_task: forms.yaml has no",
        ),
        (
            "complaint.cmmn",
            'Groups="Senior',
            'Groups="Junior',
            "complaint.cmmn, senior_review_task: the manifest's roles",
        ),
        ("complaint.cmmn", 'externalRef="route"', 'externalRef="rout"', "complaint.cmmn, route"),
        ("complaint.cmmn", "<casePlanModel", "<casePlanModell", "complaint.cmmn, "),
        ("routing.dmn", "&lt; 75", "&lt; ", "routing.dmn, rule 1 of routing_table: "),
        ("data.schema.json", '"required"', '"required" 1', "data.schema.json, line"),
        ("data.schema.json", '["message"]', '"message"', "data.schema.json, required: 'message' should be a list."),
        ("data.schema.json", '"confidential"', '"secret"', "The schema's classification: The schema names 'secret'"),
    ],
)
def test_a_slip_in_another_file_is_named_with_its_place(file: str, was: str, becomes: str, said: str) -> None:
    assert any(one.startswith(said) for one in faults(changed(file, (was, becomes)))), faults(
        changed(file, (was, becomes))
    )


def test_everything_that_is_wrong_comes_at_once(db: None) -> None:
    broken = {
        "manifest.yaml": COMPLAINT["manifest.yaml"].replace("goal:", "gaol:").replace("when: ended", "when: later"),
        "routing.dmn": COMPLAINT["routing.dmn"].replace("&lt; 75", "&lt; "),
        "complaint.cmmn": COMPLAINT["complaint.cmmn"].replace('externalRef="route"', 'externalRef="rout"'),
        "data.schema.json": "{",
    }
    said = faults(without("forms.yaml") | broken)
    assert {one.partition(",")[0].partition(" ")[0].strip(":") for one in said} >= {
        "manifest.yaml", "forms.yaml", "routing.dmn", "data.schema.json"}  # fmt: skip
    assert sum(one.startswith("manifest.yaml") for one in said) == 2


@pytest.mark.parametrize("file", ["complaint.cmmn", "routing.dmn"])
def test_a_model_with_a_document_type_is_refused(file: str) -> None:
    head, _, rest = COMPLAINT[file].partition("?>")
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    said = faults(COMPLAINT | {file: f"{head}?>{entity}{rest}"})
    assert any(one.startswith(file) for one in said) and not any("root:" in one for one in said)


@pytest.mark.parametrize(
    "name",
    ["../evil.yaml", "/etc/passwd.yaml", "a/b.yaml", "..\\x.json", ".hidden.yaml", "a..b.yaml", "x\0.yaml", "ä.yaml"],
)
def test_a_file_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "is no plain file name" in fault(COMPLAINT | {name: "{}"})


@pytest.mark.parametrize("name", ["run.py", "page.html", "evil.exe", "models.cmmn.zip", "noend"])
def test_a_file_that_is_no_part_of_a_case_type_is_refused(name: str) -> None:
    assert fault(COMPLAINT | {name: "x"}).startswith(f"{name} is none of the files that make a case type")


def test_too_much_is_refused_before_it_is_read() -> None:
    assert "together they may have at most" in fault(COMPLAINT | {"big.json": " " * (MOST_CHARACTERS + 1)})
    many = {f"f{number}.json": "{}" for number in range(MOST_FILES)}
    assert f"a case type has at most {MOST_FILES}" in fault(COMPLAINT | many)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("manifest.yaml", "", "names with values are expected"),
        ("manifest.yaml", "- a\n- b\n", "names with values are expected"),
        ("manifest.yaml", "key: &a [*a]\n", "manifest.yaml"),
        ("manifest.yaml", "!!python/object/apply:os.system ['true']", "manifest.yaml, line 1"),
        ("manifest.yaml", "key: x\x07", "manifest.yaml"),
        ("manifest.yaml", "yes: 1\n2: 3\n", "stands where a name is expected"),
        ("manifest.yaml", "[" * 5000, "nested too deeply"),
        ("forms.yaml", ALIASES, "holds more than"),
        ("data.schema.json", "[" * 100_000, "nested too deeply"),
        ("data.schema.json", "[]", "names with values are expected"),
        ("data.schema.json", '{"type": "object", "pattern": "("}', "data.schema.json, pattern"),
        (
            "data.schema.json",
            '{"type": "object", "properties": {"a": {"pattern": "(?=b)c"}}}',
            "the form '(?=b)c' cannot be checked here",
        ),
        ("data.schema.json", '{"$ref": "https://example.org/x"}', "refers to 'https://example.org/x', which is"),
        ("data.schema.json", '{"properties": {"a": true}}', "data.schema.json: 'a' is described by true or false"),
        ("data.schema.json", '{"properties": {"a": {"$ref": "#"}}}', "The schema contains itself"),
        ("complaint.cmmn", "not XML", "complaint.cmmn"),
        ("complaint.cmmn", "<a>" * 5000, "complaint.cmmn"),
        ("routing.dmn", "\0", "NUL"),
        ("routing.dmn", "\udcff", "broken encoding"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_a_sentence(file: str, text: str, said: str) -> None:
    assert any(said in one for one in faults(COMPLAINT | {file: text})), faults(COMPLAINT | {file: text})


def test_a_wrong_version_leaves_the_one_that_is_there(db: None) -> None:
    first = deploy(COMPLAINT, TEST)
    assert isinstance(first, Published)
    assert isinstance(deploy(manifest("goal:", "gaol:"), TEST), Refused)
    assert list(Definition.objects.values_list("pk", "version")) == [(first.definition.pk, 1)]


def test_the_command_says_what_is_wrong_with_a_folder(tmp_path: Path, db: None) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for name, text in manifest("goal:", "gaol:").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "data.schema.json").write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="data.schema.json holds characters that cannot be kept"):
        call_command("deploy", str(folder))
    assert not Definition.objects.exists()


def test_a_case_type_may_be_a_process(db: None) -> None:
    deployed("reminder.bpmn", root="reminder")
    opened = case_open(by=None, case_type="trial", reference="1", source="test", data={"number": "1"})
    assert isinstance(opened, Opened) and opened.created
    assert HumanTask.objects.get().name == "Act"


def test_a_schema_may_leave_open_what_else_there_is(db: None) -> None:
    loose = json.loads(COMPLAINT["data.schema.json"]) | {"additionalProperties": True}
    files = changed("forms.yaml", ("path: question", "path: remark")) | {"data.schema.json": json.dumps(loose)}
    assert isinstance(deploy(files, TEST), Published)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"PT1M"', '"rubbish"', "The deadline of rule 2 of 'work_routing': 'rubbish' is no duration"),
        ('"PT1M"', '"-PT5M"', "The deadline of rule 2 of 'work_routing': '-PT5M'"),
        ('"PT1M"', '"PT0S"', "The deadline of rule 2 of 'work_routing': 'PT0S'"),
        ('"PT1M"', '"P9999999999Y"', "The deadline of rule 2 of 'work_routing': "),
        ('"PT1M"', '"rub" + "bish"', "The deadline of rule 2 of 'work_routing': 'rubbish' is no duration"),
        ('"Analysts"', '"Nobody"', "The group of rule 1 of 'work_routing': the manifest's roles have no group"),
        ('"Analysts"', '["Nobody"]', "The group of rule 1 of 'work_routing': the manifest's roles have no group"),
    ],
)
def test_a_routing_that_would_stop_every_case_is_refused_before_it_holds(was: str, becomes: str, said: str) -> None:
    assert fault(changed("work.dmn", (was, becomes))).startswith(said)


def test_a_routing_may_say_a_deadline_by_the_case_or_none() -> None:
    for cell in ("null", "work.deadline", '"PT90M"', ""):
        assert isinstance(deploy(changed("work.dmn", ('"PT1M"', cell)), TEST), Published)
