"""Which libraries does a process do without that others would read only because they happen to be installed?

structlog reads rich for tracebacks, Django REST framework requests and Pygments for a client and for pages that are not
used here. Each takes megabytes of every process, as long as it lives.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Inside the block importing these fails, as if they were not installed; what is imported already stays."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # the import system's own word for "not there"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
