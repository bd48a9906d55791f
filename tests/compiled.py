"""Why does a test not compile anew what another one has compiled? A case type depends on its files and nothing else.

Each test deploys into a database that is empty again after it, so that the product's own cache, by the number of a
version, helps none of the next. Here it is kept by content, for this process; what is wrong is found each time anew,
and so is what begins by a timer, which depends on the moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from orchestration.casetypes import case_type, deployment
from orchestration.casetypes import files as case_type_files
from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.files import content_hash
from orchestration.engine.bpmn.view import starters
from orchestration.ground.limits import engine_limits

_checked, _read = case_type.checked, case_type.read
_kept: dict[tuple[str, str, Any], CaseType] = {}


def compile_once() -> None:
    """From now on, in this process."""
    deployment.checked, case_type.read = _checked_once, _read_once  # type: ignore[attr-defined]


def _checked_once(files: Mapping[str, str], now: datetime) -> CaseType:
    key = ("checked", _hash(files), (engine_limits(), case_type_files.MOST_FILES))  # what a test may set otherwise
    if key not in _kept:
        found = _checked(files, now)
        if any(starter.kind == "timer" for _, starter in starters(found.library)):
            return found
        _kept[key] = found
    return replace(_kept[key], files=files)


def _read_once(files: Mapping[str, str], version: int = 0) -> CaseType:
    key = ("read", _hash(files), None)
    if key not in _kept:
        _kept[key] = _read(files)
    return replace(_kept[key], version=version, files=files)


def _hash(files: Mapping[str, str]) -> str:
    """Files that are none (a test of refusals) have a hash of their own each time."""
    try:
        return content_hash(files)
    except (AttributeError, UnicodeEncodeError):
        return f"none {id(files)} {len(_kept)}"
