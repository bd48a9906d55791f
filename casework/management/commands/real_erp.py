"""How do invoices come to work with the ERP of `make demo-systems`? `manage.py real_erp on`, and `off` to go back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit.services import Origin
from casework.actors.real_erp import real_erp


class Command(BaseCommand):
    help = "Have supplier invoices work with the Tryton of `make demo-systems`, or with the stand-in again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("which", choices=["on", "off"])

    def handle(self, *, which: str, **options: Any) -> None:
        with transaction.atomic():
            keys = real_erp(which == "on", Origin("system:setup"))
        said = ", ".join(keys) or "nobody: their case types are not deployed here"
        self.stdout.write(f"Supplier invoices work with: {said}")
