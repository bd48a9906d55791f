"""What does masking cost, with few and with many values that were changed, and with a hostile text?"""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

from orchestration.privacy.classification import classify
from orchestration.privacy.masking import FormerValue, Rows, former_values, mask
from orchestration.privacy.principal import Principal
from orchestration.privacy.texts import FORMS, Secrets, mask_text

SCHEMA = {"properties": {"customer": {"x-classification": "confidential", "properties": {"name": {"x-mask": "name"}}}}}
TEXTS = [f"Step {n} of the case was finished by Anna, and the rules decided about it." for n in range(250)]


def figures() -> Iterator[str]:
    """CPU of a page's texts beside a case of 60 events, then of hostile digits beside a tenth of them."""
    least = 0.0
    for events in (60, 1_000, 10_000):
        took = _page(_past(events))
        least = least or took
        yield f"{events:>6} changed names: {took * 1e3:6.1f} ms for 250 texts, {took / least:.2f} times"
    few, many = _hostile(2_000), _hostile(20_000)
    yield f"20,000 hostile digits: {many / few:.1f} times 2,000"


def _past(events: int) -> Rows:
    documents = ({"customer": {"name": f"Person{n} Hidden{n}"}} for n in range(events))
    rows: list[FormerValue] = list(former_values(documents, classify(SCHEMA)))
    return Rows([row.forms for row in rows], [row.seeds for row in rows])


def _page(past: Rows) -> float:
    started = process_time()
    view = mask({}, classify(SCHEMA), Principal("public"), past={"/customer/name": past})
    for text in TEXTS:
        view.text(text)
    return process_time() - started


def _hostile(length: int) -> float:
    started = process_time()
    mask_text("1 2 3 4 " * (length // 8), Secrets(kinds=FORMS))
    return process_time() - started
