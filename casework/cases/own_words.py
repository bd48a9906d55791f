"""How does a person see what they wrote themselves?

As they wrote it: a mask over one's own guess would tell that it is right. What would be masked is kept, as a keyed
digest, for them alone (`OwnWords`), and reasons always, since what is hidden may change after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.auth.models import User

from casework.access.permissions import words_digest
from casework.cases.answers import Seen
from casework.models import Case, OwnWords


def masked_words(seen: Seen, answers: Mapping[str, Any]) -> Iterator[str]:
    """The texts of these answers in which the reader would find something masked."""
    texts = (answer for answer in answers.values() if isinstance(answer, str))
    return (text for text in texts if seen.view.text(text) != text)


def keep_own_words(case: Case, by: User, texts: Iterable[str]) -> None:
    rows = [OwnWords(case=case, person=by, digest=digest) for digest in {words_digest(text) for text in texts}]
    if rows:
        OwnWords.objects.bulk_create(rows, ignore_conflicts=True)
