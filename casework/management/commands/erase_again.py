"""Has a restored database again what was erased? `manage.py erase_again` erases it; `restore` does so by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from casework.erasure.again import erase_again, mentions_again
from orchestration.ground.counts import counted


class Command(BaseCommand):
    help = "Erase what was erased before and is there again, since a backup of before was restored."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{erase_again()} erased again.")
        mentioned = mentions_again()
        if mentioned.taken:
            self.stdout.write(f"Taken out again of {counted(mentioned.taken, 'case')} of others, which named them.")
        for chain, order in mentioned.left:
            self.stdout.write(f"History {chain} names again whom order {order} took out: ask for it anew.")
