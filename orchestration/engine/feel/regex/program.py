"""What must be tried, in which order, for a pattern to match? A short program for the matcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..problems import FeelError
from .characters import CharacterClass, Holds, variants
from .syntax import (
    AnyCharacter,
    BackReference,
    Character,
    Choice,
    Edge,
    Group,
    OneOf,
    Pattern,
    PatternParser,
    Repeat,
    Sequence,
)

MAX_SIZE = 5_000
FLAGS = frozenset("smixq")

TEST, SPLIT, JUMP, LOOP, SAVE, START, END, REFERENCE, MATCH = range(9)
"""A character that passes; try two ways; go on there; go round again or on; note the position; edges; a group again."""

Instruction = tuple[int, Any, Any]


class TooLarge(FeelError):
    """The pattern would need more than `MAX_SIZE` instructions."""


@dataclass(slots=True)
class Program:
    """Instructions and the number of positions they note (two a group, the whole match among them)."""

    instructions: list[Instruction] = field(default_factory=list)
    groups: int = 0
    has_references: bool = False
    multiline: bool = False
    ignores_case: bool = False
    literal: bool = False


def assemble(pattern: str, flags: str) -> Program:
    """The program for a pattern. Raises `FeelError` for a wrong pattern or flag, or one that is too large."""
    for flag in flags:
        if flag not in FLAGS:
            raise FeelError(f"there is no flag {flag!r}")
    program = Program(multiline="m" in flags, ignores_case="i" in flags, literal="q" in flags)
    tree = _tree(pattern, flags, program)
    assembler = _Assembler(program, dot_matches_all="s" in flags)
    assembler.emit(Group(tree, 0))
    assembler.add(MATCH)
    return program


def _tree(pattern: str, flags: str, program: Program) -> Pattern:
    if program.literal:
        return Sequence(tuple(Character(character) for character in pattern))
    parser = PatternParser(_without_space(pattern) if "x" in flags else pattern)
    tree = parser.parse()
    program.groups = parser.groups
    return tree


def _without_space(pattern: str) -> str:
    """White space outside of classes removed (flag x)."""
    kept, depth, escaped = [], 0, False
    for character in pattern:
        if depth == 0 and character in " \t\n\r":
            continue
        kept.append(character)
        if not escaped:
            depth += (character == "[") - (character == "]")
        escaped = character == "\\" and not escaped
    return "".join(kept)


class _Assembler:
    def __init__(self, program: Program, dot_matches_all: bool) -> None:
        self._program = program
        self._code = program.instructions
        self._dot_matches_all = dot_matches_all

    def add(self, operation: int, first: object = None, second: object = None) -> int:
        if len(self._code) >= MAX_SIZE:
            raise TooLarge(f"this regular expression is too large: more than {MAX_SIZE} instructions")
        self._code.append((operation, first, second))
        return len(self._code) - 1

    def emit(self, pattern: Pattern) -> None:
        _EMIT[type(pattern)](self, pattern)

    def _character(self, pattern: Character) -> None:
        if self._program.ignores_case:
            forms = variants(pattern.character)
            self.add(TEST, lambda character: not forms.isdisjoint(variants(character)))
        else:
            self.add(TEST, pattern.character.__eq__)

    def _any(self, pattern: AnyCharacter) -> None:
        self.add(TEST, _always if self._dot_matches_all else _no_line_end)

    def _one_of(self, pattern: OneOf) -> None:
        self.add(TEST, _membership(pattern.characters, self._program.ignores_case))

    def _edge(self, pattern: Edge) -> None:
        self.add(START if pattern.start else END)

    def _reference(self, pattern: BackReference) -> None:
        self._program.has_references = True
        self.add(REFERENCE, pattern.group)

    def _group(self, pattern: Group) -> None:
        if pattern.number is None:
            self.emit(pattern.body)
            return
        self.add(SAVE, 2 * pattern.number)
        self.emit(pattern.body)
        self.add(SAVE, 2 * pattern.number + 1)

    def _sequence(self, pattern: Sequence) -> None:
        for part in pattern.parts:
            self.emit(part)

    def _choice(self, pattern: Choice) -> None:
        ends = []
        for branch in pattern.branches[:-1]:
            split = self.add(SPLIT)
            self.emit(branch)
            ends.append(self.add(JUMP))
            self._code[split] = (SPLIT, split + 1, len(self._code))
        self.emit(pattern.branches[-1])
        for end in ends:
            self._code[end] = (JUMP, len(self._code), None)

    def _repeat(self, pattern: Repeat) -> None:
        for _ in range(pattern.least):
            self.emit(pattern.body)
        if pattern.most is None:
            loop = self.add(SPLIT)
            self.emit(pattern.body)
            self.add(LOOP, loop, len(self._code) + 1)
            self._patch(loop, pattern.greedy)
            return
        splits = []
        for _ in range(pattern.most - pattern.least):
            splits.append(self.add(SPLIT))
            self.emit(pattern.body)
        for split in splits:
            self._patch(split, pattern.greedy)

    def _patch(self, split: int, greedy: bool) -> None:
        inside, outside = split + 1, len(self._code)
        self._code[split] = (SPLIT, inside, outside) if greedy else (SPLIT, outside, inside)


_EMIT: dict[type, Callable[[_Assembler, Pattern], None]] = {
    Character: _Assembler._character,  # type: ignore[dict-item]
    AnyCharacter: _Assembler._any,  # type: ignore[dict-item]
    OneOf: _Assembler._one_of,  # type: ignore[dict-item]
    Edge: _Assembler._edge,  # type: ignore[dict-item]
    BackReference: _Assembler._reference,  # type: ignore[dict-item]
    Group: _Assembler._group,  # type: ignore[dict-item]
    Sequence: _Assembler._sequence,  # type: ignore[dict-item]
    Choice: _Assembler._choice,  # type: ignore[dict-item]
    Repeat: _Assembler._repeat,  # type: ignore[dict-item]
}


@lru_cache(maxsize=1024)
def _membership(characters: CharacterClass, ignoring_case: bool) -> Holds:
    """The test for a class, known beforehand for ASCII."""
    ascii_members = frozenset(chr(code) for code in range(128) if characters.holds(chr(code), ignoring_case))

    def test(character: str) -> bool:
        if character < "\x80":
            return character in ascii_members
        return characters.holds(character, ignoring_case)

    return test


def _always(character: str) -> bool:
    return True


def _no_line_end(character: str) -> bool:
    return character not in "\n\r"
