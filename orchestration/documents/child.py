"""What is done with a document in the process that may do nothing else?

`main` reads an order (a line of JSON) and the document from standard input, loads what the order needs, limits itself
and gives up all system calls but those of a computation, and only then opens the document. It prints a line of JSON,
with the picture that it drew behind it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from orchestration.actors.kinds.code import sandbox
from orchestration.documents.confined import Unreadable

Json = Any
Work = Callable[[bytes, dict[str, Json]], tuple[dict[str, Json], bytes]]

WORK: Final = {
    "look": "orchestration.documents.pages:look",
    "draw": "orchestration.documents.pages:draw",
    "text": "orchestration.documents.layer:read",
    "ocr": "orchestration.documents.ocr:read",
    "speech": "orchestration.documents.speech:read",
    "attached": "orchestration.documents.attached:read",
}


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    work = _loaded(order)
    _shut_in(order)
    try:
        told, drawn = work(content, order)
    except Unreadable as error:
        told, drawn = {"error": str(error), "code": error.code}, b""
    except MemoryError:
        told, drawn = {"error": "This document needs too much memory to be opened.", "code": "bomb"}, b""
    except Exception as error:
        kind = type(error).__name__
        told, drawn = {"error": f"This document cannot be opened: it is damaged ({kind}).", "code": "damaged"}, b""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + drawn)
    sys.stdout.buffer.flush()


def _loaded(order: dict[str, Json]) -> Work:
    """The work, with all that it will need: nothing can be loaded any more once the process is shut in."""
    module, _, name = WORK[order["do"]].partition(":")
    found = import_module(module)
    found.prepare()
    work: Work = getattr(found, name)
    return work


def _shut_in(order: dict[str, Json]) -> None:
    """Where the machine cannot keep a process from files, its time and memory are limited all the same."""
    with suppress(ValueError, OSError):
        sandbox.limit(order["seconds"], order["memory"])
    if sandbox.is_possible():
        sandbox.shut()
