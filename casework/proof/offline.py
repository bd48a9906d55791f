"""How are decisions of a case run again without the product? By the engine's own files and a small program.

The engine that evaluates decisions is pure and needs Python alone, so a capsule carries just those of its modules that
decisions need; `rerun.py` runs them from inside the archive.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from orchestration import __file__ as PACKAGE
from orchestration.view.rerun import __file__ as RERUN

ROOT: Final = Path(PACKAGE).parents[1]
ENTRIES: Final = ("orchestration.engine.compile_decisions", "orchestration.engine.decisions")


def runner() -> Iterator[tuple[str, bytes]]:
    """The files, by their place in a capsule."""
    yield "rerun.py", Path(RERUN).read_bytes()
    for place in needed():
        yield f"engine/{place}", (ROOT / place).read_bytes()


@cache
def needed() -> tuple[str, ...]:
    """The places of all modules of the engine that decisions need, below the folder of the product."""
    found: dict[str, Path] = {}
    waiting = list(ENTRIES)
    while waiting:
        module = waiting.pop()
        path = _place(module)
        if module in found or path is None:
            continue
        found[module] = path
        waiting += [*_imported(module, path), *([module.rpartition(".")[0]] if "." in module else [])]
    return tuple(sorted(str(path.relative_to(ROOT)) for path in found.values()))


def _place(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    return next((one for one in (base.with_suffix(".py"), base / "__init__.py") if one.is_file()), None)


def _imported(module: str, path: Path) -> Iterator[str]:
    """Modules of the engine that this one names; what is imported from a package may be a module of it."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("orchestration.engine"))
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            if base.startswith("orchestration.engine"):
                yield base
                yield from (f"{base}.{one.name}" for one in node.names)
