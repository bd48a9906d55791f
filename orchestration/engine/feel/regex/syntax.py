"""Is this a regular expression, and what does it say? (XPath functions 3.1, 5.6.1; XML Schema part 2, appendix F.)

What XPath does not know is refused: look-around, possessive quantifiers, escapes of letters without a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from ..problems import FeelError
from .characters import ESCAPES, CharacterClass, Holds, opposite, property_class

MAX_DEPTH = 50
MAX_REPEAT = 1000
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"} | {mark: mark for mark in "\\|.-^?*+{}()[]$"}
_RESERVED = frozenset("?*+{}()|[]^$.\\")


@dataclass(frozen=True, slots=True)
class Character:
    character: str


@dataclass(frozen=True, slots=True)
class AnyCharacter:
    """`.`"""


@dataclass(frozen=True, slots=True)
class OneOf:
    characters: CharacterClass


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` if `start`, else `$`."""

    start: bool


@dataclass(frozen=True, slots=True)
class BackReference:
    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """`number` is None for a group that does not capture."""

    body: Pattern
    number: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`most` is None if there is no upper bound."""

    body: Pattern
    least: int
    most: int | None
    greedy: bool


Pattern = Character | AnyCharacter | OneOf | Edge | BackReference | Group | Sequence | Choice | Repeat


class PatternParser:
    """Reads a pattern. `groups` counts the capturing groups."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = 0
        self._depth = 0
        self.groups = 0
        self._closed: set[int] = set()

    def parse(self) -> Pattern:
        pattern = self._choice()
        if self._index < len(self._text):
            self._refuse(f"{self._peek()!r} is not expected")
        return pattern

    def _peek(self) -> str:
        return self._text[self._index : self._index + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            self._refuse("it ends too early")
        self._index += 1
        return character

    def _accept(self, text: str) -> bool:
        if self._text.startswith(text, self._index):
            self._index += len(text)
            return True
        return False

    def _refuse(self, why: str) -> NoReturn:
        raise FeelError(f"this is no regular expression: {why} at character {self._index + 1}")

    def _choice(self) -> Pattern:
        branches = [self._sequence()]
        while self._accept("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Pattern:
        parts: list[Pattern] = []
        while self._peek() and self._peek() not in "|)":
            parts.append(self._quantified(self._atom()))
        return Sequence(tuple(parts))

    def _quantified(self, atom: Pattern) -> Pattern:
        bounds = self._bounds()
        if bounds is None:
            return atom
        least, most = bounds
        if least > MAX_REPEAT or (most or 0) > MAX_REPEAT or (most is not None and most < least):
            self._refuse(f"a repetition goes from fewer to more, at most {MAX_REPEAT}")
        repeat = Repeat(atom, least, most, not self._accept("?"))
        if self._peek() and self._peek() in "?*+{":
            self._refuse("a quantifier has nothing to repeat")
        return repeat

    def _bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("?", (0, 1)), ("*", (0, None)), ("+", (1, None))):
            if self._accept(mark):
                return bounds
        if not self._accept("{"):
            return None
        least = self._count()
        most: int | None = least
        if self._accept(","):
            most = None if self._peek() == "}" else self._count()
        if not self._accept("}"):
            self._refuse("'}' is expected")
        return least, most

    def _count(self) -> int:
        digits = ""
        while self._peek() and self._peek() in "0123456789":
            digits += self._next()
        if not digits or len(digits) > 9:
            self._refuse("a number is expected")
        return int(digits)

    def _atom(self) -> Pattern:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return OneOf(self._class())
        if character == ".":
            return AnyCharacter()
        if character in "^$":
            return Edge(character == "^")
        if character == "\\":
            return self._escaped()
        if character in _RESERVED:
            self._index -= 1
            self._refuse(f"{character!r} is not expected")
        return Character(character)

    def _group(self) -> Pattern:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(f"groups are nested more than {MAX_DEPTH} deep")
        number = None
        if not self._accept("?:"):
            self.groups += 1
            number = self.groups
        body = self._choice()
        if not self._accept(")"):
            self._refuse("')' is expected")
        self._depth -= 1
        if number is not None:
            self._closed.add(number)
        return Group(body, number)

    def _escaped(self) -> Pattern:
        character = self._next()
        if character in "123456789":
            return self._back_reference(int(character))
        one, holds = self._escape(character)
        return Character(one) if holds is None else OneOf(CharacterClass((), (holds,), False, None))

    def _back_reference(self, number: int) -> Pattern:
        """As many digits as there are groups for."""
        while self._peek() and self._peek() in "0123456789" and number * 10 + int(self._peek()) <= self.groups:
            number = number * 10 + int(self._next())
        if number not in self._closed:
            self._refuse(f"there is no group {number} before it")
        return BackReference(number)

    def _escape(self, character: str) -> tuple[str, Holds | None]:
        """A single character, or the class of characters that an escape stands for."""
        if character in _SINGLE:
            return _SINGLE[character], None
        if character in ESCAPES:
            return "", ESCAPES[character]
        if character in "pP":
            return "", self._property(negated=character == "P")
        self._refuse(f"'\\{character}' has no meaning")

    def _property(self, negated: bool) -> Holds:
        end = self._text.find("}", self._index)
        if not self._accept("{") or end < 0:
            self._refuse("a property in braces is expected")
        name = self._text[self._index : end]
        holds = property_class(name)
        if holds is None:
            self._refuse(f"there is no property {name[:40]!r}")
        self._index = end + 1
        return opposite(holds) if negated else holds

    # --- [...] ----------------------------------------------------------------------------------------------------

    def _class(self) -> CharacterClass:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(f"classes are nested more than {MAX_DEPTH} deep")
        negated = self._accept("^")
        ranges: list[tuple[str, str]] = []
        classes: list[Holds] = []
        without: CharacterClass | None = None
        while without is None and not self._accept("]"):
            if (ranges or classes) and self._accept("-["):
                without = self._class()
                if not self._accept("]"):
                    self._refuse("']' is expected")
            else:
                self._class_member(ranges, classes)
        if not ranges and not classes:
            self._refuse("a class cannot be empty")
        self._depth -= 1
        return CharacterClass(tuple(ranges), tuple(classes), negated, without)

    def _class_member(self, ranges: list[tuple[str, str]], classes: list[Holds]) -> None:
        at_start = not ranges and not classes
        first, holds = self._class_character(at_start)
        if holds is not None:
            classes.append(holds)
            return
        last = first
        if self._peek() == "-" and self._text[self._index + 1 : self._index + 2] not in ("", "]", "["):
            self._index += 1
            last, holds = self._class_character(True)
            if holds is not None or last < first:
                self._refuse("a range goes from one character to a later one")
        ranges.append((first, last))

    def _class_character(self, dash_allowed: bool) -> tuple[str, Holds | None]:
        character = self._next()
        if character == "\\":
            return self._escape(self._next())
        dash_at_end = self._peek() == "]"
        if character in "[" or (character == "-" and not (dash_allowed or dash_at_end)):
            self._refuse(f"{character!r} must be escaped here")
        return character, None
