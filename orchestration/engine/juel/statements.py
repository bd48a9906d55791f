"""Where does one statement of a script end, and what stands inside its brackets?

Groovy and JavaScript end a statement with a semicolon or a line end, outside quotes and brackets; a line that begins
with an operator or a dot goes on with the one before.
"""

from __future__ import annotations

import re
from typing import Final

from orchestration.engine.juel.syntax import JuelRefused

_STRING: Final = r"""'{3}.*?'{3}|\"{3}.*?\"{3}|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`"""
_COMMENT: Final = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED: Final = re.compile(_STRING, re.DOTALL)
_ELSE: Final = re.compile(r"\s*else\b\s*")
_GOES_ON: Final = re.compile(r"\s*(?:\.(?!\d)|\?\.|&&|\|\||[?:+*/%](?!\+)|-(?!-)(?=\s))")
_HEAD: Final = re.compile(r"\s*(?:else\b\s*)?(?:(?:if|for|while)\s*(?=\()|\Z)")
_UNFINISHED: Final = re.compile(r"(?:&&|\|\||(?<!\+)\+|(?<!-)-|[*/%?:=,(])\s*\Z")


def statements(text: str) -> list[str]:
    """The statements of a script in order, without comments."""
    text = _COMMENT.sub(lambda match: match[1] or " ", text)
    found, start, depth, position = [], 0, 0, 0
    while position < len(text):
        sign = text[position]
        if sign in "'\"`" and (quoted := _QUOTED.match(text, position)):
            position = quoted.end()
            continue
        depth += (sign in "([{") - (sign in ")]}")
        ends = sign == ";" or (sign == "\n" and not _continues(text, start, position))
        if depth == 0 and ends:
            found.append(text[start:position])
            start = position + 1
        elif depth == 0 and sign == "}" and _is_block(text[start : position + 1]):
            found.append(text[start : position + 1])
            start = position + 1
        position += 1
    return _joined([*found, text[start:]])


def _continues(text: str, start: int, position: int) -> bool:
    so_far = text[start:position]
    return _lacks_body(so_far) or bool(_GOES_ON.match(text, position + 1) or _UNFINISHED.search(so_far))


def _lacks_body(text: str) -> bool:
    """Whether a branch or loop has its condition and nothing yet of what it does."""
    head = _HEAD.match(text)
    if head is None:
        return False
    try:
        return not text[head.end() :].strip() or not enclosed(text[head.end() :], "()")[1].strip()
    except JuelRefused:
        return False


def _is_block(text: str) -> bool:
    """Whether a statement that ends with a brace is a branch or loop, so that the next one may follow at once."""
    return re.match(r"\s*(?:if|else|for|while|try|catch|finally)\b", text) is not None


def _joined(pieces: list[str]) -> list[str]:
    """Each `else` with its `if`."""
    found: list[str] = []
    for piece in filter(None, map(str.strip, pieces)):
        if _ELSE.match(piece) and found:
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found


def branches(text: str) -> tuple[str, str]:
    """What stands behind a condition: the branch that is taken, and the other one. Raises JuelRefused."""
    if text.lstrip().startswith("{"):
        then, rest = enclosed(text.lstrip(), "{}")
    else:
        then, rest = _unbraced(text)
    otherwise = _ELSE.sub("", rest, count=1) if _ELSE.match(rest) else ""
    if rest.strip().strip(";") and not otherwise.strip():
        raise JuelRefused(f"'{rest.strip()[:80]}' after a branch is not understood")
    if otherwise.lstrip().startswith("{"):
        otherwise, rest = enclosed(otherwise.lstrip(), "{}")
        if rest.strip().strip(";"):
            raise JuelRefused(f"'{rest.strip()[:80]}' after a branch is not understood")
    return then, otherwise


def _unbraced(text: str) -> tuple[str, str]:
    """One statement without braces, and its `else`."""
    found = re.search(r"[;\s]else\b", text)
    return (text, "") if found is None else (text[: found.start()], text[found.start() :].lstrip("; \n\t"))


def enclosed(text: str, signs: str) -> tuple[str, str]:
    """The text between the first bracket and the one that closes it, and what stands behind. Raises JuelRefused."""
    depth, position = 0, 0
    while position < len(text):
        sign = text[position]
        if sign in "'\"`" and (quoted := _QUOTED.match(text, position)):
            position = quoted.end()
            continue
        if sign in signs:
            depth += 1 if sign == signs[0] else -1
            if depth == 0:
                return text[1:position], text[position + 1 :]
        position += 1
    raise JuelRefused(f"'{text[:80]}' is not closed with '{signs[1]}'")
