"""What does an outside worker send?"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from rest_framework import serializers as s

from casework.cases.api.json_fields import ObjectField
from casework.cases.api.requests import Sent
from orchestration.jobs import fetching, leases

LONGEST_WAIT: Final = 30
"""Seconds for which a fetch is kept waiting."""
LONGEST_ERROR: Final = 2000


def _seconds(about: str) -> s.FloatField:
    return s.FloatField(
        required=False, default=fetching.LEASE, min_value=leases.SHORTEST, max_value=leases.LONGEST, help_text=about
    )


def _request() -> s.CharField:
    return s.CharField(
        required=False, default="", allow_blank=True, max_length=100,
        help_text="Your own name of this request, another each time: with the same one it is answered as before.",
    )  # fmt: skip


class Fetch(Sent):
    most = s.IntegerField(required=False, default=1, min_value=1, max_value=fetching.MOST, help_text="So many jobs.")
    wait = s.FloatField(
        required=False, default=0, min_value=0, max_value=LONGEST_WAIT,
        help_text="For how many seconds to wait where there is nothing to do yet.",
    )  # fmt: skip
    lease = _seconds("For how many seconds each job is yours; what its capability allows is the limit.")
    capabilities = s.ListField(
        child=s.CharField(max_length=200), required=False, default=list, max_length=50,
        help_text="Only jobs of these; all that your actor can do when left out.",
    )  # fmt: skip
    worker = s.CharField(
        required=False, default="", allow_blank=True, max_length=100, help_text="What you call yourself, for people."
    )
    request = _request()


class Extend(Sent):
    lease = _seconds("For how many seconds from now; never beyond what the capability allows.")
    request = _request()


class Complete(Sent):
    output = ObjectField(help_text="The result, by the schema of the capability.")
    confidence = s.FloatField(
        required=False, allow_null=True, default=None, min_value=0, max_value=1, help_text="How sure, from 0 to 1."
    )
    detail = ObjectField(required=False, default=dict, help_text="What explains the result; it is kept beside it.")
    usage = ObjectField(required=False, default=dict, help_text="What was counted: `units`, tokens.")
    cost = s.DecimalField(
        required=False, allow_null=True, default=None, max_digits=12, decimal_places=6, min_value=Decimal(0),
        help_text="What it cost in the currency of the actor's price, where you know.",
    )  # fmt: skip


class Fail(Sent):
    error = s.CharField(max_length=LONGEST_ERROR, help_text="What went wrong, in a sentence for people.")
    temporary = s.BooleanField(
        required=False, default=False, help_text="Whether it may go well later: then it is tried again."
    )
    after = s.FloatField(
        required=False, allow_null=True, default=None, min_value=0, max_value=86_400,
        help_text="In how many seconds at the earliest.",
    )  # fmt: skip


class BusinessError(Sent):
    code = s.CharField(max_length=100, help_text="The code that the model's error event waits for.")
    message = s.CharField(max_length=LONGEST_ERROR, required=False, default="", allow_blank=True)
