"""How is a document opened that may have been made to do harm?

In a process of its own (`child`) with limits of time, memory and output, which can open no file and reach no address.
Whatever is in the document, the worst that comes of it is a sentence.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from orchestration.ground.child_process import Limits, Ran, TookTooLong, ran

Json = Any
ROOT: Final = Path(__file__).resolve().parents[2]
BEGIN: Final = "import sys; sys.path.append(sys.argv[1]); from orchestration.documents.child import main; main()"
ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"}
MB: Final = 2**20
QUICK: Final = Limits(seconds=20, memory=1024 * MB, output=16 * MB)
"""To look at a document, or to draw one page of it."""


class Unreadable(Exception):
    """A document that cannot be opened; the text says why, as a sentence. `code`: a word for programs."""

    def __init__(self, sentence: str, code: str = "unreadable") -> None:
        super().__init__(sentence)
        self.code = code


def asked_of(content: bytes, limits: Limits = QUICK, **asked: Json) -> tuple[dict[str, Json], bytes]:
    """What the child says of a document, and what it drew. Raises Unreadable."""
    order = {**asked, "seconds": limits.seconds, "memory": limits.memory}
    command = [sys.executable, "-I", "-c", BEGIN, str(ROOT)]
    try:
        done = ran(command, json.dumps(order).encode() + b"\n" + content, limits, ENVIRONMENT, slack=20)
    except TookTooLong:
        raise Unreadable("This document takes too long to open.", "too-slow") from None
    return _answer(done, limits)


def _answer(done: Ran, limits: Limits) -> tuple[dict[str, Json], bytes]:
    if len(done.said) > limits.output:
        raise Unreadable("This document holds far too much when it is opened.", "bomb")
    if done.was_killed():
        raise Unreadable("This document takes too long to open.", "too-slow")
    line, _, drawn = done.said.partition(b"\n")
    try:
        told = json.loads(line)
    except ValueError:
        raise Unreadable("This document cannot be opened: it is damaged, or made to do harm.") from None
    if "error" in told:
        raise Unreadable(told["error"], told.get("code", "unreadable"))
    return told, drawn
