"""How well are invoices of known content read, and how long does a page take? (`papers`, a fixed seed)

A field is exact where its value is that of the paper: the same letters without case and spaces, the same day, the same
sum. Every tenth invoice is read a second time as a scan: drawn, and read as a picture.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from statistics import median
from typing import Final

from orchestration.documents.confined import asked_of
from orchestration.documents.fields import FROM_PAGES, NAMES, found_in, plain_of
from orchestration.documents.reading import pictures_read, text_of
from orchestration.documents.words import Page
from tests.benchmarks.papers import Paper, bundle, invoices
from tests.benchmarks.typeset import typeset

WANTED: Final = 100
SCANS: Final = 10
PAGES: Final = 40
OTHERS: Final = 55


def figures(wanted: int = WANTED) -> Iterator[str]:
    """A line for each field, those that were wrong by layout, and the time."""
    papers = list(invoices(wanted))
    yield from _read("as PDF", papers, [_text(paper) for paper in papers])
    yield from _read("as scan", papers[:: wanted // SCANS], [_scan(paper) for paper in papers[:: wanted // SCANS]])
    if find_spec("typst") is None:
        yield "other layouts: Typst is not installed, see `make pdf`"
        return
    others = list(typeset(OTHERS))
    yield from _read("other layouts, typeset", others, [_text(paper) for paper in others])


def of_bundles() -> Iterator[str]:
    """A bundle of forty pages: its fields, and how long all of it takes."""
    paper, begun = bundle(PAGES), time.perf_counter()
    pages, seconds = _text(paper, PAGES)
    right = _right(paper, pages[:FROM_PAGES])
    yield f"{len(right)} of {len(NAMES)} fields exact"
    whole = time.perf_counter() - begun
    yield f"{seconds / PAGES * 1000:.0f} ms of CPU a page, {PAGES / whole:.0f} pages/s on the clock, one process"


def exact(paper: Paper) -> set[str]:
    """The fields of a paper that are read as they are."""
    return _right(paper, _text(paper)[0])


def _read(how: str, papers: Sequence[Paper], read: Sequence[tuple[Sequence[Page], float]]) -> Iterator[str]:
    right, wrong = Counter[str](), Counter[str]()
    for paper, (pages, _) in zip(papers, read, strict=True):
        exactly = _right(paper, pages)
        right.update(exactly)
        wrong.update(f"{name} in {paper.layout}" for name in NAMES.keys() - exactly)
    whole = len(papers)
    yield f"{how}: {sum(right.values()) / whole / len(NAMES):.3f} of all fields exact ({whole} invoices)"
    yield "  " + ", ".join(f"{name} {right[name] / whole:.2f}" for name in NAMES)
    if wrong:
        yield "  wrong: " + ", ".join(f"{name} {times}" for name, times in wrong.most_common(8))
    yield f"  a page: {median(seconds for _, seconds in read):.2f} s of CPU, in a process of its own"


def _right(paper: Paper, pages: Sequence[Page]) -> set[str]:
    found = {one.name: plain_of(one.name, one.value) for one in found_in(pages)}
    return {name for name, value in paper.truth.items() if _plain(found.get(name, "")) == _plain(value)}


def _plain(value: str | float) -> str:
    return f"{value:.2f}" if isinstance(value, float) else "".join(value.casefold().split())


def _text(paper: Paper, pages: int = 1) -> tuple[Sequence[Page], float]:
    begun = _cpu()
    found = text_of(paper.pdf, "pdf", pages).pages
    return found, _cpu() - begun


def _scan(paper: Paper) -> tuple[Sequence[Page], float]:
    _, drawn = asked_of(paper.pdf, do="draw", kind="pdf", page=1, width=1400)
    begun = _cpu()
    found = pictures_read(drawn, "webp", [1])
    return found, _cpu() - begun


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
