"""Does a new release reach the cards of actors that are there, without taking back what somebody changed?"""

from __future__ import annotations

from typing import Any, Final

import pytest

from audit.services import Origin
from casework.actors.changes import changes_of
from orchestration.actors.contract import version_of
from orchestration.actors.registry import actor_change, actor_ensure, card_change, register_model_version, version_move
from orchestration.actors.shipping import actor_ship, shipped_waiting, version_ship
from orchestration.models import ActorVersion
from orchestration.shell.verification.control import verify_control
from tests.sql import statements

pytestmark = pytest.mark.django_db
ADA: Final = Origin("person:ada")
BEFORE: Final[dict[str, Any]] = {
    "name": "Parcels", "kind": "external", "capability": "find-parcel", "origin": "", "owner": "",
    "card": {"source": "internal", "limits": "Letters only.", "review-by": "2026-01-01"},
}  # fmt: skip
PRICE: Final = {"amount": 0, "currency": "EUR", "per": "call"}
NOW: Final = BEFORE | {
    "origin": "A stand-in", "owner": "Administrators",
    "card": {"source": "vendor", "price": PRICE, "review-by": "2027-01-01"},
}  # fmt: skip


def test_what_ships_otherwise_comes_to_a_card_that_nobody_has_changed() -> None:
    actor_ship("parcels", **BEFORE)
    row = actor_ship("parcels", **NOW)
    assert (row.origin, row.owner) == ("A stand-in", "Administrators")
    assert row.card == {"source": "vendor", "price": PRICE, "review-by": "2026-01-01"}
    told = changes_of("parcels")
    assert [(one.words, one.reason) for one in told[:2]] == [
        ("changed its card", "as it ships with this release"),
        ("changed its origin, owner", "as it ships with this release"),
    ]
    actor_ship("parcels", **NOW)
    assert changes_of("parcels") == told and verify_control().ok


def test_what_a_person_has_changed_stays_and_is_said_once() -> None:
    actor_ship("parcels", **BEFORE)
    actor_change("parcels", {"owner": "Payments team"}, ADA)
    card_change("parcels", BEFORE["card"] | {"limits": "Letters and small parcels."}, ADA)
    for _ in range(2):
        row = actor_ship("parcels", **NOW)
    assert (row.origin, row.owner) == ("A stand-in", "Payments team")
    assert row.card == {
        "source": "vendor",
        "price": PRICE,
        "limits": "Letters and small parcels.",
        "review-by": "2026-01-01",
    }
    (kept,) = [one for one in changes_of("parcels") if one.words.startswith("left")]
    assert kept.words == "left its limits, owner as it was changed here; with this release it ships otherwise"
    assert [(place.name, place.after) for place in kept.places] == [("limits", ""), ("owner", "Administrators")]
    assert verify_control().ok


def test_an_actor_that_a_person_made_under_that_name_is_theirs() -> None:
    actor_ensure("parcels", by=ADA, **BEFORE)
    row = actor_ship("parcels", **NOW)
    assert (row.origin, row.card) == ("", BEFORE["card"])


def test_another_file_waits_in_quarantine_and_what_works_goes_on() -> None:
    actor_ship("parcels", **BEFORE)
    used = register_model_version("parcels", version_of(b"do: a"), b"do: a", {}, activate=True)
    assert version_ship("parcels", b"do: a") is None
    first, second = version_ship("parcels", b"do: b"), version_ship("parcels", b"do: c")
    assert first is not None and second is not None
    first.refresh_from_db()
    assert (first.state, second.state) == ("retired", "quarantined") and list(shipped_waiting()) == [second]
    assert [row.pk for row in ActorVersion.objects.filter(state="in-use")] == [used.pk]
    assert version_ship("parcels", b"do: c") is None
    version_move(second, "retired", ADA, reason="Not for us.")
    assert version_ship("parcels", b"do: c") is None and not shipped_waiting().exists()
    assert verify_control().ok


def test_after_a_way_back_to_the_release_before_what_ships_no_more_waits_no_more() -> None:
    actor_ship("parcels", **BEFORE)
    register_model_version("parcels", version_of(b"do: a"), b"do: a", {}, activate=True)
    newer = version_ship("parcels", b"do: b")
    assert version_ship("parcels", b"do: a") is None and not shipped_waiting().exists()
    assert version_ship("parcels", b"do: b") == newer and list(shipped_waiting()) == [newer]
    assert version_ship("parcels", b"do: b") is None and verify_control().ok


def test_what_somebody_retired_after_a_release_had_overtaken_it_stays_retired() -> None:
    actor_ship("parcels", **BEFORE)
    used = register_model_version("parcels", version_of(b"do: a"), b"do: a", {}, activate=True)
    newer = version_ship("parcels", b"do: b")
    assert newer is not None and version_ship("parcels", b"do: a") is None
    version_move(newer, "in-use", ADA)
    version_move(used, "in-use", ADA)  # and so the newer one is retired
    assert version_ship("parcels", b"do: b") is None and not shipped_waiting().exists()


def test_of_two_deployments_at_once_the_second_looks_when_the_first_is_done() -> None:
    actor_ship("parcels", **BEFORE)
    with statements() as sent:
        version_ship("parcels", b"do: a")
    held, looked = (next(at for at, one in enumerate(sent) if words in one) for words in ("FOR UPDATE", "actorversion"))
    assert held < looked
