"""How well are company, date and total read from photographed receipts, and how long does a page take?

On the receipts of SROIE in ../shared/data/receipts, or in the folder that RECEIPTS names: pictures (.jpg), each with
its labels beside it (.json). *Exact*: the same letters and digits (a total: the same number). *Near*: at least 85 of
100 letters alike (a date: the same day).
"""

from __future__ import annotations

import json
import os
import re
import resource
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median
from typing import Any, Final

from orchestration.documents.fields import NAMES, found_in
from orchestration.documents.finding import dates_in, number_of
from orchestration.documents.kinds import Kind, kind_of
from orchestration.documents.reading import pictures_read
from orchestration.documents.words import Page

SHARED: Final = Path(__file__).resolve().parents[3] / "shared/data/receipts"
RECEIPTS: Final = Path(os.environ.get("RECEIPTS") or SHARED)
TOLD: Final = 10
"""Receipts after which it says how far it is."""
LABELS: Final = ("company", "date", "total")
ALIKE: Final = 0.85


def figures(folder: Path = RECEIPTS) -> Iterator[str]:
    """A line for each field, and one for the time."""
    pictures = sorted(folder.glob("*.jpg")) if folder.is_dir() else []
    if not pictures:
        yield f"skipped: there are no receipts in {folder}"
        return
    exact, near, seconds = Counter[str](), Counter[str](), []
    for at, path in enumerate(pictures):
        if at and not at % TOLD:
            yield f"{at} of {len(pictures)} read"
        begun = _cpu()
        page = _read(path)
        seconds.append(_cpu() - begun)
        found = {one.name: one.value for one in found_in([page])}
        labelled = json.loads(path.with_suffix(".json").read_text())
        for name in LABELS:
            same, alike = compared(name, found.get(name, ""), labelled[name])
            exact[name] += same
            near[name] += same or alike
    for name in LABELS:
        whole = len(pictures)
        yield f"{NAMES[name]:8} exact {exact[name] / whole:.2f}, near {near[name] / whole:.2f} of {whole} receipts"
    yield f"a page: {median(seconds):.1f} s of CPU in a process of its own, models loaded anew ({len(pictures)} pages)"


def compared(name: str, found: str, labelled: str) -> tuple[bool, bool]:
    """Whether a value is what it was labelled as, and whether it is nearly that."""
    if name == "total":
        same = bool(found) == bool(labelled) and number_of(found) == number_of(labelled)
        return same, same
    same = _plain(found) == _plain(labelled)
    if name == "date":
        return same, bool(found) and [day for _, day in dates_in(found)] == [day for _, day in dates_in(labelled)]
    return same, SequenceMatcher(None, _plain(found), _plain(labelled)).ratio() >= ALIKE


def _read(path: Path) -> Page:
    content = path.read_bytes()
    kind: Any = kind_of(content)
    assert isinstance(kind, Kind)
    return pictures_read(content, kind.key, [1])[0]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
