"""How is a large model read without being gone through again and again?

Python's cyclic garbage collector. A model being compiled is a million objects that all stay; while they are made, each
collection visits all that are there already, which more than doubles the time of a table of 10,000 rules and makes it
grow faster than the table. So it pauses, and goes on afterwards, as it was.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Without cyclic collection, unless it was off already. Other threads are spared it too, for as long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
