"""How is what pages know of the past of cases made anew? `manage.py rebuild_pasts [CASE ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from casework.cases.own_words import rebuild_own_words
from casework.cases.past_rows import rebuild
from casework.management.each_case import EachCase
from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from orchestration.ground.counts import counted


class Command(BaseCommand):
    help = "Make what pages know of the past of cases anew from their histories."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", type=int, help="numbers of cases; none: all of them")

    def handle(self, *, cases: list[int], **options: Any) -> None:
        found = Case.objects.filter(pk__in=cases) if cases else Case.objects.all()
        each = EachCase(self.stderr, "its past is kept as it was")
        rows = found.select_related("instance").defer("instance__items", "instance__data").order_by("pk")
        count = sum(each.done(case.pk, _rebuilt, case) for case in rows.iterator(chunk_size=500))
        self.stdout.write(f"{counted(count, 'case')}: done.")
        each.end()


@transaction.atomic
def _rebuilt(case: Case) -> None:
    rebuild(case.instance_id, by_definition(case.instance.definition_id).classification)
    rebuild_own_words(case)
