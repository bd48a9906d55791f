"""Makes what is kept of the cases' past anew from their histories: `manage.py rebuild_pasts [CASE ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from casework.cases.own_words import rebuild_own_words
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
        for case in (
            found.select_related("instance").defer("instance__items", "instance__data").iterator(chunk_size=500)
        ):
            rebuild(case.instance_id, by_definition(case.instance.definition_id).classification)
            rebuild_own_words(case)
            count += 1
        self.stdout.write(f"{count} cases: done.")
