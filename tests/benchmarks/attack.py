"""What comes of 2,000 crafted requests, of sequences by the API's description, of bombs, and of guesses: 10,000 at a
password and 1,000 at what is masked?

Each of the five parts ends after `MINUTES`, so that it ends on a busy machine, too, and says how many it came to;
on a quiet one none takes as long. `MINUTES=60 python -m tests.benchmarks attack` leaves them more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from django.contrib.auth.models import Group, User

from tests.attack.drive import attack, guess
from tests.attack.oracle import TWINS, told_apart, twins, work_of
from tests.attack.sequences import walked
from tests.leaks.world import World, made
from tests.orchestration.jobs.outside import Outside, token_secret

REQUESTS: Final = 2_000
GUESSES: Final = 10_000
QUESTIONS: Final = 1_000
SEQUENCES: Final = 100
SECONDS: Final = 60 * float(os.environ.get("MINUTES", "5"))


def figures() -> Iterator[str]:
    yield f"wanted: {REQUESTS} requests and all bombs, {GUESSES} guesses, {SEQUENCES} sequences, {QUESTIONS} questions"
    world = made(["complaint"])
    found = attack(world, REQUESTS, SECONDS)
    guess(found, GUESSES, SECONDS)
    yield from found.lines()
    yield from _by_the_description(world)
    yield from _at_what_is_masked()


def _by_the_description(world: World) -> Iterator[str]:
    outside = Outside()
    outside.offered()
    people = [person for person in world.people.values() if person is not None]
    data = {"channel": "web", "message": "I was charged twice.", "customer": TWINS["TWINONE"]}
    yield from walked(people, token_secret(outside.actor), data, SEQUENCES, SECONDS).lines()


def _at_what_is_masked() -> Iterator[str]:
    twins()
    asker = User.objects.create(username="asker")
    Group.objects.get(name="Analysts").user_set.add(asker)
    told = told_apart(asker, QUESTIONS, SECONDS)
    yield f"{told.asked} questions about what is masked for the asker, {told.named} of which found the twins"
    yield f"twins told apart: {len(told.apart)}" + (f" ({'; '.join(sorted(told.apart)[:8])})" if told.apart else "")
    work = work_of(asker, QUESTIONS // 5, SECONDS)
    beside = f"{work.asked} right guesses beside as many wrong"
    yield f"{beside}: {work.ratio:.2f} times the CPU, {len(work.apart)} asked the database otherwise"
