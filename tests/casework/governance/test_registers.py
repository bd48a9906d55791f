"""An auditor finds what happened in all cases by person, case, day, version and rule, and reads no content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditPayload
from audit.sealed_values import is_sealed
from casework.cases.revealing import field_reveal
from casework.governance import searched
from casework.governance.register import REGISTERS
from casework.models import Case
from casework.tasks.services import task_claim
from orchestration.ground import clock
from orchestration.privacy.principal import Principal
from tests.casework.actions import open_task, statements

pytestmark = pytest.mark.django_db

People = dict[str, User]


def asked(who: User, query: str = "") -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/changes/registers/{query}")
    assert answer.status_code == 200
    return " ".join(answer.getvalue().decode().split())


def test_registers_find_what_was_done_and_lead_to_its_event(people: People, analysed: Callable[..., Case]) -> None:
    case, other = analysed(), analysed()
    task_claim(by=people["anna"], task=open_task(case))
    client = Client()
    client.force_login(people["anna"])
    client.get("/rules/")
    axel, today = people["axel"], clock.utc_now().date()
    ai = asked(axel)
    assert "was called" in ai and f"case {case.pk}, event" in ai and f"case {other.pk}, event" in ai
    work = asked(axel, "?register=people&who=anna")
    assert "Anna Adler" in work and f"/cases/{case.pk}/history/" in work and f"/cases/{other.pk}/" not in work
    assert "No event fits" in asked(axel, "?register=people&who=clara")
    assert "was denied access" in asked(axel, f"?register=denials&who=anna&since={today}&until={today}")
    assert "No event fits" in asked(axel, "?register=denials&until=2020-01-01")
    assert f"case {other.pk}, event" not in asked(axel, f"?register=rules&case={case.pk}&version=complaint v1")
    assert f"case {case.pk}, event" in asked(axel, "?register=rules&rule=rest")
    assert "No event fits" in asked(axel, "?register=rules&rule=no-such-rule")
    assert "deployed a version" in asked(axel, "?register=changes")


def test_a_request_that_does_not_prove_to_be_ours_is_told_of_as_unknown_in_whose_session_it_came(
    people: People,
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people["anna"])
    assert browser.post("/api/cases/", {}, content_type="application/json").status_code == 403
    denials = asked(people["axel"], "?register=denials")
    assert "Somebody unknown" in denials and "for anna" in denials


def test_registers_hold_no_content_of_a_case(people: People, analysed: Callable[..., Case]) -> None:
    analysed()
    for key in REGISTERS:
        for query in (f"?register={key}", f"?register={key}&as=csv"):
            shown = asked(people["axel"], query)
            assert "Sandoval" not in shown and "swallowed" not in shown


@pytest.mark.parametrize(
    "query", ["?register=x", "?case=abc&since=never&until=9999-12-31&before=soon", "?case=999999999"]
)
def test_what_cannot_be_read_is_not_asked_for(people: People, query: str) -> None:
    asked(people["axel"], query)


def test_a_register_costs_the_same_statements_whatever_it_finds(people: People, analysed: Callable[..., Case]) -> None:
    client = Client()
    client.force_login(people["axel"])
    client.get("/changes/registers/")
    none = statements(lambda: client.get("/changes/registers/"))
    analysed()
    assert statements(lambda: client.get("/changes/registers/")) <= none + 1


def test_a_sheet_names_its_columns(people: People, analysed: Callable[..., Case]) -> None:
    analysed()
    assert asked(people["axel"], "?register=rules&as=csv").startswith(
        "event,when,who,on behalf of,what,version,case,reason"
    )


@pytest.mark.parametrize("sealed", [False, True], ids=["in clear", "sealed"])
def test_registers_find_by_field_reason_and_what_was_done_and_tell_no_value_by_it(
    people: People, analysed: Callable[..., Case], sealed: bool, settings: Any, tmp_path: Path
) -> None:
    """Somebody gives a reason that quotes an account number, which auditors do not read."""
    if sealed:
        settings.DATA_KEY, settings.DATA_KEYS = str(tmp_path / "data.key"), str(tmp_path / "keys")
    case, other = analysed(), analysed()
    assert {sealed} == {is_sealed(bytes(one.body)) for one in AuditPayload.objects.filter(chain=case.instance_id)}
    number = "DE89 3704 0044 0532 0130 00"
    field_reveal(by=people["clara"], case=case, path="/customer/iban", reason=f"To compare it with {number}, she asked")
    axel, event = people["axel"], f"case {case.pk}, event"
    assert event in asked(axel, "?register=all&field=customer.iban&action=field.revealed")
    assert f"case {other.pk}, event" not in asked(axel, "?register=reveals&field=/customer/iban")
    assert event in asked(axel, "?register=all&reason=she asked")
    assert event in asked(axel, "?register=all&field=message"), "what a case began with counts as well"
    assert "No event fits" in asked(axel, f"?register=all&reason={number}"), "a search tells no more than a page"
    assert "No event fits" in asked(axel, "?register=all&reason=DE89")
    assert "No event fits" in asked(axel, "?register=all&field=customer.no_such_field")
    assert "No event fits" in asked(axel, "?register=rules&reason=she")
    for query in ("?register=reveals", "?register=reveals&as=csv", "?register=all&field=customer.iban"):
        told = asked(axel, query)
        assert "To compare it with" in told and "she asked" in told, "the reason of a reveal stands beside it"
        assert number not in told, "as who looks may read it"


@pytest.mark.parametrize("sealed", [False, True], ids=["in clear", "sealed"])
def test_registers_find_by_the_days_from_which_holds_what_an_event_brought_beside_when_it_came(
    people: People, analysed: Callable[..., Case], sealed: bool, settings: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if sealed:
        settings.DATA_KEY, settings.DATA_KEYS = str(tmp_path / "data.key"), str(tmp_path / "keys")
    old, new = analysed(received="2025-03-01T09:00:00+00:00"), analysed(received="2025-03-02T01:30:00+02:00")
    axel = people["axel"]

    def cases(query: str) -> list[bool]:
        shown = asked(axel, f"?register=all&{query}")
        return [f"case {case.pk}, event" in shown for case in (old, new)]

    assert cases("holds_since=2025-03-01&holds_until=2025-03-01") == [True, True], "days are those of UTC"
    assert cases("holds_since=2025-03-02") == [False, False]
    assert cases("holds_until=2025-02-28") == [False, False]
    assert cases(f"holds_since=2025-03-01&case={new.pk}&as=csv")[0] is False
    assert cases("holds_since=2025-03-01&until=2025-03-01") == [False, False], "nothing was known here on that day"
    assert cases("holds_since=2025-03-01&field=message") == [True, True]
    assert cases("holds_since=2025-03-01&reason=whatever") == [False, False]
    assert cases(f"holds_since=never&case={old.pk}") == [True, False], "what is no day is not asked for"
    monkeypatch.setattr(Principal, "sees", lambda *_: False)
    monkeypatch.setattr(searched, "look", None)  # nor is any case looked at for it
    assert cases("holds_since=2025-03-01") == [False, False], "nobody learns a day by search that no page shows them"
