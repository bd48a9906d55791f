"""Is a password one of those that are tried first, only dressed up?

Django's list of common passwords (from breaches, in the package, so nobody is asked) holds few that are as long as ours
have to be; what people make of the short ones does: with digits behind, letters turned into signs, or twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

PLAIN: Final = str.maketrans("013457@$!|", "oieastasil")
SHORTEST: Final = 4
"""Letters of a common password that counts as one in another."""

TOLD: Final = "This is a common password with something added. Take several words that have nothing in common."


class DressedUpPasswordValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        if is_dressed_up(password):
            raise ValidationError(TOLD, code="password_dressed_up")

    def get_help_text(self) -> str:
        return "It is no common password, also not with digits or signs added, or said twice."


def is_dressed_up(password: str) -> bool:
    """Whether a common password is left when what is usually added is taken away."""
    folded = password.lower().strip()
    bare = (folded, _without_tail(folded), _bare(folded), _without_tail(_bare(folded)))
    cores = {core for one in bare for core in (one, one.translate(PLAIN))}
    return any(_is_common(said) for core in cores for said in _said(core))


def _bare(text: str) -> str:
    """Without the digits and signs before its first letter."""
    return next((text[place:] for place, letter in enumerate(text) if letter.isalpha()), "")


def _without_tail(text: str) -> str:
    """Without the digits and signs behind its last letter."""
    return _bare(text[::-1])[::-1]


def _said(text: str) -> Iterator[str]:
    """The text, and what it says several times in a row."""
    for size in range(1, len(text) + 1):
        if len(text) % size == 0 and text == text[:size] * (len(text) // size):
            yield text[:size]


def _is_common(text: str) -> bool:
    return len(text) >= SHORTEST and text in _common()


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
