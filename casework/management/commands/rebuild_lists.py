"""How is what lists know of cases made anew from them? `manage.py rebuild_lists [CASE ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit import data_keys
from audit.db.sql import do
from casework.cases.past_rows import former_of
from casework.lists.projection import GONE, KEPT, columns, listed_values
from casework.management.each_case import EachCase
from casework.models import Case
from casework.tasks.barred import rebuilt
from orchestration.ground.counts import counted
from orchestration.shell.services import lock
from orchestration.view.state import INSTANCE_ENDED


class Command(BaseCommand):
    help = "Make what lists of work filter and order by, and whom they offer no task, anew from the cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", type=int, help="numbers of cases; none: all of them")

    def handle(self, *, cases: list[int], **options: Any) -> None:
        found = Case.objects.filter(pk__in=cases) if cases else Case.objects.all()
        each = EachCase(self.stderr, "lists do not find it by its values")
        rows = found.order_by("pk").values_list("pk", "instance_id")
        count = sum(each.done(number, _rebuilt, instance) for number, instance in rows.iterator(chunk_size=500))
        self.stdout.write(f"{counted(count, 'case')}: done.")
        each.end()


def _rebuilt(instance: int) -> None:
    with transaction.atomic():
        locked = lock(instance)
        if locked is not None:
            root, former = locked.state.root, former_of([instance]).get(instance, {})
            data = locked.case_type.in_lists(instance, root.variables, root.state in INSTANCE_ENDED)
            values = columns(listed_values(locked.case_type, data, former, sealed=data_keys.is_sealing()))
            do([(KEPT, values | {"instance": instance}), (GONE, {})])
            for text, given in rebuilt(locked.case_type, locked.state):
                do([(text, {"instance": instance, **given})])
