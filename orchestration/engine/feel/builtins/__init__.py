"""Which functions does every FEEL text have? (DMN 1.5, 10.3.4: a module for each of its clauses.)

`STANDARD` is the library of the standard, `CAMUNDA_8` has what Camunda 8 adds too.
"""

from __future__ import annotations

from . import booleans, camunda, contexts, conversion, dates, lists, numeric, ranges, sorting, strings, temporal
from .library import Library
from .registry import BUILT_INS, BuiltIn

__all__ = [
    "BUILT_INS",
    "CAMUNDA_8",
    "STANDARD",
    "BuiltIn",
    "Library",
    "booleans",
    "camunda",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "numeric",
    "ranges",
    "sorting",
    "strings",
    "temporal",
]

STANDARD = Library(BUILT_INS)
CAMUNDA_8 = Library(camunda.with_added(BUILT_INS))
