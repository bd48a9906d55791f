"""What did the author of this cell probably mean? (Spellings of sheets and programs that FEEL reads in another way.)

A hint is a sentence with the text as FEEL would have it; empty where there is nothing to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from orchestration.engine.feel import FeelSyntaxError, Value, ast, unparse
from orchestration.engine.feel.lexer import Source, Token, tokenize
from orchestration.engine.feel.numbers import number_text

_TRUTHS: Final = {"yes": "true", "no": "false", "true": "true", "false": "false", "y": "true", "n": "false"}
_BARE_RANGE: Final = re.compile(r"\s*([^\s.\[\]()]+)\s*\.\.\.?\s*([^\s.\[\]()]+)\s*\Z")
_DASHES: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[–—]\s*(\d+(?:\.\d+)?)\s*\Z")
_SIGNS: Final = (("≤", "<="), ("≥", ">="), ("≠", "!="), ("=<", "<="), ("=>", ">="), ("<>", "!="), ("==", "="))
_SIGNS_IN_TEXTS: Final = (("‘", '"'), ("’", '"'), ("“", '"'), ("”", '"'), ("„", '"'), ("«", '"'), ("»", '"'))
_GROUPED: Final = re.compile(r"\d{1,3}\.\d{3}")
_OPEN: Final = ("(", "[", "{")
_CLOSE: Final = (")", "]", "}")
_SINGLE: Final = re.compile(r"'([^'\"]*)'")


def instead(text: str, is_output: bool) -> str:
    """For a text that is not FEEL: what is, and was probably meant."""
    if match := _BARE_RANGE.match(text) or _DASHES.match(text):
        return f"A range is written [{match[1]}..{match[2]}]."
    if is_output and (found := next(_adjacent_commas(text), None)):
        return f"A decimal number has a point: {found[0]}.{found[1]}."
    for wrong, right in _SIGNS:
        if wrong in text:
            return f"“{wrong}” is written {right}."
    if _SINGLE.search(text) or any(wrong in text for wrong, _ in _SIGNS_IN_TEXTS):
        return 'A text stands in straight double quotation marks: "like this".'
    if not is_output and re.search(r"\b(or|and)\b", text):
        return "Tests are joined by a comma, which means or; a range says from and to: [1..5]."
    return ""


def for_name(name: str) -> str:
    """For a name that nothing gives."""
    if truth := _TRUTHS.get(name.lower()):
        return f"True or false is written {truth}."
    return f'If it is a text, it stands in quotation marks: "{name[:40]}".'


def decimal_commas(text: str) -> Iterator[str]:
    """Numbers with nothing but a comma between them: two values, where a sheet would read one number."""
    for whole, part in _adjacent_commas(text):
        whole_number = whole.replace(".", "")
        other = f"{whole_number}{part}" if len(part) == 3 else f"{whole_number}.{part}"
        yield f"“{whole},{part}” is two values here, {whole} or {part}. One number is written {other}."


def _adjacent_commas(text: str) -> Iterator[tuple[str, str]]:
    try:
        tokens = tokenize(Source(text))
    except FeelSyntaxError:
        return
    depth = 0  # inside brackets a comma parts what a function or a list takes
    for (before, comma), (_, after) in pairwise(pairwise(tokens)):
        depth += (before.text in _OPEN) - (before.text in _CLOSE)
        together = before.end == comma.start and comma.end == after.start
        if comma.text == "," and not depth and together and _numbers(before, after):
            yield before.text, after.text


def _numbers(before: Token, after: Token) -> bool:
    grouped = "." not in before.text or _GROUPED.fullmatch(before.text) is not None
    return before.kind == "number" and after.kind == "number" and grouped


def doubts(node: ast.Node, value: Value) -> Iterator[str]:
    """For a subtraction of plain numbers, where a range or a date was probably meant."""
    if isinstance(node, ast.Arithmetic) and node.operator == "-" and isinstance(value, Decimal):
        parts = [each for each in ast.walk(node) if isinstance(each, ast.Literal)]
        meant = _date(parts) or _between(node)
        if meant:
            yield f"“{unparse(node)}” is a subtraction, which gives {number_text(value)}. {meant}"


def _between(node: ast.Arithmetic) -> str:
    if isinstance(node.left, ast.Literal) and isinstance(node.right, ast.Literal):
        return f"A range is written [{unparse(node.left)}..{unparse(node.right)}]."
    return ""


def _date(parts: list[ast.Literal]) -> str:
    texts = [unparse(each) for each in parts]
    if len(texts) == 3 and len(texts[0]) == 4 and all(len(text) <= 2 for text in texts[1:]):
        return f'A date is written date("{texts[0]}-{texts[1]:0>2}-{texts[2]:0>2}").'
    return ""


def turned(node: ast.RangeLiteral) -> str:
    """For a range that ends before it starts."""
    start, end = unparse(node.end), unparse(node.start)
    return f"The smaller value comes first: [{start}..{end}]." if start != end else ""


def for_null(node: ast.Node) -> str:
    """For an operation that has no value."""
    if isinstance(node, ast.Disjunction) and all(isinstance(each, ast.Literal) for each in node.operands):
        return f"One of several values is written {', '.join(unparse(each) for each in node.operands)[:80]}."
    return ""


def for_type(value: Value, node: ast.Node, wanted: str) -> str:
    """For a constant of another type than the column's."""
    if wanted in ("date", "date and time", "time") and isinstance(value, str):
        return f"Such a value is written {wanted}({unparse(node)[:60]})."
    if wanted in ("days and time duration", "years and months duration") and isinstance(value, str):
        return f"Such a value is written duration({unparse(node)[:60]})."
    if wanted == "number" and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return f"Without quotation marks it is a number: {value[:40]}."
    if wanted == "string" and isinstance(value, Decimal | bool):
        return f'As a text it is written "{unparse(node)[:40]}".'
    if wanted == "boolean" and isinstance(value, str) and value.lower() in _TRUTHS:
        return f"True or false is written {_TRUTHS[value.lower()]}."
    return ""
