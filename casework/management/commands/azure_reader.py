"""How do documents come to be read by Azure AI Document Intelligence? `manage.py azure_reader on`; `off` to go back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit.services import Origin
from casework.actors.azure_reader import azure_reader


class Command(BaseCommand):
    help = "Have documents read by Azure AI Document Intelligence (or its stand-in) first, or by this machine alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("which", choices=["on", "off"])

    def handle(self, *, which: str, **options: Any) -> None:
        with transaction.atomic():
            first = azure_reader(which == "on", Origin("system:setup"))
        self.stdout.write(f"Documents that a case asks about are read first by: {first}")
