"""How do refunds and claims get paid by the server of `make demo-systems`? `manage.py real_payments on`, then `off`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit.services import Origin
from casework.actors.real_payments import real_payments


class Command(BaseCommand):
    help = "Have refunds and claims paid by the localstripe of `make demo-systems`, or by the stand-in again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("which", choices=["on", "off"])

    def handle(self, *, which: str, **options: Any) -> None:
        with transaction.atomic():
            keys = real_payments(which == "on", Origin("system:setup"))
        said = ", ".join(keys) or "nobody: their case types are not deployed here"
        self.stdout.write(f"Refunds and claims are paid by: {said}")
