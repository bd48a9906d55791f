"""Who hears of a comment by mail? Whom it names or answers, if they want mails and may still see the case.

A mail says who wrote and where it stands, and nothing of the case: mails go through other people's servers. It is sent
by a worker, and only where the installation has a mail server.
"""

from __future__ import annotations

import smtplib
from datetime import datetime
from typing import Final

import structlog
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.urls import reverse
from kombu.exceptions import OperationalError

from casework.access.desk import Desk
from casework.access.desk_models import DeskChoice
from casework.access.permissions import who_may_view
from casework.cases.read.actor_names import actor_names
from casework.cases.read.timeline import actor_name
from casework.models import Comment, CommentNotice

log = structlog.get_logger()
ASKED: Final = (CommentNotice.Why.MENTION, CommentNotice.Why.REPLY)


def mails_wanted(request: HttpRequest, row: Comment) -> None:
    """Have mails sent of what was just written; that the queue is away takes nothing from the comment."""
    if not settings.EMAIL_URL:
        return
    at = (row.edited or row.at).isoformat()
    try:
        comment_mailed.delay(row.pk or _number(row), at, f"{request.scheme}://{request.get_host()}")
    except OperationalError:
        log.warning("mails of a comment were not asked for: the queue is away", comment=row.number)


def _number(row: Comment) -> int:
    return Comment.objects.values_list("pk", flat=True).get(case=row.case_id, number=row.number)


@shared_task(name="casework.comments.mailed", ignore_result=True)
def comment_mailed(comment: int, at: str, base: str) -> None:
    """One mail for each who is told of it since then."""
    row = Comment.objects.select_related("case").defer("words").filter(pk=comment, withdrawn=None).first()
    if row is None:
        return
    told = CommentNotice.objects.filter(comment=row, at=datetime.fromisoformat(at), why__in=ASKED)
    people = {one.person_id: one for one in told.select_related("person").exclude(person__email="")}
    liked = DeskChoice.objects.filter(person__in=people).values_list("person", "liked")
    wanting = {number for number, written in liked if Desk.read(written).mails}
    seeing = {who for who, _ in who_may_view([(number, row.case.instance_id) for number in wanting])}
    who = actor_name(row.by, actor_names({row.by}))
    address = base + reverse("case-comment", args=[row.case_id, row.number])
    for number in sorted(seeing):
        _send(people[number], who, address)


def _send(one: CommentNotice, who: str, address: str) -> None:
    said = f"{who} {one.get_why_display()} in a comment."
    name = one.person.get_full_name() or one.person.get_username()
    text = (
        f"Hello {name},\n\n{said} It stands here:\n\n{address}\n\n"
        "You asked for these mails in the menu with your name; there you can end them, too.\n"
    )
    try:
        send_mail(said, text, settings.DEFAULT_FROM_EMAIL, [one.person.email])
    except (OSError, smtplib.SMTPException) as error:
        log.warning("a comment could not be told of by mail", error=type(error).__name__)
