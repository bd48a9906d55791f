"""Which ways of writing a word or a number are one and the same?

Folding: Unicode NFKD without marks and format characters, in one case, with one kind of space, dash and digit, and with
letters that look alike written alike. Each character is folded by itself, so every place in a folded text leads back to
the characters that it came from. `fold` makes keys and search terms, `Folded` a text in which to look. Pure.
"""

import html
import re
import unicodedata
import urllib.parse
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_LOOK_ALIKE: Final = dict(zip("авеёкмнорстухіјѕһԁӏαβενορτυικχ", "abeekmhopctyxijshdlabevoptuikx", strict=True))
_APART: Final = {
    "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th", "ŋ": "n", "ƒ": "f",
    "。": ".", "⁄": "/", "∕": "/", "’": "'", "‘": "'", "ʼ": "'", "‐": "-", "−": "-", "⁃": "-", "‑": "-", "⠀": " ",
    "ㅤ": "", "ᅟ": "", "ᅠ": "",
}  # fmt: skip
_LETTERED: Final = (0x1F1E6, 0x1F150, 0x1F170)  # regional indicators, letters in black circles and squares


class _Light(dict[int, str]):
    """The fold of each character, found once; `str.translate` reads it."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _folded(chr(code))
        return found


class _Tight(dict[int, str]):
    """Letters and digits as they are, and nothing else."""

    def __missing__(self, code: int) -> str:
        found = self[code] = chr(code) if chr(code).isalnum() else ""
        return found


class _Drawn(dict[int, str]):
    """Characters that somebody sees, and spaces; nothing else."""

    def __missing__(self, code: int) -> str:
        one = chr(code)
        found = self[code] = one if one.isspace() or _is_drawn(one) else ""
        return found


def _folded(character: str) -> str:
    if character in _APART:
        return _APART[character]
    for first in _LETTERED:
        if first <= ord(character) < first + 26:
            return chr(ord("a") + ord(character) - first)
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(_APART.get(part, _LOOK_ALIKE.get(part, _one(part))) for part in parts)


def _one(character: str) -> str:
    """A character that is neither composed nor in capitals, as the one that stands for its like."""
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Pd":
        return "-"
    return " " if category in ("Zs", "Zl", "Zp", "Cc") else character


_LIGHT: Final = _Light()
_TIGHT: Final = _Tight()
_DRAWN: Final = _Drawn()


def fold(text: str) -> str:
    """The key of a reference, a name or a search term: the same for all that reads alike, `strasse` and `Straße`.

    Spaces at the ends are gone and several are one; signs stay, so `A-1` and `A1` are two.
    """
    return " ".join(light(text).split())


def visible(text: str) -> str:
    """The characters of a text that somebody sees, a mark with its letter as one, and one space for each gap in it."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join(composed.translate(_DRAWN).split())


def _is_drawn(character: str) -> bool:
    return bool(light(character).strip()) and unicodedata.category(character)[0] != "C"


def light(text: str) -> str:
    """A text folded, with its spaces and signs."""
    # Of plain ASCII only the case differs, and most texts are that: looking up each character costs ten times as much.
    return text.lower() if text.isascii() and text.isprintable() else text.translate(_LIGHT)


def tight(text: str) -> str:
    """The letters and digits alone of a folded text."""
    return text.translate(_TIGHT)


@dataclass(frozen=True)
class Folded:
    """A text in which to look, and where each of its folded characters came from.

    `light` keeps spaces and signs, `tight` letters and digits only. Where many a text holds nothing, the ways back are
    worked out when they are first asked for.
    """

    text: str

    @cached_property
    def light(self) -> str:
        return light(self.text)

    @cached_property
    def tight(self) -> str:
        return tight(self.light)

    @cached_property
    def places(self) -> list[int]:
        """The index in the text of each character of `light`."""
        if self.text.isascii():
            return list(range(len(self.text)))
        return [place for place, character in enumerate(self.text) for _ in _LIGHT[ord(character)]]

    @cached_property
    def tight_places(self) -> list[int]:
        """The index in `light` of each character of `tight`."""
        return [place for place, character in enumerate(self.light) if character.isalnum()]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """What of the text became `light[start:end]`, with the marks that stand on its last character."""
        last = self.places[end - 1] + 1
        while last < len(self.text) and not _LIGHT[ord(self.text[last])]:
            last += 1
        return self.places[start], last

    def gap(self, place: int) -> str:
        """What stands between the tight characters at `place - 1` and `place`; at an end of the text, a space."""
        if not 0 < place < len(self.tight):
            return " "
        return self.light[self.tight_places[place - 1] + 1 : self.tight_places[place]]


_ESCAPES: Final = re.compile(
    r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"  # HTML 5, 13.5
    r"|(?:%[0-9A-Fa-f]{2})+"  # RFC 3986, 2.1
    r"|(?:=[0-9A-F]{2})+|=\r?\n"  # quoted-printable, RFC 2045, 6.7
    r"|(?:\\u[0-9A-Fa-f]{4})+"  # JSON, RFC 8259, 7
)


def unescaped(text: str) -> tuple[str, list[tuple[int, int]]] | None:
    """A text with its escapes (HTML, URL, quoted-printable, JSON) read, and where each character came from.

    None where there is nothing to read.
    """
    if not _may_be_escaped(text):
        return None
    places = [(place, place + 1) for place in range(len(text))]
    found = text
    for _ in range(3):  # escapes of escapes
        if not _may_be_escaped(found) or not _ESCAPES.search(found):
            break
        found, places = _read_escapes(found, places)
    return None if found == text else (found, places)


def _may_be_escaped(text: str) -> bool:
    """Whether it holds a sign with which an escape begins: to look for these costs a tenth of looking for escapes."""
    return "&" in text or "%" in text or "=" in text or "\\" in text


def _read_escapes(text: str, places: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    last = 0
    for match in _ESCAPES.finditer(text):
        start, end = match.span()
        meant = _meant(match[0])
        pieces += [text[last:start], meant]
        spans += [*places[last:start], *[(places[start][0], places[end - 1][1])] * len(meant)]
        last = end
    return "".join([*pieces, text[last:]]), [*spans, *places[last:]]


def _meant(escape: str) -> str:
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "%":
        return urllib.parse.unquote(escape, errors="replace")
    if escape[0] == "\\":
        units = bytes.fromhex(escape.replace("\\u", "").replace("\\U", ""))
        return units.decode("utf-16-be", errors="replace")
    return (
        bytes.fromhex(escape[1:].replace("=", "")).decode("utf-8", errors="replace") if escape[1] not in "\r\n" else ""
    )
