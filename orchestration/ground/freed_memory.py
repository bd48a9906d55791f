"""How does memory that is not used any more go back to the machine? glibc keeps it until it is asked (malloc_trim(3)).

Reading a model or compiling a case type takes for a moment twice what stays: some 60 MB of a worker, 20 of a web
process.
"""

import ctypes
import gc
from contextlib import suppress


def give_back() -> None:
    """Collect what nobody refers to, and give the free pages back where the C library can."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
