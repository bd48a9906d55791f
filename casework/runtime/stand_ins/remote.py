"""How does the product see and set the faults of its stand-ins? Over their own address, as everybody else does."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from casework.runtime.stand_ins.place import HERE, STAND_IN

Json = Any
PATIENCE: Final = 3.0
"""Seconds."""


class Unreachable(Exception):
    """The stand-ins do not answer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the stand-ins stand: the fault of each system by its name, and what was counted."""

    faults: Mapping[str, Mapping[str, Json]]
    counts: Mapping[str, int]


def stand_ins_here() -> bool:
    """Whether this process was started beside stand-ins, which there are none of in production."""
    return bool(os.environ.get(STAND_IN)) and os.environ.get("CASEWRIGHT_ENV") != "production"


def standing() -> Standing:
    """Raises Unreachable."""
    status, told = _ask("GET", None)
    if status != 200:
        raise Unreachable
    return Standing(told.get("faults", {}), told.get("counts", {}))


def set_fault(given: Mapping[str, Json]) -> bool:
    """Whether it was taken: system, fault, seconds, times, lasts. Raises Unreachable."""
    status, _ = _ask("POST", json.dumps(dict(given)))
    return status == 303


def _ask(method: str, body: str | None) -> tuple[int, dict[str, Json]]:
    port = urlsplit(os.environ.get(STAND_IN, "")).port
    connection = HTTPConnection(HERE, port, timeout=PATIENCE)
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    try:
        connection.request(method, "/faults", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else {}
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable from error
    finally:
        connection.close()
