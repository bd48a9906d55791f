"""Makes what is kept of the cases' past anew from their histories: `manage.py rebuild_pasts [CASE ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from casework.cases.past_rows import rebuild
from casework.models import Case
from orchestration.casetypes.case_type import by_definition


class Command(BaseCommand):
    help = "Make what pages know of the past of cases anew from their histories."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", type=int, help="numbers of cases; none: all of them")

    def handle(self, *, cases: list[int], **options: Any) -> None:
        found = Case.objects.filter(pk__in=cases) if cases else Case.objects.all()
        count = 0
        for instance, definition in found.values_list("instance_id", "instance__definition_id").iterator():
            rebuild(instance, by_definition(definition).classification)
            count += 1
        self.stdout.write(f"{count} cases: done.")
