"""How does a case type start with cases to try it with? `manage.py samples KEY` brings in its samples, each once."""

from __future__ import annotations

import math
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.intake.samples import samples_open
from orchestration.casetypes.case_type import by_definition, current
from orchestration.ground.refusals import Refused
from orchestration.models import Definition


class Command(BaseCommand):
    help = "Bring in the sample cases of the newest version of a case type, each once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case_type", help="which case type, as `complaint`")
        parser.add_argument("--most", type=int, help="at most so many of each file [all]")

    def handle(self, *, case_type: str, most: int | None, **options: Any) -> None:
        try:
            found = by_definition(current(case_type).pk)
        except Definition.DoesNotExist as missing:
            raise CommandError(f"{missing}.") from None
        outcome = samples_open(by=None, case_type=found, most=most, seconds=math.inf)
        if isinstance(outcome, Refused):
            raise CommandError(outcome.message)
        for sentence in outcome.bad:
            self.stderr.write(sentence)
        self.stdout.write(f"{outcome.new} sample cases are new, {outcome.there} were there already.")
