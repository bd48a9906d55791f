"""Which contents are kept that no case and no knowledge has? `manage.py tidy_documents` counts, and can remove them.

What was kept for a document that was refused afterwards, or left where the store fell silent while a case was erased.
What came within the last day is left: it may belong to what is being added now.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from casework.documents.models import Document
from orchestration.documents import store
from orchestration.documents.reached import Reached
from orchestration.ground import clock
from orchestration.models import KnowledgeDocument

CONTENT: Final = re.compile("[0-9a-f]{64}")
LEAST_AGE: Final = timedelta(days=1)


class Command(BaseCommand):
    help = "Count the contents of documents that nothing has any more; --remove: remove them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true")

    def handle(self, *, remove: bool, **options: Any) -> None:
        try:
            found = set(orphans())
            for digest in found if remove else ():
                store.forget(digest)
        except store.Away as away:
            raise CommandError(str(away)) from None
        self.stdout.write(f"{len(found)} contents that nothing has {'were removed' if remove else 'are kept'}.")


def orphans() -> Iterator[str]:
    """The digests of contents that nothing has, older than a day."""
    known = {
        *Document.objects.values_list("digest", flat=True),
        *KnowledgeDocument.objects.values_list("digest", flat=True),
    }
    newest = clock.utc_now() - LEAST_AGE
    for name, digest in store.all_kept():
        if CONTENT.fullmatch(digest) and digest not in known:
            since = Reached().since(name)
            if since is not None and since < newest:
                yield digest
