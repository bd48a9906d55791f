"""What do pages show of cases of others in which a person stands: what will go, what stays, and what went?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from casework.erasure.keeping import Standing
from casework.erasure.models import ErasureOrder
from casework.erasure.order_words import words_of_order
from casework.erasure.places import Places, places
from casework.erasure.rules import mention_standings
from casework.erasure.words import Words
from casework.models import Case
from orchestration.documents import store
from orchestration.ground import clock
from orchestration.shell.verification.cases import BROKEN

MOST_LISTED: Final = 40
"""Cases of which a page lists each place: each is read whole for that."""
UNLISTED: Final = f"Places are listed for the first {MOST_LISTED} cases."
UNREAD: Final = "It cannot be read whole, so nothing will be taken out of it."


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A case that names a person. `state`: of the order in it, "" before there is one; `standing`: may it be now."""

    chain: int
    case: int
    case_type: str
    standing: Standing
    goes: Sequence[str]
    stays: Sequence[str]
    state: str = ""


def mentioned(chains: Iterable[int], words: Words) -> dict[int, Mentioned]:
    """By number of the chain: what would go of each, and what would stay."""
    listed = list(_standing(chains))
    found = {}
    for at, (case, standing) in enumerate(listed):
        there = _places(case.instance_id, words) if at < MOST_LISTED else Places(stays=[UNLISTED])
        goes = there.goes if standing.may else []
        stays = there.stays if standing.may else [f"{place}: stays, with the whole case" for place in there.goes]
        found[case.instance_id] = Mentioned(case.instance_id, case.pk, case.case_type, standing, goes, stays)
    return found


def mentions_of(order: ErasureOrder) -> list[Mentioned]:
    """The cases of others that an order names: as it left them, or what it will do."""
    words = words_of_order(order) if order.words else None
    ahead = mentioned(_waiting(order), words) if words else {}
    return [ahead.get(case.instance_id) or _done(order, case, now) for case, now in _standing(order.mentions)]


def _waiting(order: ErasureOrder) -> list[int]:
    return [one for one in order.mentions if str(one) not in order.taken and str(one) not in order.left]


def _done(order: ErasureOrder, case: Case, now: Standing) -> Mentioned:
    key = str(case.instance_id)
    if (taken := order.taken.get(key)) is not None:
        return Mentioned(
            case.instance_id, case.pk, case.case_type, now, taken["goes"], taken["stays"], "The person was taken out."
        )
    why = f"It was left: {order.left[key]}" if key in order.left else "Nothing was done: the order was refused."
    return Mentioned(case.instance_id, case.pk, case.case_type, now, (), (), why)


def _standing(chains: Iterable[int]) -> Iterable[tuple[Case, Standing]]:
    cases = Case.objects.filter(instance__in=list(chains)).select_related("instance", "unit")
    return mention_standings(cases.defer("instance__items", "instance__data").order_by("pk"), clock.utc_now())


def _places(chain: int, words: Words) -> Places:
    try:
        return places(chain, words)
    except (store.Away, *BROKEN):
        return Places(stays=[UNREAD])
