"""What would an office document do when somebody opens it: start a program, or fetch from elsewhere?

Looked at part by part, whatever the parts are called, as its elements come; nothing is kept or followed. What happens
only when somebody clicks (a hyperlink) is no harm, and what lies on the reader's own machine is not elsewhere.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from enum import IntEnum
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat

BROKEN: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError,
    EOFError,
)  # fmt: skip
"""What comes of a ZIP that is damaged, encrypted, or packed in a way of its own."""
CHUNK: Final = 2**16

FORMULAS: Final = frozenset({"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula"})
FIELDS: Final = frozenset({"instrText", "delInstrText"})
WRITTEN: Final = frozenset({"formula", "expression", "condition"})
"""Attributes of OpenDocument in which formulas stand."""
SERVERS: Final = frozenset({"ddeLink", "dde-source", "dde-connection-decl", "dde-link"})
SOURCES: Final = frozenset({
    "externalBook", "externalLink", "connection", "queryTable", "table-source", "cell-range-source", "altChunk",
    "webextension",
})  # fmt: skip
"""Of another file, another system or another page, from which what stands here is brought up to date."""
CLICKED: Final = frozenset({"a", "hyperlink", "event-listener"})
DRAWN: Final = frozenset({"imagedata", "fill", "stroke", "image"})

QUOTED: Final = re.compile(r"\"(?:[^\"]|\"\")*\"|'((?:[^']|'')*)'")
CALLS: Final = re.compile(r"(?i)\b(?:WEBSERVICE|IMAGE|STOCKHISTORY|PY)\s*\(")
STARTS: Final = re.compile(r"(?i)\b(?:DDE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC)\s*\(|\w\|[^|{};]*!")
FIELD_STARTS: Final = re.compile(r"(?i)\bDDE(?:AUTO)?\b")
FIELD_CALLS: Final = re.compile(r"(?i)(?:INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|RD|DATABASE)\b")
GIVEN: Final = re.compile(r'"([^"]*)"|([^\s"]+)')
REMOTE: Final = re.compile(r"(?i)(?:[a-z][\w+.-]+:)?//|(?:https?|ftp|file|mhtml):")
HERE: Final = re.compile(r"(?i)(?:file:)?(?:/{0,3}[a-z]:(?:/|\Z)|/(?!/)|(?!/)[^:]*\Z)|file:///(?!/)|(?:data|cid):")
SCRIPTS: Final = ("vnd.sun.star.script:", "macro:", "javascript:", "vbscript:", "script:")


class Does(IntEnum):
    """The worst that it does."""

    NOTHING = 0
    FETCHES = 1
    STARTS = 2
    GROWS = 3


def worst_of(opened: zipfile.ZipFile) -> Does:
    return max((_of_part(opened, part) for part in opened.infolist()), default=Does.NOTHING)


def is_elsewhere(address: str) -> bool:
    """Whether it leads off this machine: by any scheme, or to a share of the network."""
    plain = "".join(unquote(address).replace("\\", "/").split())
    return bool(plain) and not plain.startswith("#") and HERE.match(plain) is None


def of_formula(formula: str) -> Does:
    """What it does when it is worked out. What stands in quotes is a text, or the name of a sheet or of a file."""
    names: list[str] = []

    def taken_out(found: re.Match[str]) -> str:
        names.append(found[1] or "")
        return " " if found[1] is None else "n"

    bare = QUOTED.sub(taken_out, formula)
    if STARTS.search(bare) or any(re.match(r"\w+\|", name) for name in names):
        return Does.STARTS
    is_of_another = any(
        is_elsewhere(name.partition("[")[0]) for name in names if ":" in name or name[:2] in ("\\\\", "//")
    )
    return Does.FETCHES if CALLS.search(bare) or is_of_another else Does.NOTHING


def of_field(field: str) -> Does:
    """What a field of a text does when it is brought up to date. What it is given may be told by a field within it."""
    field = field.strip()
    if FIELD_STARTS.match(field):
        return Does.STARTS
    if not (named := FIELD_CALLS.match(field)):
        return Does.NOTHING
    given = [(found[1] or found[2] or "").replace("\\\\", "/") for found in GIVEN.finditer(field, named.end())]
    is_outside = any(REMOTE.match(one) and is_elsewhere(one) for one in given)
    return Does.FETCHES if is_outside or not "".join(given) else Does.NOTHING


def _of_part(opened: zipfile.ZipFile, part: zipfile.ZipInfo) -> Does:
    """As far as it can be read: nobody's program opens what is damaged any further. What is no XML ends at once."""
    looked = _Looked()
    try:
        with opened.open(part) as content:
            while chunk := content.read(CHUNK):
                looked.parser.Parse(chunk, False)
    except (expat.ExpatError, *BROKEN):
        pass
    return looked.found


class _Looked:
    """One part as its elements come."""

    def __init__(self) -> None:
        self.found = Does.NOTHING
        self.text: list[str] = []
        self.field: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begins
        self.parser.EndElementHandler = self._ends
        self.parser.StartDoctypeDeclHandler = self._declares

    def _is(self, does: Does) -> None:
        self.found = max(self.found, does)

    def _declares(self, _name: str, _system: str | None, _public: str | None, has_own: bool | int) -> None:
        self._is(Does.GROWS if has_own else Does.NOTHING)

    def _begins(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in FORMULAS or name in FIELDS:
            self.text, self.parser.CharacterDataHandler = [], self._said
        elif name == "fldChar":
            self._field_ends()
        if name in SERVERS:
            self._is(Does.STARTS)
        elif name in SOURCES:
            self._is(Does.FETCHES)
        if attributes:
            self._is(_of_element(name, attributes))

    def _said(self, text: str) -> None:
        self.text.append(text)

    def _ends(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in FORMULAS:
            self._is(of_formula("".join(self.text)))
        elif name in FIELDS:  # one field may be written in many pieces
            self.field.append("".join(self.text))
        else:
            return
        self.parser.CharacterDataHandler = None

    def _field_ends(self) -> None:
        if self.field:
            self._is(of_field("".join(self.field)))
            self.field = []


def _of_element(name: str, attributes: Mapping[str, str]) -> Does:
    found = Does.NOTHING
    for tag, value in attributes.items():
        prefix, _, own = tag.rpartition(":")
        if own in WRITTEN:
            found = max(found, of_formula(value))
        elif own == "instr":
            found = max(found, of_field(value))
        elif own == "href" and prefix and value.lower().startswith(SCRIPTS):
            found = Does.STARTS
        elif (own == "href" and prefix and name not in CLICKED) or (own in ("src", "image-data") and name in DRAWN):
            found = max(found, Does.FETCHES if is_elsewhere(value) else Does.NOTHING)
    return max(found, _of_relation(attributes)) if name == "Relationship" else found


def _of_relation(attributes: Mapping[str, str]) -> Does:
    kind = attributes.get("Type", "").rpartition("/")[2]
    if kind in ("aFChunk", "externalLink"):
        return Does.FETCHES
    is_outside = attributes.get("TargetMode", "").strip().lower() == "external" and kind != "hyperlink"
    return Does.FETCHES if is_outside and is_elsewhere(attributes.get("Target", "")) else Does.NOTHING
