"""What does a program send? The shapes of the API's requests, one class each, as its description names them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers as s
from rest_framework.request import Request

from casework.cases.api.json_fields import AnyField, ObjectField
from casework.cases.api.kinds import wrong_in_body, wrong_in_query
from casework.cases.incidents import WAYS
from casework.cases.read.plan_options import LABELS
from casework.cases.reveal_reasons import KINDS, OTHER
from casework.models import Case
from orchestration.view.available_actions import CHANGES, URGENCY

SOURCE_MOST: int = Case._meta.get_field("source").max_length or 0
REFERENCE_MOST: int = Case._meta.get_field("reference").max_length or 0
PAGE, PAGE_MOST = 50, 200
MOST_NAMED = 20
"""Of the names that an error speaks of."""


class Sent(s.Serializer[Any]):
    """What a call takes, and nothing else: a name that it does not know is refused, as it may be one misspelt."""

    @classmethod
    def body(cls, request: Request) -> dict[str, Any]:
        """The request's body; its query has to be empty. Raises ValidationError."""
        _refuse_unknown(request.query_params, frozenset())
        return cls._checked(request.data)

    @classmethod
    def query(cls, request: Request) -> dict[str, Any]:
        """The request's query. Raises ValidationError."""
        return cls._asked(request.query_params)

    @classmethod
    def query_with(cls, request: Request, is_more: Callable[[str], bool]) -> dict[str, Any]:
        """The request's query, where other names may stand beside it, more than once too. Raises ValidationError."""
        own = request.query_params.copy()
        for name in [name for name in own if is_more(name)]:
            del own[name]
        return cls._asked(own)

    def to_internal_value(self, data: Any) -> Any:
        """Its values. Raises ValidationError, for names that are not known and values of another kind too."""
        if isinstance(data, Mapping):
            _refuse_unknown(data, self.fields.keys())
            _refuse({} if isinstance(data, QueryDict) else wrong_in_body(self.fields, data))
        return super().to_internal_value(data)

    @classmethod
    def _asked(cls, query: QueryDict) -> dict[str, Any]:
        _refuse_doubled(query)
        _refuse(wrong_in_query(cls().fields, query))
        return cls._checked(query)

    @classmethod
    def _checked(cls, given: Any) -> dict[str, Any]:
        sent = cls(data=given)
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)


def _refuse(wrong: Mapping[str, Any]) -> None:
    if wrong:
        raise s.ValidationError(dict(wrong))


def _refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        told = f"This name is not known here; {', '.join(known)} are." if known else "Nothing is taken here."
        raise s.ValidationError(dict.fromkeys(unknown[:MOST_NAMED], told))


def _refuse_doubled(query: QueryDict) -> None:
    doubled = [name for name, values in query.lists() if len(values) > 1]
    if doubled:
        raise s.ValidationError(dict.fromkeys(doubled[:MOST_NAMED], "This stands here more than once."))


class Nothing(Sent):
    """A call that takes nothing but its address."""


class AfterField(s.CharField):
    """Where a page begins."""

    def __init__(self) -> None:
        super().__init__(
            required=False, default="", allow_blank=True, max_length=500, help_text="`next` of the page before."
        )


class NewCase(Sent):
    case_type = s.CharField(max_length=64, help_text="The case type's key, as `complaint`.")
    reference = s.CharField(
        max_length=REFERENCE_MOST,
        help_text="Your own reference, without personal data in it. The same source, reference and data twice make one "
        "case; other data under them is a clash (409).",
    )
    source = s.CharField(
        max_length=SOURCE_MOST,
        required=False,
        help_text="Who sends it in: `api:<your name>` when left out, or `api:<your name>/<a system behind you>`.",
    )
    data = ObjectField(help_text="What is known, by the fields that the case type takes in.")


class OfCaseType(Sent):
    case_type = s.CharField(max_length=64, help_text="The case type's key, as `complaint`.")


class CaseFilter(Sent):
    state = s.CharField(required=False, default="", allow_blank=True, help_text="Only cases in this named state.")
    reference = s.CharField(
        required=False, default="", allow_blank=True, help_text="Only cases whose reference begins so."
    )
    kind = s.CharField(required=False, default="", allow_blank=True, max_length=64, help_text="A case type's key.")
    closed = s.BooleanField(required=False, allow_null=True, default=None, help_text="Only closed, or only open ones.")
    view = s.IntegerField(
        required=False, default=0, min_value=0,
        help_text="A saved view (`/api/views/?list=cases`) in place of all this.",
    )  # fmt: skip
    sort = s.CharField(
        required=False, default="", allow_blank=True, max_length=200,
        help_text="The dotted place of a field that case types list (`amount`), or that with `-` before it: "
        "the highest first; `@deadline`: when the next deadline is due. Left out: the newest first.",
    )  # fmt: skip
    columns = s.CharField(
        required=False, default="", allow_blank=True, max_length=2000,
        help_text="Dotted places with commas between them: the fields that each case's `values` say.",
    )  # fmt: skip
    after = AfterField()
    limit = s.IntegerField(required=False, default=PAGE, min_value=1, max_value=PAGE_MOST)


class HistoryFilter(Sent):
    actor = s.CharField(
        required=False, default="", allow_blank=True, help_text="Who, from its beginning: `person:anna`, `model:`."
    )
    action = s.CharField(
        required=False, default="", allow_blank=True, help_text="What, from its beginning: `engine.`, `task.claimed`."
    )
    after = s.IntegerField(
        required=False, default=0, min_value=0, max_value=2**31 - 1, help_text="`next` of the page before."
    )
    limit = s.IntegerField(required=False, default=PAGE_MOST, min_value=1, max_value=1000)


class Answers(Sent):
    answers = ObjectField(help_text="Value by dotted path, as the task's form names them.")
    seen = s.CharField(
        required=False, default="", allow_blank=True, max_length=100_000,
        help_text="The task's `seen` as you read it, where finishing it signs what it shows.",
    )  # fmt: skip


class Reply(Sent):
    item = s.CharField(
        required=False,
        max_length=200,
        default="",
        help_text="What the case waits for, as its `waiting` names it. May be left out where it can only be one thing.",
    )
    at = s.IntegerField(
        required=False, default=None, allow_null=True, min_value=0, max_value=2**31 - 1,
        help_text="Which of several that wait for it, as `waiting` numbers them; the first when left out.",
    )  # fmt: skip
    answers = ObjectField(help_text="Value by dotted path, as the form of what is waited for names them.")


class Reveal(Sent):
    path = s.CharField(max_length=200, help_text="JSON Pointer (RFC 6901), one of the case's `masked`.")
    reason = s.CharField(help_text="Why you need to see it: 5 to 500 characters, kept in the history.")
    kind = s.ChoiceField(choices=list(KINDS), required=False, default=OTHER, help_text="What kind of reason it is.")


class Plan(Sent):
    item = s.CharField(max_length=200, help_text="The step to add, as the case's `plannable` names it.")
    within = s.IntegerField(
        required=False, default=None, allow_null=True, min_value=0, max_value=2**31 - 1,
        help_text="Which of several places that offer it, as `plannable` numbers them; any when left out.",
    )  # fmt: skip


class ByHand(Sent):
    how = s.ChoiceField(
        choices=[*LABELS, "remove"],
        help_text="One of the ways that the case's `by_hand` names, or `remove` for one of its `added`.",
    )
    reason = s.CharField(
        required=False, default="", allow_blank=True, help_text="With `remove`: why it is not needed; kept."
    )


class Change(Sent):
    transition = s.ChoiceField(
        choices=[*CHANGES, *URGENCY], help_text="What to do with the whole case (CMMN 1.1, 8.3)."
    )
    reason = s.CharField(required=False, default="", allow_blank=True, help_text="Why; kept in the history.")


class Resolution(Sent):
    how = s.ChoiceField(choices=list(WAYS))
    output = AnyField(
        required=False, default=None, allow_null=True,
        help_text="With `skip`: what to go on with, as the actor would have said it.",
    )  # fmt: skip
    input = ObjectField(
        required=False, default=dict,
        help_text="With `change`: value by dotted path, as `input.text`; what is left out stays as it was.",
    )  # fmt: skip
    actor = s.CharField(required=False, default="", max_length=100, help_text="With `move`: the key of the actor.")
    reason = s.CharField(required=False, default="", max_length=500, help_text="With `end`: why the case ends.")
