"""A case type carries its own scenarios; a command runs them, says how each went, and its exit status tells."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.actors.bundled import CASE_TYPES

FILES = sorted(path for path in CASE_TYPES.glob("*/scenarios/*.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the complaint, to be spoilt."""
    copied: Path = shutil.copytree(CASE_TYPES / "complaint", tmp_path / "complaint copy")
    return copied


def said(capsys: pytest.CaptureFixture[str], *names: str) -> list[str]:
    call_command("scenarios", *names)
    return capsys.readouterr().out.splitlines()


def refused(capsys: pytest.CaptureFixture[str], *names: str) -> tuple[list[str], str]:
    """What the command wrote, and why its exit status is 1."""
    with pytest.raises(CommandError) as failed:
        call_command("scenarios", *names)
    assert failed.value.returncode == 1
    return capsys.readouterr().out.splitlines(), str(failed.value)


def spoil(folder: Path, file: str, was: str, becomes: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert was in text
    (folder / file).write_text(text.replace(was, becomes), "utf-8")


def test_every_scenario_of_every_case_type_that_ships_holds(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys)
    assert lines[-1] == f"All {len(lines) - 1} scenarios hold." and len(lines) > 8
    assert {file.name for file in FILES} == {line.split(",")[0].split()[1] for line in lines[:-1]}
    assert all(line.startswith("holds  ") for line in lines[:-1])


def test_a_case_type_is_named_by_its_key_or_by_its_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "complaint") == said(capsys, str(folder))


def test_a_changed_rule_breaks_the_scenario_that_speaks_of_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder, "routing.dmn", "&lt; 75", "&lt; 80")
    lines, why = refused(capsys, str(folder))
    assert [line for line in lines if line.startswith("FAILS")] == [
        "FAILS  confidence.yaml, 75 %: step 4: open tasks: expected ['Approve the answer'], found ['Senior review']"
    ]
    assert why == f"1 of {len(lines)} scenarios do not hold."


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("answer:", "anser:", "step 2: no step is called 'anser'"),
        ("capability: intent", "capabilty: intent", "step 2 is no step that can be taken: KeyError: 'capability'"),
        ("case: complaint", "case: complain", "step 1: No case 'complain' is deployed."),
        ("../routing.dmn", "../nowhere.dmn", "the models cannot be read: "),
        ("  steps:", "  stepps:", "the file is no scenario file: KeyError: 'steps'"),
        ("runs:", "runs: {", "the file is no scenario file: "),
    ],
)
def test_a_scenario_file_with_a_slip_fails_with_a_reason(
    folder: Path, capsys: pytest.CaptureFixture[str], was: str, becomes: str, why: str
) -> None:
    spoil(folder, "scenarios/confidence.yaml", was, becomes)
    lines, _ = refused(capsys, str(folder))
    assert any(line.startswith("FAILS  confidence.yaml") and why in line for line in lines), lines


def test_a_broken_model_fails_every_scenario_with_the_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder, "complaint.cmmn", 'externalRef="route"', 'externalRef="rout"')
    lines, why = refused(capsys, str(folder))
    assert all("the models are refused: complaint.cmmn" in line for line in lines)
    assert why == f"{len(lines)} of {len(lines)} scenarios do not hold."


def test_a_case_type_without_scenarios_is_not_said_to_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, why = refused(capsys, str(tmp_path))
    assert "has no scenarios" in why


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in CASE_TYPES.glob("*/manifest.yaml")), ids=lambda one: one.name
)
def test_who_does_the_work_of_machines_is_a_table_of_few_rules_in_every_case_type_that_asks_for_any(
    folder: Path,
) -> None:
    models = [path.read_text("utf-8") for path in folder.iterdir() if path.suffix in (".bpmn", ".cmmn")]
    asks = any("casewright:capability=" in text or "capability=" in text for text in models)
    assert (folder / "work.dmn").exists() == asks and (folder / "scenarios/work.yaml").exists() == asks
    if asks:
        assert "\nrouting: work_routing\n" in (folder / "manifest.yaml").read_text("utf-8")
        assert (folder / "work.dmn").read_text("utf-8").count("<rule ") <= 6
