"""Is a password in a list of breached ones that lies on this machine?

The list is a file with the SHA-1 of each, in order, one a line, as the downloader of *Pwned Passwords* writes it
(`HASH:COUNT`): a billion of them, of which some forty lines are read. Nobody outside is asked.
"""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path
from typing import BinaryIO, Final

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

HEX: Final = 40
TOLD: Final = "This password is in a list of those that became known when something was broken into. Take another."
NOT_READ: Final = (
    "The list of passwords that became known cannot be read on this server, so none can be set. Tell whoever runs it."
)


class BreachedPasswordValidator:
    def __init__(self, file: str) -> None:
        self.file = Path(file)

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError, also where nobody can say whether it is in the list."""
        try:
            found = is_in(self.file, password)
        except OSError:
            raise ValidationError(NOT_READ, code="password_list_away") from None
        if found:
            raise ValidationError(TOLD, code="password_breached")

    def get_help_text(self) -> str:
        return "It is not in the list of passwords that became known elsewhere."


def is_in(file: Path, password: str) -> bool:
    """By halves: where the first line stands that is not before the password's. Raises OSError."""
    wanted = sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, file.stat().st_size
        while low < high:
            middle = (low + high) // 2
            found = _hash_from(lines, middle)
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
        return _hash_from(lines, low) == wanted


def _hash_from(lines: BinaryIO, place: int) -> bytes:
    """The hash of the first line that begins there or behind; b"" at the end."""
    lines.seek(max(place - 1, 0))
    if place:
        lines.readline()
    return lines.readline()[:HEX].upper()
