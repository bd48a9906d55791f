"""Who is on the list of the American Office of Foreign Assets Control?

Its two CSV files without headings: `sdn.csv` (number, name, kind, programme, ...) and `alt.csv` (number, number of the
alias, "aka", alias, ...); `-0-` stands for nothing.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from orchestration.diligence.names import Entry

NOTHING: Final = "-0-"


def listed(folder: Path) -> list[Entry]:
    """All entries with their aliases. Raises OSError where a file is not there."""
    also = defaultdict[str, list[str]](list)
    for row in _rows(folder / "alt.csv"):
        also[row[0]].append(row[3])
    return [Entry(row[0], row[1], row[2], row[3], tuple(also[row[0]])) for row in _rows(folder / "sdn.csv")]


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.reader(file):
            cells = ["" if cell.strip() == NOTHING else cell.strip() for cell in row]
            if len(cells) > 3:
                yield cells
