"""What comes of 2,000 crafted requests, of bombs, and of 10,000 guesses at a password?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.attack.drive import attack, guess
from tests.leaks.world import made

REQUESTS: Final = 2_000
GUESSES: Final = 10_000


def figures() -> Iterator[str]:
    found = attack(made(["complaint"]), REQUESTS)
    guess(found, GUESSES)
    yield from found.lines()
