"""Is each section of the benchmarks there under its name, and does one that fails leave the others theirs?"""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.__main__ import SECTIONS, Section, main, wanted


def test_each_section_has_a_name_of_its_own_and_a_function_that_takes_what_it_is_given() -> None:
    assert len({section.name for section in SECTIONS}) == len(SECTIONS)
    for section in SECTIONS:
        asked = inspect.signature(getattr(import_module(f"tests.benchmarks.{section.module}"), section.function))
        needed = [name for name, one in asked.parameters.items() if one.default is one.empty]
        assert needed == (["dsn"] if section.takes_dsn else []), section.name


def test_a_name_that_is_none_is_said_with_those_that_are() -> None:
    with pytest.raises(SystemExit, match="No figures are named nonsense. There are: decisions"):
        wanted(["nonsense"])


def test_a_section_that_fails_keeps_no_other_from_its_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[str] = []

    def tries(section: Section, dsn: str) -> bool:
        tried.append(section.name)
        return section.name != "pins"

    monkeypatch.setattr(benchmarks, "_by_itself", tries)
    assert main(["proposals", "pins", "round"]) == 1
    assert tried == ["proposals", "pins", "round"]
    assert "No figures, or not all of them: pins" in capsys.readouterr().out
    assert main(["proposals"]) == 0
