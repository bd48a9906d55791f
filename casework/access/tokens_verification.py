"""Do the tokens of people's programs stand on the control chain as they are?

A row that nobody gave out there would let somebody in as another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from casework.access.models import ApiToken
from casework.access.tokens import ACTION
from orchestration.ground.clock import utc_now, written
from orchestration.shell.verification.change import Change


@dataclass(slots=True)
class Told:
    """A token as the chain says. `revoked`: when it was taken back. `second`: None where the chain is of before."""

    person: str
    name: str
    scope: str
    made: datetime
    expires: str | None
    revoked: datetime | None = None
    case_types: tuple[str, ...] = ()
    second: bool | None = None
    client: bool = False
    purposes: tuple[str, ...] = ()


def tokens_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each token that is not as the chain says."""
    told = tokens_told(changes)
    for row in ApiToken.objects.filter(from_before=False).select_related("person").order_by("pk"):
        named, one = f"the token {row.name} of {row.person.get_username()}", told.pop(row.digest, None)
        if one is None:
            yield f"{named} was never given out"
        elif _now(row, one) != one:
            yield f"{named} is not as the last change left it"
    for one in told.values():
        if one.client and one.expires is not None and datetime.fromisoformat(one.expires) < utc_now():
            continue  # of some minutes, and taken away after them
        yield f"the token {one.name} of {one.person} was given out, but is gone"


def tokens_told(changes: Iterable[Change]) -> dict[str, Told]:
    """Those that were given out, by digest."""
    found: dict[str, Told] = {}
    for change in changes:
        detail = change.detail
        if change.action != ACTION or detail.get("from_before"):
            continue
        if "scope" in detail:
            made = Told(
                detail["person"], detail["name"], detail["scope"], change.at, detail["expires"], None,
                tuple(detail.get("case_types", ())), detail.get("second"), bool(detail.get("client")),
                tuple(detail.get("purposes", ())),
            )  # fmt: skip
            found[detail["digest"]] = made
        elif detail["digest"] in found:
            one = found[detail["digest"]]
            one.expires = detail.get("expires", one.expires)
            one.revoked = change.at if detail.get("revoked") else one.revoked
    return found


def _now(row: ApiToken, told: Told) -> Told:
    expires = written(row.expires)
    second = None if told.second is None else row.second
    return Told(
        row.person.get_username(), row.name, row.scope, row.created, expires, row.revoked, tuple(row.case_types),
        second, row.client, tuple(row.purposes),
    )  # fmt: skip
