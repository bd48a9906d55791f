"""Of which tokens is a FEEL text made? (DMN 1.5, 10.3.1.2: rules 28 to 39 and 61 to 65, names, literals, white space.)

A name with spaces is several tokens here; the parser joins them, because only it knows which names are in scope.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from .problems import FeelSyntaxError, Span

_WORDS = "and between else every external false for function if in instance not null or return satisfies some then true"
KEYWORDS = frozenset(_WORDS.split())
MAX_TEXT = 200_000

_START = (
    r"?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_SPACE = r"\s\u0085\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF"
_TOKEN = re.compile(
    rf"""
    (?P<space>[{_SPACE}]+|//[^\n\r]*|/\*.*?\*/)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<name>[{_START}][{_START}0-9\u00B7\u0300-\u036F\u203F-\u2040]*)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<symbol>\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{{}},:.@'’])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """`kind` is number, name, string, symbol or end; `text` is as written."""

    kind: str
    text: str
    start: int
    end: int


_ONE_LINE = [0]


class Source:
    """A text that can say where an offset lies."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))] if "\n" in text else _ONE_LINE

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""
        line = bisect_right(self._line_starts, start)
        return Span(start, end, line, start - self._line_starts[line - 1] + 1)


def tokenize(source: Source) -> list[Token]:
    """All tokens of a text, the last one of kind `end`. Raises `FeelSyntaxError`."""
    text = source.text
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(f"the text is longer than {MAX_TEXT} characters", Span(0, 0, 1, 1))
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise FeelSyntaxError(_complaint(text, position), source.span(position, position + 1))
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup, match[0], position, match.end()))
        position = match.end()
    tokens.append(Token("end", "", position, position))
    return tokens


def _complaint(text: str, position: int) -> str:
    if text[position] == '"':
        return "this string is not closed"
    if text.startswith("/*", position):
        return "this comment is not closed"
    return f"{text[position]!r} is not expected here"


def unescape(literal: str) -> str:
    """The value of a string literal given with its quotes (rule 35, escapes of rule 64). An unknown escape stays."""
    body = literal[1:-1]
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_replacement, body)
    if any("\ud800" <= character <= "\udfff" for character in text):  # two halves of a pair, or a lone one
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _replacement(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    if digits is None:
        return _PLAIN.get(match[3], match[0])
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else match[0]


@lru_cache(maxsize=4096)
def name_parts(name: str) -> tuple[str, ...]:
    """A name as its token texts: `a-b`, `a - b` and `a  -  b` are the same name. Empty if it cannot be a name."""
    try:
        return tuple(token.text for token in tokenize(Source(name))[:-1])
    except FeelSyntaxError:
        return ()
