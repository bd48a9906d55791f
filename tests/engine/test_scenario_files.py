"""Does the runner of scenario files tell the truth about them?"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.casetypes.scenarios import main, run_files
from tests.engine.models import HUMAN, cmmn, item

FORMAT = "format: orch-scenario/1+ext\nmodels: [m.cmmn]\nruns:\n- name: one\n  steps:\n"


@pytest.fixture
def folder(tmp_path: Path):
    (tmp_path / "m.cmmn").write_bytes(cmmn(item("a") + HUMAN))
    return tmp_path


def verdict(folder: Path, *steps: str) -> str:
    (folder / "s.yaml").write_text(FORMAT + "".join(f"  - {step}\n" for step in steps))
    (result,) = run_files([folder])
    return result.message


def test_a_run_that_holds_passes(folder):
    assert (
        verdict(folder, "start: {case: c}", "expect: {tasks: [a]}", "complete: {task: a}", "expect: {state: completed}")
        == ""
    )


def test_an_expectation_that_does_not_hold_says_what_was_found(folder):
    message = verdict(folder, "start: {case: c}", "expect: {tasks: [b]}")
    assert message == "step 2: open tasks: expected ['b'], found ['a']"


def test_a_step_that_is_refused_fails_the_run(folder):
    assert "Nothing open is called 'b'" in verdict(folder, "start: {case: c}", "complete: {task: b}")


def test_a_step_that_must_be_refused_and_is_not_fails_the_run(folder):
    assert "was not refused" in verdict(folder, "start: {case: c}", "fails: {complete: {task: a}}")


def test_a_step_or_expectation_that_the_format_does_not_know_fails_the_run(folder):
    assert "no step is called 'jump'" in verdict(folder, "start: {case: c}", "jump: {far: true}")
    assert "no expectation is called 'mood'" in verdict(folder, "start: {case: c}", "expect: {mood: good}")


def test_a_model_that_cannot_be_deployed_fails_the_run(folder):
    (folder / "m.cmmn").write_bytes(cmmn(item("a", "ghost")))
    assert "no plan item definition 'ghost'" in verdict(folder, "start: {case: c}")


def test_a_file_that_cannot_be_read_fails(folder):
    (folder / "s.yaml").write_text("runs: [")
    (result,) = run_files([folder / "s.yaml"])
    assert "the file is no scenario file" in result.message


def test_the_command_says_which_runs_pass_and_its_status_tells(folder, capsys):
    verdict(folder, "start: {case: c}")
    assert main(["run", str(folder)]) == 0
    assert capsys.readouterr().out == "pass  s.yaml [one]\n1 of 1 runs pass\n"
    verdict(folder, "start: {case: c}", "expect: {state: completed}")
    assert main(["run", str(folder)]) == 1
    assert main([]) == 2
