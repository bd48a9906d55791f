"""Which calls read the comments on a case, write one, edit it and take it back?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.access.permissions import origin_of
from casework.cases.api.rendering import person
from casework.cases.api.requests import Nothing, Sent
from casework.cases.api.shapes import Shape
from casework.cases.read.case_view import Look, look
from casework.comments.mails import mails_wanted
from casework.comments.read import Said, comment_of, comments_of
from casework.comments.services import About, comment_edit, comment_say, comment_withdraw
from casework.comments.words import LONGEST
from casework.models import Case, Comment
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


class CommentShape(Shape):
    number = s.IntegerField(help_text="The event of the case's history that it was written with.")
    thread = s.IntegerField(help_text="The number of the comment at the head of its thread; 0: this is one.")
    who = s.CharField()
    mine = s.BooleanField(help_text="Whether you wrote it.")
    at = s.DateTimeField()
    text = s.CharField(allow_null=True, help_text="Masked for you; null where it was withdrawn or erased.")
    edited = s.DateTimeField(allow_null=True)
    withdrawn = s.DateTimeField(allow_null=True)
    task = s.IntegerField(allow_null=True, help_text="The task that it is about.")
    telling = s.IntegerField(help_text="The event that holds its words: `seen` of an edit.")


class CommentsShape(Shape):
    results = CommentShape(many=True, help_text="Threads, the oldest first, each with its answers behind it.")
    older = s.IntegerField(help_text="`before` of the page with older threads; 0: there are none.")


class CommentsAsked(Sent):
    before = s.IntegerField(required=False, default=0, min_value=0, help_text="Only threads before this number.")


class CommentSent(Sent):
    text = s.CharField(
        max_length=LONGEST, trim_whitespace=False, help_text="Plain text; `@name` tells somebody who may see the case."
    )
    task = s.IntegerField(required=False, default=0, help_text="The task that it is about; 0: the case.")
    reply = s.IntegerField(required=False, default=0, help_text="The comment that it answers; 0: none.")
    once = s.CharField(
        required=False, default="", max_length=40, allow_blank=True,
        help_text="A key of your own: sent again with it, it is the same comment.",
    )  # fmt: skip


class CommentChanged(Sent):
    text = s.CharField(max_length=LONGEST, trim_whitespace=False)
    seen = s.IntegerField(required=False, default=0, help_text="`telling`, as you saw it: 409 where it is another.")


class CommentsView(APIView):
    @described("Read the comments on a case", {200: CommentsShape}, 400, 404, parameters=[CommentsAsked])
    def get(self, request: Request, case: int) -> Response:
        """The newest threads."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        asked = CommentsAsked.query(request)
        page = comments_of(_eyes(request, found), origin_of(by), before=asked["before"])
        rows = [_row(one) for thread in page.threads for one in (thread, *thread.replies)]
        return Response(CommentsShape({"results": rows, "older": page.older}).data)

    @described(
        "Comment on a case", {200: CommentShape}, 400, 403, 404, 409, request=CommentSent,
        examples=(example("To a colleague", {"text": "@clara, they sent the receipt."}, request=True),),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """For who may work it, also when it is suspended or has ended. It stands in the case's history. Naming somebody
        who may not see the case is refused."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        sent = CommentSent.body(request)
        item = None
        if sent["task"]:
            task = permissions.task_for_user(by, sent["task"], "view")
            item = task.item if task.instance_id == found.instance_id else -1
        about = About(item, sent["reply"])
        return _answer(
            request, found, comment_say(by=by, case=found, text=sent["text"], about=about, once=sent["once"])
        )


class CommentView(APIView):
    @described("Edit a comment", {200: CommentShape}, 400, 403, 404, 409, request=CommentChanged)
    def post(self, request: Request, case: int, number: int) -> Response:
        """For who wrote it. The history keeps what it said before."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        sent = CommentChanged.body(request)
        outcome = comment_edit(by=by, case=found, number=number, text=sent["text"], seen=sent["seen"])
        return _answer(request, found, outcome)


class WithdrawView(APIView):
    @described("Withdraw a comment", {200: CommentShape}, 400, 403, 404, 409, request=None)
    def post(self, request: Request, case: int, number: int) -> Response:
        """For who wrote it. Its words go from the pages; the history says so, and keeps what it was."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        Nothing.body(request)
        return _answer(request, found, comment_withdraw(by=by, case=found, number=number))


def _eyes(request: Request, case: Case) -> Look:
    return look(user=person(request), case=case, now=clock.utc_now(), most=1)


def _answer(request: Request, case: Case, outcome: Comment | Refused) -> Response:
    if isinstance(outcome, Refused):
        return refusal(outcome)
    if outcome.withdrawn is None:
        mails_wanted(request._request, outcome)
    case.instance.refresh_from_db()
    one = comment_of(_eyes(request, case), origin_of(person(request)), outcome.number)
    assert one is not None  # it was written just now
    return Response(CommentShape(_row(one)).data)


def _row(one: Said) -> dict[str, Any]:
    names: Iterable[str] = ("number", "thread", "who", "mine", "at", "edited", "withdrawn", "telling")
    return {name: getattr(one, name) for name in names} | {
        "text": one.words.text if one.words else None, "task": one.task[0] if one.task else None,
    }  # fmt: skip
