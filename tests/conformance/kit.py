"""How much of the DMN conformance kit does the engine pass, and is that still as much as it was?

`python -m tests.conformance.kit [FOLDER]` runs the kit that stands in FOLDER (else in the folder that the environment
variable CONFORMANCE names, else `../shared/conformance`) against `python -m orchestration.engine.dmn`, prints the
totals of every level and folder, and ends with status 1 below the floor. Where there is no kit it says so and ends
with status 0.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "conformance"
ENGINE = f"{shlex.quote(sys.executable)} -m orchestration.engine.dmn"
LEVELS = ("2", "3")
SECONDS_A_CASE = 10

# The floor: passed cases of each level, by the three figures of the kit (all, non-null, guarded). All of them pass;
# a file that expects nothing but null never counts as guarded.
FLOOR = {
    "compliance-level-2": {"pass": 116, "nnpass": 105, "guard": 116},
    "compliance-level-3": {"pass": 2079, "nnpass": 1047, "guard": 2071},
}


def runner(folder: Path) -> ModuleType | None:
    """The kit's own runner, or None where the folder holds no kit."""
    path = folder / "tck_runner.py"
    if not path.is_file() or not (folder / "dmn-tck").is_dir():
        return None
    spec = importlib.util.spec_from_file_location("tck_runner", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tck_runner"] = module
    spec.loader.exec_module(module)
    return module


def outcomes(kit: ModuleType, folder: Path) -> Iterator[tuple[Any, str, str]]:
    """Each case of the kit with its status and message."""
    engine = kit.Command(ENGINE, SECONDS_A_CASE)
    try:
        for case in kit.load(folder / "dmn-tck", LEVELS):
            status, message = kit.run_case(engine, case)
            yield case, status, message
    finally:
        engine.close()


def report(kit: ModuleType, rows: list[tuple[Any, str, str]]) -> list[str]:
    """Lines with the totals of each folder and level; then the failures."""
    scored = [(case, status) for case, status, _ in rows]
    lines = []
    for level in dict.fromkeys(case.level for case, _ in scored):
        of_level = [row for row in scored if row[0].level == level]
        for folder in dict.fromkeys(case.folder for case, _ in of_level):
            lines.append(kit.line("  " + folder, kit.score([row for row in of_level if row[0].folder == folder])))
        lines.append(kit.line(level, kit.score(of_level)))
    lines.append(kit.line("total", kit.score(scored)))
    lines += [f"{status} {case.folder}#{case.id} {message}" for case, status, message in rows if status != "PASS"]
    return lines


def below_the_floor(kit: ModuleType, rows: list[tuple[Any, str, str]]) -> list[str]:
    """A sentence for each figure that is lower than it was."""
    sentences = []
    for level, floor in FLOOR.items():
        score = kit.score([(case, status) for case, status, _ in rows if case.level == level])
        sentences += [
            f"{level}: {score[figure]} cases by the figure {figure!r}, the floor is {least}"
            for figure, least in floor.items()
            if score[figure] < least
        ]
    return sentences


def main(arguments: list[str]) -> int:
    given = arguments[0] if arguments else os.environ.get("CONFORMANCE")
    folder = Path(given).resolve() if given else DEFAULT
    kit = runner(folder)
    if kit is None:
        print(f"no conformance kit in {folder}: nothing was run")
        return 0
    rows = list(outcomes(kit, folder))
    print("\n".join(report(kit, rows)))
    lost = below_the_floor(kit, rows)
    print("\n".join(lost) if lost else "at or above the floor")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
