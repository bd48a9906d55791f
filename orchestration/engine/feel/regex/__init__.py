"""Where does a regular expression match? (DMN 1.5, 10.3.4.3: matches, replace, split; XPath functions 3.1, 5.6.)

A matcher of our own, because Python's backtracks: a pattern such as `(a+)+$` would hang it. This one tries in the same
order, but never tries one instruction at one position twice, so its time is at most the program's length times the
text's, and each try is counted against the limits of the evaluation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..evaluation import Evaluation
from ..problems import FeelError
from .characters import variants
from .program import JUMP, LOOP, MATCH, MAX_SIZE, REFERENCE, SAVE, SPLIT, START, TEST, Program, TooLarge, assemble

MAX_PATTERN = 5_000
TRIES_PER_STEP = 4

Positions = tuple[int, ...]
"""Start and end of the match, then of each group; -1 where a group took no part."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program, or why there is none; and what it takes to make it, in steps."""

    program: Program | None
    reason: str
    cost: int


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Compiled:
    try:
        program = assemble(pattern, flags)
    except TooLarge as error:
        return Compiled(None, error.reason, MAX_SIZE)
    except FeelError as error:
        return Compiled(None, error.reason, len(pattern))
    return Compiled(program, "", len(pattern) // 4 + len(program.instructions))


def compiled(run: Evaluation, pattern: str, flags: str) -> Program:
    """The program for a pattern of XPath, with the flags s, m, i, x and q. Raises `FeelError`."""
    if len(pattern) > MAX_PATTERN or len(flags) > 10:
        raise FeelError(f"a regular expression has at most {MAX_PATTERN} characters")
    result = _compiled(pattern, flags)
    run.spend(result.cost)
    if result.program is None:
        raise FeelError(result.reason)
    return result.program


def search(run: Evaluation, program: Program, text: str, start: int = 0) -> Positions | None:
    """The first match at or behind `start`. Raises `LimitExceeded`."""
    attempt = _Attempt(run, program, text)
    for begin in range(start, len(text) + 1):
        positions = attempt.at(begin)
        if positions is not None:
            return positions
    return None


class _Attempt:
    """What has failed so far, wherever it began, and the ways that are still to be tried, the next one last."""

    __slots__ = ("pending", "program", "run", "text", "tried")

    def __init__(self, run: Evaluation, program: Program, text: str) -> None:
        self.run, self.program, self.text = run, program, text
        self.tried: set[object] = set()
        self.pending: list[tuple[int, int, Positions]] = []

    def at(self, begin: int) -> Positions | None:
        """The match that begins there, if any."""
        self.pending = [(0, begin, (-1,) * (2 * self.program.groups + 2))]
        while self.pending:
            positions = self._follow(*self.pending.pop())
            if positions is not None:
                return positions
        return None

    def _follow(self, at: int, position: int, noted: Positions) -> Positions | None:
        """Follow one way until it matches or fails, leaving the other ways that it meets to be tried later.

        A loop whose body took nothing has been tried from there, and is left.
        """
        code, text, size, tries = self.program.instructions, self.text, len(self.text), 0
        while True:
            tries += 1
            operation, first, second = code[at]
            if operation == TEST:
                if position == size or not first(text[position]):
                    break
                at, position = at + 1, position + 1
            elif operation == SPLIT:
                if self._seen(at, position, noted, tries):
                    break
                self.pending.append((second, position, noted))
                at, tries = first, 0
            elif operation == JUMP:
                at = first
            elif operation == LOOP:
                at = second if self._key(first, position, noted) in self.tried else first
            elif operation == SAVE:
                at, noted = at + 1, (*noted[:first], position, *noted[first + 1 :])
            elif operation == MATCH:
                return noted
            else:
                length = self._length(operation, first, position, noted)
                if length < 0:
                    break
                at, position = at + 1, position + length
        self.run.spend(1 + tries // TRIES_PER_STEP)
        return None

    def _seen(self, at: int, position: int, noted: Positions, tries: int) -> bool:
        """Whether this was tried before; if not, it is now. What groups took matters only to references."""
        self.run.spend(1 + tries // TRIES_PER_STEP)
        key = self._key(at, position, noted)
        if key in self.tried:
            return True
        self.tried.add(key)
        return False

    def _key(self, at: int, position: int, noted: Positions) -> object:
        return (at, position, noted) if self.program.has_references else (at, position)

    def _length(self, operation: int, group: int, position: int, noted: Positions) -> int:
        """How many characters a back reference or an edge takes here; -1 if it does not fit."""
        if operation == REFERENCE:
            return _repeated(self.program, self.text, position, noted, group)
        return 0 if _at_edge(operation, self.text, position, self.program.multiline) else -1


def _repeated(program: Program, text: str, position: int, noted: Positions, group: int) -> int:
    """How long the text of a group is that stands here again; -1 if it does not. A group without part is empty."""
    start, end = noted[2 * group], noted[2 * group + 1]
    if start < 0 or end < 0:
        return 0
    wanted, found = text[start:end], text[position : position + end - start]
    if wanted == found:
        return end - start
    if program.ignores_case and len(wanted) == len(found):
        alike = all(other in variants(character) for character, other in zip(wanted, found, strict=True))
        return end - start if alike else -1
    return -1


def _at_edge(operation: int, text: str, position: int, multiline: bool) -> bool:
    if operation == START:
        after_line = multiline and position < len(text) and text[position - 1 : position] == "\n"
        return position == 0 or after_line
    return position == len(text) or (multiline and text[position] == "\n")


# --- replace and split --------------------------------------------------------------------------------------------

_REFERENCE = re.compile(r"\\(.?)|\$(\d*)", re.DOTALL)


def _matches(run: Evaluation, program: Program, text: str) -> list[Positions]:
    """All matches, none overlapping. Raises `FeelError` if the pattern matches nothing at all (XPath, FORX0003)."""
    if search(run, program, "") is not None:
        raise FeelError("the regular expression must not match an empty string")
    found: list[Positions] = []
    position = 0
    while (match := search(run, program, text, position)) is not None:
        found.append(match)
        run.spend()
        position = max(match[1], match[0] + 1)
    return found


def replace(run: Evaluation, program: Program, text: str, replacement: str) -> str:
    """All matches replaced; `$1` in the replacement is what group 1 took. Raises `FeelError`, `LimitExceeded`."""
    parts, position, size = [], 0, len(text)
    for match in _matches(run, program, text):
        new = replacement if program.literal else _filled(program, text, match, replacement)
        size += len(new)
        run.room(size)
        parts += [text[position : match[0]], new]
        position = match[1]
    return run.text("".join([*parts, text[position:]]))


def _filled(program: Program, text: str, match: Positions, replacement: str) -> str:
    """The replacement for one match (XPath functions 5.6.4)."""

    def value(reference: re.Match[str]) -> str:
        if reference[2] is None:
            if reference[1] not in ("\\", "$"):
                raise FeelError("a backslash in a replacement stands before a backslash or a dollar sign")
            return reference[1]
        if not reference[2]:
            raise FeelError("a dollar sign in a replacement stands before the number of a group")
        digits = reference[2]
        length = len(digits)
        while length > 1 and int(digits[:length]) > program.groups:
            length -= 1
        return _group(text, match, int(digits[:length])) + digits[length:]

    return _REFERENCE.sub(value, replacement)


def _group(text: str, match: Positions, number: int) -> str:
    if 2 * number + 1 >= len(match) or match[2 * number] < 0:
        return ""
    return text[match[2 * number] : match[2 * number + 1]]


def found(run: Evaluation, program: Program, text: str) -> list[str]:
    """What is matched, in order. Raises `FeelError`, `LimitExceeded`."""
    matches = _matches(run, program, text)
    run.items(len(matches))
    return [text[match[0] : match[1]] for match in matches]


def split(run: Evaluation, program: Program, text: str) -> list[str]:
    """The parts between the matches. Raises `FeelError`, `LimitExceeded`."""
    parts, position = [], 0
    for match in _matches(run, program, text):
        parts.append(text[position : match[0]])
        position = match[1]
    run.items(len(parts) + 1)
    return [*parts, text[position:]]
