"""How does one find a value in anything that leaves the product, however it is written?

A mark is a value that stands nowhere else. It is looked for in clear, in base64 at every alignment, as URL, HTML, JSON
and hex, with case, spaces, separators and forms of Unicode folded, and in halves; inside archives, too.
"""

from __future__ import annotations

import base64
import html
import io
import random
import re
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

LEAST_HALF: Final = 6
"""Shorter halves stand in many an honest text."""
_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_NOT_SHOWN: Final = re.compile(r"[\W_]+")
_SPACES: Final = re.compile(r"\s+")
_BETWEEN: Final = re.compile(r"[\s./-]+")
_BETWEEN_EACH: Final = r"[\s./-]*"
_DEFLATED: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
SYLLABLES: Final = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]


@dataclass(frozen=True)
class Mark:
    """A planted value. `place`: where it was planted, with its case type; `level`: how secret it is there; `purposes`:
    for which alone it may be read, none: for any."""

    text: str
    place: str
    level: str
    purposes: frozenset[str] = frozenset()

    @cached_property
    def folded(self) -> str:
        return folded(self.text)

    @cached_property
    def encoded(self) -> tuple[str, ...]:
        """The base64 of it at every alignment, without the ends that depend on what is around it."""
        content = self.text.encode()
        found = []
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + content).decode().rstrip("=")
            found.append(whole[(0, 2, 3)[shift] : len(whole) - (0 if (shift + len(content)) % 3 == 0 else 1)])
        return tuple(found)

    @cached_property
    def hex(self) -> str:
        return self.text.encode().hex()

    @cached_property
    def halves(self) -> tuple[str, ...]:
        middle = len(self.folded) // 2
        return tuple(half for half in (self.folded[:middle], self.folded[middle:]) if len(half) >= LEAST_HALF)

    @cached_property
    def numbers(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """The halves that are digits alone, and as numbers of about that length: among the times and counts of many
        logs, put one behind the other, any six digits stand somewhere."""
        spaced = ((half, _BETWEEN_EACH.join(half)) for half in self.halves if half.isdigit())
        return tuple((half, re.compile(rf"(?<!\d\d\d){each}(?!\d\d\d)")) for half, each in spaced)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Itself and the halves that are more than digits."""
        return (self.folded, *(half for half in self.halves if not half.isdigit()))


def folded(text: str) -> str:
    """Without what the eye passes over: case, spaces, separators, accents, forms of letters."""
    plain = text.lower() if text.isascii() else _BEYOND_ASCII.sub(_base, unicodedata.normalize("NFKD", text).casefold())
    return _NOT_SHOWN.sub("", plain)


def _base(letters: re.Match[str]) -> str:
    """Without their accents."""
    return "".join(letter for letter in letters[0] if not unicodedata.combining(letter))


def word(chance: random.Random, syllables: int = 4) -> str:
    return "".join(chance.choices(SYLLABLES, k=syllables))


def value_of(kind: str, chance: random.Random) -> str:
    """A value of a kind of detail (a mask), as its field would hold it."""
    match kind:
        case "name":
            return f"{word(chance).title()} {word(chance).title()}"
        case "email":
            return f"{word(chance)}@{word(chance)}.example"
        case "iban":
            account = "".join(chance.choices("0123456789", k=18))
            return f"DE{98 - int(account + '131400') % 97:02}{account}"
        case "phone":
            return "+49 30 " + "".join(chance.choices("123456789", k=9))
        case "card":
            return _card(chance)
    return f"{word(chance)} {word(chance)}"


def _card(chance: random.Random) -> str:
    """Sixteen digits with their sum (Luhn)."""
    digits = [4, *(chance.randrange(10) for _ in range(14))]
    doubled = (digit if at % 2 else digit * 2 - 9 * (digit > 4) for at, digit in enumerate(digits))
    return "".join(map(str, digits)) + str(-sum(doubled) % 10)


def found(body: bytes, marks: Collection[Mark]) -> set[Mark]:
    """The marks that stand in it in any form."""
    hits: set[Mark] = set()
    for part in parts(body):
        text = part.decode("utf-8", "replace")
        plain, low, tight = _read(text), text.casefold(), _SPACES.sub("", text).replace("-", "+").replace("_", "/")
        digits = _BETWEEN.sub("", text)  # a search in this tells at once that a pattern of digits is nowhere
        for mark in marks:
            is_there = any(one in plain for one in mark.words)
            is_encoded = mark.hex in low or any(one in tight for one in mark.encoded)
            is_number = any(half in digits and one.search(text) for half, one in mark.numbers)
            if is_there or is_encoded or is_number:
                hits.add(mark)
    return hits


def _read(text: str) -> str:
    """As it is, and as it is once JSON, HTML and URL are read, all folded."""
    unescaped = _ESCAPED.sub(lambda one: chr(int(one[1], 16)), text)
    readings = dict.fromkeys((text, html.unescape(unescaped), urllib.parse.unquote_plus(unescaped)))
    return " ".join(map(folded, readings))


def parts(body: bytes) -> Iterator[bytes]:
    """The body, and what it packs: the members of an archive, the streams of a PDF."""
    yield body
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from parts(archive.read(name))
    if body[:5] == b"%PDF-":
        for stream in _DEFLATED.findall(body):
            try:
                yield zlib.decompress(stream)
            except zlib.error:
                yield stream


FORMS: Final = {
    "clear": lambda text: text,
    "base64": lambda text: base64.b64encode(f"x{text}y".encode()).decode(),
    "URL": lambda text: urllib.parse.quote(text, safe=""),
    "HTML": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "JSON": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "hex": lambda text: text.encode().hex(),
    "case": lambda text: text.swapcase(),
    "spaces": lambda text: " ".join(text),
    "separators": lambda text: "-".join(text),
    "Unicode": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
    "first half": lambda text: text[: len(text) // 2 + 1],
    "second half": lambda text: text[len(text) // 2 - 1 :],
}
"""How a leak may be written, by name."""
