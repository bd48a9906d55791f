"""What do spreadsheets leave in a CSV file that nobody wrote?

A line that tells the delimiter (`sep=;`), byte order marks, control characters at the end: these are no data. Numbers
that were shortened (`4.50E+12`) and errors of formulas (`#REF!`) stand where data was: it is lost, and that is said.
"""

from __future__ import annotations

import re
from typing import Final

MARKS: Final = re.compile(rb"\A(?:\xef\xbb\xbf)+")
"""Byte order marks: a program that adds one to a file that has one makes two."""

_STATED: Final = re.compile(rb'\s*"?sep=(.)"?[\s,;]*', re.IGNORECASE)
_ENDS: Final = b"\x1a"
_BLANK: Final = b" \t\r\n\x00\x1a"
_SHORTENED: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d{1,3}", re.ASCII)
_ERROR: Final = re.compile(r"#(?:NAME\?|REF!|VALUE!|DIV/0!|N/A|NUM!|NULL!|SPILL!|CALC!|#+)")


def stated_delimiter(line: bytes) -> str | None:
    """The delimiter that a line of its own before the header tells; None where the line is another one."""
    found = _STATED.fullmatch(line)
    return None if found is None else found[1].decode("latin-1")


def may_be_the_end(line: bytes) -> bool:
    """Whether the line would be the last one with something in it, if nothing but blank ones came after it."""
    return line.rstrip(b"\r\n").endswith((_ENDS, b"\x00"))


def is_blank(line: bytes) -> bool:
    """Whether there is nothing in the line that anybody wrote."""
    return not line.strip(_BLANK)


def without_end(line: bytes) -> bytes:
    """The line without the control characters with which programs end a file; one of nothing else is blank."""
    if is_blank(line):
        return b"\n"
    text = line.rstrip(b"\r\n")
    return text.rstrip(_ENDS) + line[len(text) :]


def damage(field: str) -> str:
    """What a sheet did to a field, without what stands in it; empty where it did nothing that can be told."""
    text = field.strip()
    if _SHORTENED.fullmatch(text):
        return "a spreadsheet has shortened a long number here (E+), so its digits are lost. Format the column as text."
    if _ERROR.fullmatch(text):
        return "a spreadsheet shows an error here (#), so what was meant is lost."
    return ""
