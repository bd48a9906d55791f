"""What comes of 2,000 crafted requests, of sequences by the API's description, of bombs, and of guesses: 10,000 at a
password and 1,000 at what is masked?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.contrib.auth.models import Group, User

from tests.attack.drive import attack, guess
from tests.attack.oracle import TWINS, told_apart, twins, work_of
from tests.attack.sequences import walked
from tests.leaks.world import made
from tests.orchestration.jobs.outside import Outside, token_secret

REQUESTS: Final = 2_000
GUESSES: Final = 10_000
QUESTIONS: Final = 1_000
SEQUENCES: Final = 100


def figures() -> Iterator[str]:
    world = made(["complaint"])
    found = attack(world, REQUESTS)
    guess(found, GUESSES)
    yield from found.lines()
    outside = Outside()
    outside.offered()
    people = [person for person in world.people.values() if person is not None]
    yield from walked(
        people,
        token_secret(outside.actor),
        {"channel": "web", "message": "I was charged twice.", "customer": TWINS["TWINONE"]},
        SEQUENCES,
    ).lines()
    twins()
    asker = User.objects.create(username="asker")
    Group.objects.get(name="Analysts").user_set.add(asker)
    named, telling = told_apart(asker, QUESTIONS)
    yield f"{QUESTIONS} questions about what is masked for the asker, {named} of which found the twins"
    yield f"twins told apart: {len(telling)}" + (f" ({'; '.join(sorted(telling)[:8])})" if telling else "")
    apart, ratio = work_of(asker, QUESTIONS // 5)
    beside = f"{QUESTIONS // 5} right guesses beside as many wrong"
    yield f"{beside}: {ratio:.2f} times the CPU, {len(apart)} asked the database otherwise"
