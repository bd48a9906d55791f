"""How are restricted fields sealed that were kept in clear before there were keys? `manage.py seal_fields`.

While people go on working, one case at a time. What is done already is passed over, so who stops it goes on with the
same command.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import data_keys
from audit.data_keys import KeyFault
from casework.cases.sealed_before import case_seal, cases_in_clear, cases_with_texts_in_clear, texts_seal
from casework.cases.search_row import forget_words
from casework.deadlines.reasons import cases_with_reasons_in_clear, reasons_seal
from casework.management.each_case import EachCase
from orchestration.ground.counts import counted

SAID_EVERY = 1000


class Command(BaseCommand):
    help = "Seal what is kept of cases in clear."

    def handle(self, **options: Any) -> None:
        if not data_keys.is_sealing():
            raise CommandError("CASEWRIGHT_DATA_KEY names no file: there is nothing to seal with.")
        try:
            data_keys.prove()
        except KeyFault as fault:
            raise CommandError(str(fault)) from fault
        each, sealed, looked = EachCase(self.stderr, "it stays as it was", "instance"), 0, 0
        for instance in cases_in_clear():
            looked += 1
            sealed += each.done(instance, case_seal, instance)
            if not looked % SAID_EVERY:
                self.stdout.write(f"{looked:,} cases looked at.")
        beside = sum(each.done(instance, texts_seal, instance) for instance in cases_with_texts_in_clear())
        beside += sum(each.done(instance, reasons_seal, instance) for instance in cases_with_reasons_in_clear())
        forget_words()
        self.stdout.write(f"{counted(sealed, 'case')} sealed.")
        if looked > sealed:
            self.stdout.write(f"{looked - sealed} stay in clear.")
        if beside:
            self.stdout.write(f"Beside {counted(beside, 'case')} sealed already, texts were in clear: sealed, too.")
        self.stdout.write("What their histories said until now stays as it was written: it cannot be written anew.")
        each.end()
