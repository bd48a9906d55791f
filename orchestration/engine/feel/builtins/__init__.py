"""Which functions does every FEEL text have? (DMN 1.5, 10.3.4: a module for each of its clauses.)"""

from __future__ import annotations

from . import booleans, contexts, conversion, dates, lists, numeric, ranges, sorting, strings, temporal
from .registry import BUILT_INS, BuiltIn

__all__ = [
    "BUILT_INS",
    "BuiltIn",
    "booleans",
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
