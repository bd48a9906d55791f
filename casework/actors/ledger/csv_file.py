"""How does a table leave as a file that a spreadsheet opens without running it?

CSV (RFC 4180), sent as it is read. A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.http import StreamingHttpResponse

RUNS: Final = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What `csv` writes into: it hands each line on."""

    def write(self, text: str) -> str:
        return text


def csv_answer(rows: Iterable[Sequence[str]], name: str) -> StreamingHttpResponse:
    """The rows as a download of this name."""
    answer = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    for row in rows:
        yield writer.writerow([f"'{cell}" if cell.startswith(RUNS) else cell for cell in row])
