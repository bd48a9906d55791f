"""Whom does a comment name, and how is its text shown? Pure.

`@anna` names a person; in an address, or behind a letter, the sign means something else. A comment is plain text: links
are made of addresses, all else is shown as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe

from casework.forms.answer_validation import text_errors

LONGEST: Final = 5000
MOST_NAMED: Final = 20
NAMED: Final = re.compile(r"(?<![\w@./+-])@(\w[\w.@+-]*)")
AFTER: Final = ".@+-"
"""What ends a sentence more often than a name."""


def amiss(text: str) -> str:
    """Why this is no comment; empty where it is one."""
    if not any(sign.isprintable() and not sign.isspace() for sign in text) or len(text) > LONGEST:
        return f"Write something, in at most {LONGEST:,} characters."
    if len(named(text)) > MOST_NAMED:
        return f"A comment names at most {MOST_NAMED} people."
    return text_errors({"text": text}).get("text", "")


def tidy(text: str) -> str:
    """As it is kept: lines end in one way, and nothing stands around it."""
    return text.replace("\r\n", "\n").strip()


def named(text: str) -> tuple[str, ...]:
    """The names behind `@`, in lower case, each once; whether there are such people is another question."""
    return tuple(dict.fromkeys(_name(found) for found in NAMED.finditer(text)))


def _name(found: re.Match[str]) -> str:
    return found[1].rstrip(AFTER).lower()


def as_html(text: str, people: Collection[str]) -> SafeString:
    """The text with its links, and the `people` that it names marked."""
    return mark_safe("".join(_pieces(text, {name.lower() for name in people})))  # noqa: S308 - escaped piece by piece


def _pieces(text: str, people: Collection[str]) -> Iterator[str]:
    at = 0
    for found in NAMED.finditer(text):
        if _name(found) in people:
            end = found.start() + 1 + len(_name(found))
            yield urlize(text[at : found.start()], nofollow=True, autoescape=True)
            yield format_html('<strong class="named">{}</strong>', text[found.start() : end])
            at = end
    yield urlize(text[at:], nofollow=True, autoescape=True)
