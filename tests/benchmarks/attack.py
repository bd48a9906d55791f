"""What comes of 2,000 crafted requests, of bombs, of 10,000 guesses at a password and 1,000 at what is masked?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.contrib.auth.models import Group, User

from tests.attack.drive import attack, guess
from tests.attack.oracle import told_apart, twins
from tests.leaks.world import made

REQUESTS: Final = 2_000
GUESSES: Final = 10_000
QUESTIONS: Final = 1_000


def figures() -> Iterator[str]:
    found = attack(made(["complaint"]), REQUESTS)
    guess(found, GUESSES)
    yield from found.lines()
    twins()
    asker = User.objects.create(username="asker")
    Group.objects.get(name="Analysts").user_set.add(asker)
    named, telling = told_apart(asker, QUESTIONS)
    yield f"{QUESTIONS} questions about what is masked for the asker, {named} of which found the twins"
    yield f"twins told apart: {len(telling)}" + (f" ({'; '.join(sorted(telling)[:8])})" if telling else "")
