"""What does a fresh start have in it? `manage.py demo` makes demo people and, on an empty database, some cases."""

from __future__ import annotations

import math
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from casework.access import people, tokens
from casework.access.roles import SETUP
from casework.actors.bundled import CASE_TYPES
from casework.intake.samples import OTHERS, Brought, samples_open
from casework.management import demo_bots, demo_comments, demo_history, demo_rates, demo_units
from casework.management.odd_cases import SWITCHED_OFF, make_odd_cases
from casework.models import Case
from casework.runtime.stand_ins.place import STAND_IN_HOST
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.sql.database import THIS_MACHINE
from orchestration.casetypes.case_type import CaseType, by_definition, current
from orchestration.ground.refusals import Refused
from orchestration.models import ActorVersion

PASSWORD = "casewright"  # noqa: S105 - for people who exist in development only

PEOPLE = [
    ("anna", "Anna", "Adler", ["Analysts"], "works complaints, refunds, loans and claims"),
    ("ben", "Ben", "Bauer", ["Analysts"], "works complaints, refunds, loans and claims"),
    ("clara", "Clara", "Conti", ["Senior analysts", "Lawyers"], "works the difficult ones and contracts, may reveal"),
    ("dora", "Dora", "Dahl", ["Cards team"], "works what is routed to the cards team"),
    ("emil", "Emil", "Egger", ["Payments team"], "pays, and works what is routed to the payments team"),
    ("ada", "Ada", "Abel", ["Administrators"], "changes rules, models and actors"),
    ("axel", "Axel", "Ahrens", ["Auditors"], "reads and verifies every history"),
    ("intake-bot", "Intake", "Bot", ["Intake"], "a program: brings cases and replies in by the API"),
    ("olga", "Olga", "Orlov", [], "may see nothing: try her"),
]


class Command(BaseCommand):
    help = "Make demo people (development only) and, where there is no case yet, demo cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, default=24, help="at most so many samples of each case type")

        parser.add_argument(
            "--bots", type=Path, help="keep tokens of the demo's bots in this file, for who starts them"
        )

    def handle(self, *, cases: int, bots: Path | None, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo people have a known password, so they are not made in production.")
        call_command("deploy", stdout=self.stdout)
        host_allow(STAND_IN_HOST, None, private=True, note="the stand-in systems of the demo", origin=SETUP)
        host_allow(THIS_MACHINE, 5432, private=True, note="the database of the demo's shop", origin=SETUP)
        for person in (*PEOPLE, *demo_units.PEOPLE):
            self.stdout.write(ensure_person(*person))
        demo_units.make_units()
        if bots is not None:
            demo_bots.ensure_bots(bots)
        if not Case.objects.exists():
            demo_rates.set_rates()
            self.stdout.write(f"{open_samples(cases)} sample cases are on their way to the worker")
            demo_units.open_in_units()
            if said := demo_comments.say():
                self.stdout.write(f"{said} comments stand on {demo_comments.ABOUT}")
            at_work = ActorVersion.objects.filter(actor__key=SWITCHED_OFF, state=ActorVersion.State.IN_USE)
            if cases and at_work.exists():
                self.stdout.write("Out of the ordinary:")
                for line in make_odd_cases():
                    self.stdout.write(line)
                demo_history.begin()
                self.stdout.write(
                    f"{len(demo_history.table())} more complaints come in and are answered in the background"
                )
        self.stdout.write(f"Everybody's password is {PASSWORD}")
        self.stdout.write(token_line(User.objects.get(username="intake-bot")))


def token_line(bot: User) -> str:
    """How a program comes in; the token itself is told once, when it is made."""
    if tokens.tokens_live(bot).exists():
        return "intake-bot has a token; `manage.py role token intake-bot` makes another"
    made = tokens.token_make(person=bot, name="the demo", scope="work", days=tokens.LONGEST_DAYS, origin=SETUP)
    if isinstance(made, Refused):
        return f"intake-bot has no token: {made.message}"
    return f"The API at /api/docs/ takes intake-bot's token, shown this once: Authorization: Bearer {made.secret}"


def ensure_person(username: str, first: str, last: str, groups: list[str], does: str) -> str:
    """Make a demo person unless they are there; a line that says who they are."""
    person = people.person_make(name=username, first=first, last=last, origin=SETUP)
    if isinstance(person, User):
        people.password_set(user=person, password=PASSWORD, origin=SETUP)
        for group in Group.objects.filter(name__in=groups):
            people.person_join(user=person, group=group, origin=SETUP)
    return f"  {username:10} {does}"


def open_samples(most: int) -> int:
    """Bring in the samples of the case types that ship; how many cases there are new."""
    keys = [file.parent.name for file in sorted(CASE_TYPES.glob("*/manifest.yaml"))]
    keys = [key for key in keys if key not in OTHERS]  # what others are about is not decided yet: on request
    return sum(open_sample(by_definition(current(key).pk), most) for key in keys)


def open_sample(case_type: CaseType, most: int) -> int:
    outcome = samples_open(by=None, case_type=case_type, most=most, seconds=math.inf)
    return outcome.new if isinstance(outcome, Brought) else 0
