"""By what can any list of work be grouped: whose it is, of which type, in which state, how urgent?

The inbox and the list of cases give the expressions of SQL; what is known of the values beforehand is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, LiteralString

from django.contrib.auth.models import User

from casework.access.unit_models import BusinessUnit
from casework.cases.case_row import BY_HAND, NEEDS_ATTENTION
from casework.lists.asked import Grouping
from casework.lists.grouping import NONE, YOU
from orchestration.casetypes.case_type import CaseType

PRIORITIES: Final = (("urgent", "Urgent"), ("normal", "Normal"), ("low", "Low"))


_UNIT: Final[LiteralString] = """coalesce((
    select b.key::text from casework_case k join casework_businessunit b on b.id = k.unit_id
    where k.instance_id = INSTANCE), {none})"""


def own_groupings(
    types: Sequence[CaseType], *, owner: LiteralString, kind: LiteralString, state: LiteralString,
    priority: LiteralString, instance: LiteralString,
) -> tuple[Grouping, ...]:  # fmt: skip
    """The groupings of a list whose statements have these values of a row; `instance`: its case's; `types`: the newest
    version of each."""
    states = dict.fromkeys((*(each.name for one in types for each in one.states), NEEDS_ATTENTION, *BY_HAND.values()))
    return (
        Grouping("owner", "Who has it", owner),
        Grouping("type", "Case type", kind, values=tuple((one.key, one.name) for one in types)),
        Grouping("state", "State", state, values=tuple((name, name) for name in states)),
        Grouping("priority", "Priority", priority, values=PRIORITIES),
        Grouping("unit", "Business unit", _UNIT.replace("INSTANCE", instance)),
    )


def names_of(grouping: Grouping, values: Iterable[str], by: User) -> dict[str, str]:
    """What these values are called that are not known beforehand: people, by their user names; the reader is "You".
    Business units by their keys."""
    if grouping.key == "unit":
        return dict(BusinessUnit.objects.filter(key__in=set(values) - {NONE}).values_list("key", "name"))
    wanted = set(values) - {NONE} if grouping.key == "owner" else set()
    if not wanted:
        return {}
    found = User.objects.filter(username__in=wanted).only("username", "first_name", "last_name")
    return {who.username: YOU if who.pk == by.pk else who.get_full_name() or who.username for who in found}
