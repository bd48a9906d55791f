"""Is each command, file and variable there that README, docs and pages name? What stands there can be typed."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
from django.core.management import get_commands, load_command_class

from casework.runtime.command_line import PASSED_ON
from casework.runtime.demo_systems.__main__ import SYSTEMS
from casework.runtime.locations import ROOT
from tests.benchmarks.__main__ import SECTIONS

PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
CODE: Final = re.compile(r"```\w*\n(.*?)```|`([^`]+)`|((?:^ {4}\S.*\n)+)|<code>(.*?)</code>", re.DOTALL | re.MULTILINE)
TARGETS: Final = frozenset(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
BEFORE: Final = r"^(?:[A-Z_]+=\S* +)*"
OPTION: Final = re.compile(r"(?<=\s)--[a-z][a-z-]+")
FILE: Final = re.compile(r"(?:\w+/)+[\w-]+\.py|(?:audit|casework|docs|orchestration|tests)/[\w/.-]+")
WHEN_INSTALLED: Final = "casework/product/"
"""Only the distribution has it, not a checkout."""
BELOW: Final = (ROOT, ROOT / "orchestration/engine", ROOT / "orchestration")
VARIABLE: Final = re.compile(r"\bCASEWRIGHT_(?!SECRET_|SERVER_)[A-Z_]+[A-Z]\b")


def told() -> Iterator[tuple[Path, str]]:
    """Each thing that stands as code in a page of ours: a line of a block, or words within a sentence."""
    for page in (*PAGES, *sorted((ROOT / "templates").rglob("*.html"))):
        for found in CODE.finditer(page.read_text("utf-8")):
            text = "".join(filter(None, found.groups()))
            inline = found[2] or found[4]
            lines = [" ".join(text.split())] if inline else re.sub(r"\\\n\s*", " ", text).splitlines()
            yield from ((page.relative_to(ROOT), re.split(r"\s#\s", line.strip())[0]) for line in lines)


TOLD: Final = tuple(told())


def named(pattern: str) -> list[tuple[Path, re.Match[str]]]:
    return [(page, found) for page, line in TOLD for part in line.split(" && ") if (found := re.search(pattern, part))]


def test_each_target_of_make_is_one() -> None:
    asked = named(BEFORE + r"make ([a-z][a-z0-9-]*)(.*)")
    assert len(asked) > 40
    assert [(str(page), found[0]) for page, found in asked if found[1] not in TARGETS] == []
    only = [(page, system) for page, found in asked for system in re.findall(r"ONLY=(\w+)", found[2])]
    assert len(only) > 5 and [one for one in only if one[1] not in SYSTEMS] == []


def test_each_target_of_make_that_is_offered_says_what_it_does() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony and TARGETS - {"types", "style"} == {*phony[1].split()} - {"types", "style"}


def test_each_command_of_the_product_is_one_and_takes_its_options() -> None:
    asked = named(r'(?:manage\.py|casewright manage|make manage ARGS=")\s*([a-z_]+)\b([^"]*)')
    assert len(asked) > 50
    assert [(str(page), found[0]) for page, found in asked if found[1] not in get_commands()] == []
    wrong = [
        (str(page), found[1], option)
        for page, found in asked
        for option in OPTION.findall(found[2])
        if option not in options(found[1])
    ]
    assert wrong == []


@cache
def options(command: str) -> frozenset[str]:
    """With those of what stands below it (`role token`)."""
    app = get_commands()[command]
    given = app if isinstance(app, str) else app.name
    return frozenset(_of(load_command_class(given, command).create_parser("manage.py", command)))


def _of(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield from parser._option_string_actions
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _of(below)


def test_each_command_line_of_casewright_is_one() -> None:
    asked = named(BEFORE + r"casewright ([a-z]+)\b")
    known = {*PASSED_ON, "run", "prepare", "memory", "exec", "reset"}
    assert len(asked) > 10 and [(str(page), found[0]) for page, found in asked if found[1] not in known] == []


def test_each_module_that_is_run_is_one_and_each_section_of_the_benchmarks() -> None:
    asked = named(r"python -m ([\w.]+)((?: [a-z-]+)*)")
    assert len(asked) > 20 and [(str(page), found[1]) for page, found in asked if not is_run(found[1])] == []
    sections = [(page, name) for page, found in asked if found[1] == "tests.benchmarks" for name in found[2].split()]
    known = {section.name for section in SECTIONS}
    assert len(sections) > 15 and [(str(page), name) for page, name in sections if name not in known] == []


def is_run(module: str) -> bool:
    found = find_spec(module)
    is_package = found is not None and found.submodule_search_locations is not None
    return find_spec(f"{module}.__main__") is not None if is_package else found is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_file_that_a_page_names_is_there(page: Path) -> None:
    files = [line for where, line in TOLD if where == page.relative_to(ROOT) and FILE.fullmatch(line)]
    shipped = [name for name in files if name != WHEN_INSTALLED and not re.search(r"[A-Z]{2}|\*", name)]
    assert [name for name in shipped if not any((root / name).exists() for root in BELOW)] == []


def test_each_variable_that_a_page_names_is_read_somewhere() -> None:
    code = "\n".join(
        file.read_text("utf-8") for top in ("casework", "orchestration", "audit") for file in (ROOT / top).rglob("*.py")
    )
    families = tuple(re.findall(r"(CASEWRIGHT_[A-Z_]*_)\{", code))
    asked = {(page, name) for page, line in TOLD for name in VARIABLE.findall(line)}
    assert len(asked) > 50
    assert [one for one in asked if one[1] not in code and not one[1].startswith(families)] == []


def test_each_variable_that_is_read_is_named_on_a_page() -> None:
    """Whole, or, beside another of its family, by what is its own (`_CERTIFICATE`)."""
    said = "\n".join(page.read_text("utf-8") for page in PAGES)
    read = {
        name
        for file in (ROOT / "casework").rglob("*.py")
        for name in re.findall(r'\benv(?:\.\w+)?\("([A-Z_]+)"', file.read_text("utf-8"))
    }
    assert len(read) > 60
    assert {name for name in read if name not in said and f"`_{name.rpartition('_')[2]}`" not in said} == set()
