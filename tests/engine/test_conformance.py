"""Do the given scenarios, and our own, run as they say? Each on an engine that is stored and read after every step."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.casetypes.scenario_engine import Engine
from orchestration.casetypes.scenarios import run_file
from orchestration.engine.apply import replay

ROOT = Path(__file__).parents[2]
GIVEN = ROOT.parent / "shared" / "conformance" / "scenarios"
OWN = Path(__file__).parent / "scenarios"
CASE_TYPES = ROOT / "casework" / "casetypes"


class ReplayingEngine(Engine):
    """After every command, the events so far must give exactly the stored state."""

    def take(self, root, command, *how):
        super().take(root, command, *how)
        assert replay(root.events) == root.state


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.yaml"))


def check(file: Path) -> None:
    failed = [f"{result.run}: {result.message}" for result in run_file(file, ReplayingEngine) if result.message]
    assert failed == []


@pytest.mark.conformance
@pytest.mark.skipif(not GIVEN.is_dir(), reason="the conformance scenarios are not beside this checkout")
@pytest.mark.parametrize("file", files(GIVEN), ids=lambda file: file.stem)
def test_the_given_scenarios_run(file):
    check(file)


@pytest.mark.parametrize("file", files(OWN), ids=lambda file: file.stem)
def test_our_own_scenarios_run(file):
    check(file)


@pytest.mark.parametrize("file", sorted(CASE_TYPES.glob("*/scenarios/*.yaml")), ids=lambda file: file.stem)
def test_the_scenarios_of_the_case_types_that_ship_run(file):
    check(file)
