"""How do the tests of comments write one, read them, and hold the case against its history?"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import User

from casework.cases.services import case_verify
from casework.comments.services import comment_say
from casework.models import Case, Comment
from tests.casework.browsing import client
from tests.casework.reading import told

People = dict[str, User]
Analysed = Callable[..., Case]


def said(case: Case, by: User, text: str, **more: object) -> Comment:
    outcome = comment_say(by=by, case=case, text=text, **more)  # type: ignore[arg-type]
    assert isinstance(outcome, Comment), outcome
    return outcome


def page(who: User, case: Case, asked: str = "") -> str:
    return told(client(who).get(f"/cases/{case.pk}/comments/{asked}"))


def holds(case: Case) -> bool:
    case.instance.refresh_from_db()
    verdict = case_verify(by=User.objects.get(username="axel"), case=case)
    assert verdict.ok, verdict.reason
    return verdict.ok


def found(who: User, asked: str) -> str:
    return told(client(who).get(f"/search/?q={asked}"))
