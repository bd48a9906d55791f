"""Makes what finds cases anew from them: `manage.py rebuild_search [--missing] [CASE ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.data_keys import KeyFault
from casework.cases.search_row import forget_words, rebuild
from casework.models import Case, SearchedCase
from orchestration.casetypes.case_type import Faulty


class Command(BaseCommand):
    help = "Make what the search finds cases by anew from the cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", type=int, help="numbers of cases; none: all of them")
        parser.add_argument("--missing", action="store_true", help="only cases from before there was a search")

    def handle(self, *, cases: list[int], missing: bool, **options: Any) -> None:
        found = Case.objects.filter(pk__in=cases) if cases else Case.objects.all()
        if missing:
            found = found.exclude(pk__in=SearchedCase.objects.values("case"))
        count = 0
        for number in found.order_by("-pk").values_list("pk", flat=True).iterator(chunk_size=500):
            count += self._rebuilt(number)
        self.stdout.write(f"{count} cases: done.")
        if not cases and not missing:
            self.stdout.write(f"{forget_words()} words forgotten that stand in no case any more.")

    def _rebuilt(self, number: int) -> int:
        try:
            rebuild(number)
        except (Faulty, KeyFault) as fault:
            why = "the version that it follows cannot be read" if isinstance(fault, Faulty) else fault
            self.stderr.write(f"case {number}: {why}; it is not found.")
            return 0
        return 1
