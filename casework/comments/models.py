"""Which rows say who commented on a case, and who is told of it?

The words stand in the history of the case alone, sealed as it is; a row says where. What it says otherwise is held
against the history (`comments.verification`); who has read of what is theirs, and no part of the case's course.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Comment(models.Model):
    """`number`: the event that it was written with; `tellings`: the events that hold its words, the newest last.

    `item`: the task that it is about; `thread`: the comment that it answers, 0 for none. `once`: what its form sent
    along, so that a form that is sent twice makes one comment; no history has it. `words`: what finds it.
    """

    case = models.ForeignKey("casework.Case", models.CASCADE, related_name="comments", db_index=False)
    number = models.IntegerField()
    thread = models.IntegerField(default=0)
    item = models.IntegerField(null=True)
    by = models.CharField(max_length=200, help_text="who wrote it, as histories name them")
    at = models.DateTimeField()
    tellings = ArrayField(models.IntegerField())
    edited = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)
    once = models.CharField(max_length=40, blank=True)
    words = SearchVectorField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "thread", "number"], name="comment_numbered_once"),
            models.UniqueConstraint(
                fields=["case", "by", "once"], condition=~models.Q(once=""), name="comment_sent_once"
            ),
        ]
        indexes = [GinIndex(fields=["words"], name="comment_by_words")]

    def __str__(self) -> str:
        return f"comment {self.number} on case {self.case_id}"

    @property
    def top(self) -> int:
        """The number of the comment at the head of its thread."""
        return self.thread or self.number


class CommentNotice(models.Model):
    """That somebody is told of a comment. Whether they may still see the case is asked when they look."""

    class Why(models.TextChoices):
        MENTION = "mention", "named you"
        REPLY = "reply", "answered you"
        FOLLOW = "follow", "commented on a case that you follow"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="notices", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    why = models.CharField(max_length=8, choices=Why)
    at = models.DateTimeField()
    seen = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="told_of_comment_once")]
        indexes = [
            models.Index(fields=["person", "-at"], name="comment_notices"),
            models.Index(fields=["person"], condition=models.Q(seen=None), name="comment_notices_new"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is told of comment {self.comment_id}"
