"""How long is each type of case kept, what is held, and how is that changed?

Rules are configuration: a change stands on the control chain with its reason. A hold concerns one case: its history
says who placed and who lifted it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber

from audit.services import Fact, Origin, record_control
from casework.access.permissions import origin_of
from casework.erasure.keeping import Rule, Standing, amiss, mention_standing, standing, tightened
from casework.erasure.models import LegalHold, RetentionRule
from casework.forms.answer_validation import tells, text_errors
from casework.models import Case
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.shell import services


def reason_amiss(reason: str) -> dict[str, str]:
    if unclean := text_errors({"reason": reason}):
        return unclean
    return {} if tells(reason, 3, 500) else {"reason": "Say why, in 3 to 500 characters."}


def invalid(wrong: Mapping[str, str]) -> Refused:
    return Refused("invalid", "Please correct what is marked.", dict(wrong))


def rule_set(
    *, origin: Origin, case_type: str, floor: int | None, keep: int | None, law: str, reason: str
) -> RetentionRule | Refused:
    """Say how long cases of a type are kept, in days after their end."""
    law, reason = law.strip(), reason.strip()
    wrong = amiss(floor, keep, law) | reason_amiss(reason)
    if wrong or floor is None or keep is None:
        return invalid(wrong)
    with transaction.atomic():
        rule, _ = RetentionRule.objects.update_or_create(
            pk=case_type, defaults={"floor_days": floor, "keep_days": keep, "law": law}
        )
        detail = {"case_type": case_type, "floor_days": floor, "keep_days": keep, "law": law, "reason": reason}
        record_control([Fact("retention.changed", detail)], origin, clock.utc_now())
    return rule


def rule_begin(case_type: CaseType, origin: Origin) -> None:
    """Give a new case type the rule that it proposes; one that stands is for people to change."""
    proposed = case_type.keeping
    if proposed is not None and not RetentionRule.objects.filter(pk=case_type.key).exists():
        rule_set(
            origin=origin, case_type=case_type.key, floor=proposed.floor, keep=proposed.keep, law=proposed.law,
            reason="Proposed by the case type when it was first set up",
        )  # fmt: skip


def hold_place(*, by: User, case: Case, reason: str) -> LegalHold | Refused:
    """Keep a case from being erased until this is lifted."""
    reason = reason.strip()
    if wrong := reason_amiss(reason):
        return invalid(wrong)
    with transaction.atomic():
        held = services.lock(case.instance_id)
        if held is None:
            return Refused("unknown", "This case does not exist any more.")
        if LegalHold.objects.filter(case=case).exists():
            return Refused("held", "This case is held already.")
        origin = origin_of(by)
        hold = LegalHold.objects.create(case=case, reason=reason, by=origin.actor, since=held.at)
        services.record(held, [Fact("hold.placed", {"reason": reason})], origin)
    return hold


def hold_lift(*, by: User, case: Case, reason: str) -> Case | Refused:
    """Let the rules for its type count again."""
    reason = reason.strip()
    if wrong := reason_amiss(reason):
        return invalid(wrong)
    with transaction.atomic():
        held = services.lock(case.instance_id)
        if held is None or not LegalHold.objects.filter(case=case).delete()[0]:
            return Refused("free", "This case is not held.")
        services.record(held, [Fact("hold.lifted", {"reason": reason})], origin_of(by))
    return case


def all_rules() -> dict[str, Rule]:
    """By case type."""
    return {row.case_type: Rule(row.floor_days, row.keep_days, row.law) for row in RetentionRule.objects.all()}


def standings(cases: Iterable[Case], now: datetime) -> Iterator[tuple[Case, Standing]]:
    """Whether each of these may go; two statements for all. `cases` with their instances."""
    return _standings(cases, now, standing)


def mention_standings(cases: Iterable[Case], now: datetime) -> Iterator[tuple[Case, Standing]]:
    """Whether a person may be taken out of each, whoever's it is."""
    return _standings(cases, now, mention_standing)


def _standings(
    cases: Iterable[Case], now: datetime, standing: Callable[..., Standing]
) -> Iterator[tuple[Case, Standing]]:
    listed, rules = list(cases), all_rules()
    holds = dict(LegalHold.objects.filter(case__in=listed).values_list("case_id", "reason"))
    for case in listed:
        hold, days = holds.get(case.pk, ""), keeping_in(case)
        rule = tightened(rules.get(case.case_type), days)
        yield case, standing(ended=case.instance.ended, rule=rule, hold=hold, now=now)


def keeping_in(case: Case) -> int | None:
    """After how many days a case has to go by its business unit, where that says so."""
    found: int | None = None if case.unit is None else case.unit.policy.get("keeping", {}).get(case.case_type)
    return found


def longest_ended(case_types: Collection[str], most: int) -> QuerySet[Case]:
    """Of each of these types the first `most`: one statement for all."""
    place = Window(RowNumber(), partition_by="case_type", order_by=("instance__ended", "pk"))
    return ended_cases().filter(case_type__in=case_types).annotate(place=place).filter(place__lte=most)


def ended_cases(case_type: str = "") -> QuerySet[Case]:
    """Those that are over, the longest first, with their instances but for state and data."""
    found = Case.objects.filter(instance__ended__isnull=False).select_related("instance", "unit")
    found = found.defer("instance__items", "instance__data").order_by("instance__ended", "pk")
    return found.filter(case_type=case_type) if case_type else found
