"""Does every history hold? `manage.py verify_audit` checks all chains and rebuilds every case from its events."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from casework.cases.verification import verify
from orchestration.models import Instance
from orchestration.shell.verification import verify_control


class Command(BaseCommand):
    help = "Check the hash chain of every case and compare the state rebuilt from its events with the stored one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", type=int, help="instance numbers; default: all")

    def handle(self, *, cases: list[int], **options: Any) -> None:
        instances = Instance.objects.order_by("pk")
        if cases:
            instances = instances.filter(pk__in=cases)
        broken, events = 0, 0
        with tqdm(total=instances.count(), unit=" cases", disable=None) as progress:
            for instance in instances.iterator(chunk_size=200):
                verdict = verify(instance)
                events += verdict.events
                if not verdict.ok:
                    broken += 1
                    progress.write(f"case {instance.pk}, event {verdict.sequence}: {verdict.reason}")
                progress.update()
        control = verify_control()
        if not control.ok:
            broken += 1
            self.stdout.write(f"rules, roles and actors, event {control.sequence}: {control.reason}")
        if broken:
            raise CommandError(f"{broken} histories do not hold")
        self.stdout.write(f"All histories hold: {instances.count()} cases, {events + control.events} events.")
