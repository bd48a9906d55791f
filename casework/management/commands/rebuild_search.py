"""How is what finds cases made anew from them? `manage.py rebuild_search [--missing] [CASE ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from casework.cases.search_row import forget_words, rebuild
from casework.management.each_case import EachCase
from casework.models import Case, SearchedCase
from orchestration.ground.counts import counted


class Command(BaseCommand):
    help = "Make what the search finds cases by anew from the cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", type=int, help="numbers of cases; none: all of them")
        parser.add_argument("--missing", action="store_true", help="only cases from before there was a search")

    def handle(self, *, cases: list[int], missing: bool, **options: Any) -> None:
        found = Case.objects.filter(pk__in=cases) if cases else Case.objects.all()
        if missing:
            found = found.exclude(pk__in=SearchedCase.objects.values("case"))
        each = EachCase(self.stderr, "it is not found by what it says now")
        numbers = found.order_by("-pk").values_list("pk", flat=True)
        count = sum(each.done(number, rebuild, number) for number in numbers.iterator(chunk_size=500))
        self.stdout.write(f"{counted(count, 'case')}: done.")
        if not cases and not missing:
            self.stdout.write(f"{forget_words()} words forgotten that stand in no case any more.")
        each.end()
