"""A case works with copies; the truth stands in other systems, which change, fail and die over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.selectors import timeline
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.models import Case, Comparison, OwnerChange
from casework.systems import changing, comparing
from orchestration.jobs import calling
from orchestration.shell import nudges
from orchestration.shell.selectors import data_of
from tests.casework.actions import open_task
from tests.casework.casetypes.scored import finish, set_up
from tests.casework.casetypes.test_insurance_claim_story import SMALL
from tests.casework.casetypes.test_invoice_story import FITS, Brings, brings, shipped
from tests.casework.stand_ins import Demo, demo, store
from tests.orchestration.machines import work_jobs

__all__ = ["brings", "demo", "shipped", "store"]
pytestmark = pytest.mark.django_db
Claimed = Callable[[], Case]
PAPER = FITS.replace("190.00\n", "191.00\n", 1)
"""Net and tax do not make the total: it waits for a clerk."""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are called by the tests, not by messages."""
    monkeypatch.setattr(nudges, "_after_commit", lambda *_, **__: None)


@pytest.fixture
def claim(people: dict[str, User], demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Claimed:
    """A motor claim that waits for its adjuster."""
    set_up("insurance-claim", demo, monkeypatch)

    def opened() -> Case:
        given = {"message": "Somebody hit my car.", "claim": SMALL | {"amount": 9000},
                 "customer": {"name": "Elena Rossi", "iban": "DE89 3704 0044 0532 0130 00"}}  # fmt: skip
        found = case_open(by=None, case_type="insurance-claim", reference="C-1", source="test", data=given)
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        case = Case.objects.get(pk=found.case.pk)
        assert open_task(case).name == "Assess the claim"
        return case

    return opened


class Reader:
    """A person at a browser and at the API, at the copies of one case."""

    def __init__(self, who: User, case: Case) -> None:
        self.client, self.case = Client(), case
        self.client.force_login(who)

    @property
    def page(self) -> str:
        return " ".join(self.client.get(f"/cases/{self.case.pk}/copies/").content.decode().split())

    def posts(self, **given: Any) -> int:
        return self.client.post(f"/cases/{self.case.pk}/copies/", given).status_code

    def api(self, **given: Any) -> tuple[int, Any]:
        address = f"/api/cases/{self.case.pk}/copies/"
        sent = {"content_type": "application/json"}
        answer = self.client.post(address, given, **sent) if given else self.client.get(address)  # type: ignore[arg-type]
        return answer.status_code, answer.json()

    def part(self, owner: str) -> Any:
        return next(one for one in self.api()[1]["owners"] if one["owner"] == owner)

    def verdicts(self, owner: str) -> dict[str, str]:
        return {one["path"]: one["verdict"] for one in self.part(owner)["copies"]}

    def compares(self, owner: str) -> Any:
        assert self.api(owner=owner, wish="compare")[0] == 200
        work()
        return self.part(owner)


def work() -> None:
    """What workers do."""
    for number in Comparison.objects.filter(state="waiting").values_list("pk", flat=True):
        comparing.compare(number)
    for number in OwnerChange.objects.filter(state="waiting").values_list("pk", flat=True):
        changing.change(number)


def data(case: Case) -> dict[str, Any]:
    """As it stands now."""
    return dict(data_of(Case.objects.get(pk=case.pk).instance))


def told(case: Case, action: str) -> list[dict[str, Any]]:
    return [dict(entry.detail) for entry in timeline(case.instance_id) if entry.action == action]


def test_what_differs_is_shown_and_a_person_takes_it_over_with_a_reason(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    case = brings(PAPER)
    clara = Reader(people["clara"], case)
    assert "not known yet" in clara.page and set(clara.verdicts("erp").values()) == {"unknown"}
    assert clara.compares("erp")["state"] == "same" and not told(case, "copies.differ")
    shipped.ask("/erp/suppliers", {"number": "S-101", "name": "Nordlicht Tools GmbH"})
    found = clara.compares("erp")
    assert (found["state"], clara.verdicts("erp")["match.supplier.name"]) == ("differs", "differs")
    assert "Nordlicht Werkzeuge GmbH" in clara.page and "Nordlicht Tools GmbH" in clara.page
    assert clara.posts(owner="erp", wish="heal", told=found["told"], reason="") == 400
    assert clara.posts(owner="erp", wish="heal", told="another", reason="They moved.") == 409
    assert clara.posts(owner="erp", wish="heal", told=found["told"], reason="They were renamed.") == 302
    assert data(case)["match"]["supplier"]["name"] == "Nordlicht Tools GmbH"
    assert set(clara.verdicts("erp").values()) == {"same"}
    healed = told(case, "copies.healed")[0]
    assert healed["paths"] == ["match.supplier.name"] and healed["reason"] == "They were renamed."
    assert healed["mapping"] == found["mapping"] and healed["actor"] == "erp-records"
    data_page = " ".join(clara.client.get(f"/cases/{case.pk}/data/").content.decode().split())
    assert "ERP, as it told on being asked" in data_page and "A copy: ERP owns it" in data_page
    assert case_verify(by=people["axel"], case=case).ok


def test_an_account_that_one_may_not_see_is_neither_compared_nor_counted_nor_healed(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    case = brings(PAPER)
    shipped.ask("/erp/suppliers", {"number": "S-101", "iban": "DE02120300000000202051"})
    anna, clara = Reader(people["anna"], case), Reader(people["clara"], case)
    found = anna.compares("erp")
    assert anna.verdicts("erp")["match.supplier.iban"] == "hidden"
    assert clara.verdicts("erp")["match.supplier.iban"] == "differs"
    assert "DE02" not in anna.page and "not yours to see" in anna.page and "Take over" not in anna.page
    assert "DE02120300000000202051" in clara.page
    assert anna.api(owner="erp", wish="heal", told=found["told"], reason="Because I can.")[0] == 409
    assert data(case)["match"]["supplier"]["iban"] == "DE89370400440532013000"
    assert "Nothing is known to differ" in anna.client.get("/systems/").content.decode()
    rows = " ".join(clara.client.get("/systems/").content.decode().split())
    assert "1 field differs" in rows and f"/cases/{case.pk}/copies/" in rows


def test_a_case_that_has_ended_keeps_what_it_was_decided_upon(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    case = brings()
    assert case.closed
    clara = Reader(people["clara"], case)
    assert clara.compares("erp")["state"] == "same"
    assert set(clara.verdicts("erp")) >= {"posting.total", "payment.reference", "payment.amount"}
    shipped.ask("/erp/suppliers", {"number": "S-101", "name": "Nordlicht Tools GmbH"})
    found = clara.compares("erp")
    assert found["state"] == "differs" and "it keeps what it was decided upon" in clara.page
    status, said = clara.api(owner="erp", wish="heal", told=found["told"], reason="As they have it.")
    assert (status, said["code"]) == (409, "ended")


def test_that_the_copies_of_an_ended_case_stay_is_noted_with_a_reason_until_the_owner_has_others_again(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    case = brings()
    clara, anna, axel = (Reader(people[name], case) for name in ("clara", "anna", "axel"))
    assert clara.api(owner="erp", wish="keep", told="x", reason="It stays.")[1]["code"] == "unknown"
    shipped.ask("/erp/suppliers", {"number": "S-101", "name": "Nordlicht Tools GmbH"})
    found = clara.compares("erp")
    assert "Keep 1 field as history" in clara.page and "as history </button>" not in anna.page
    keep = {"owner": "erp", "wish": "keep", "told": found["told"]}
    for who, given, code in (
        (clara, {"reason": ""}, "invalid"), (clara, {"told": "another", "reason": "It stays."}, "changed"),
        (anna, {"reason": "It stays."}, "unseen"),
    ):  # fmt: skip
        assert who.api(**keep | given)[1]["code"] == code
    assert axel.api(**keep, reason="It stays.")[0] == 403 and not told(case, "copies.kept")
    assert clara.posts(**keep, reason="") == 400 and clara.posts(**keep, reason="Decided upon the old name.") == 302
    noted = told(case, "copies.kept")
    assert [one["reason"] for one in noted] == ["Decided upon the old name."]
    assert noted[0]["paths"] == ["match.supplier.name"] and noted[0]["mapping"] == found["mapping"]
    assert clara.part("erp")["state"] == "kept" and "Stays as history" in clara.page
    assert data(case)["match"]["supplier"]["name"] == "Nordlicht Werkzeuge GmbH"
    assert "Nothing is known to differ" in clara.client.get("/systems/").content.decode()
    history = clara.client.get(f"/cases/{case.pk}/history/").content.decode()
    assert "noted that 1 field stays as history, though ERP has others: Decided upon the old name." in history
    assert clara.api(**keep, reason="Once more.")[1]["code"] == "same"
    assert clara.compares("erp")["state"] == "kept", "the same answer changes nothing"
    shipped.ask("/erp/suppliers", {"number": "S-101", "name": "Nordlicht Holding"})
    assert clara.compares("erp")["state"] == "differs"
    shipped.ask("/erp/suppliers", {"number": "S-101", "name": "Nordlicht Werkzeuge GmbH"})
    assert clara.compares("erp")["state"] == "same"
    assert case_verify(by=people["axel"], case=case).ok


def test_an_owner_is_sent_what_a_case_that_has_ended_was_decided_upon(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    case = brings()
    assert case.closed
    clara = Reader(people["clara"], case)
    shipped.ask("/erp/orders/PO-4711", {"total": 1300})
    assert clara.compares("erp")["state"] == "differs"
    form = clara.client.get(f"/cases/{case.pk}/copies/change/?owner=erp&path=match.order.total").content.decode()
    assert "stays as it was decided upon" in " ".join(form.split())
    sent = {"owner": "erp", "wish": "change", "path": "match.order.total", "stood": stood(clara)}
    assert clara.api(**sent, value=1300, reason="It is so there.")[0] == 400, "that stands there already"
    assert clara.api(**sent, value=1190, reason="It was decided upon this.")[0] == 200
    work()
    work()
    row = OwnerChange.objects.get()
    assert (row.state, row.before, row.after) == ("done", 1300, 1190)
    assert shipped.ask("/erp/records?supplier=S-101&order=PO-4711")[1]["order"]["total"] == 1190
    assert clara.part("erp")["state"] == "same" and data(case)["match"]["order"]["total"] == 1190
    assert case_verify(by=people["axel"], case=case).ok


def test_copies_of_a_case_that_goes_on_are_not_kept_as_history(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    clara = Reader(people["clara"], brings(PAPER))
    shipped.ask("/erp/suppliers", {"number": "S-101", "name": "Nordlicht Tools GmbH"})
    found = clara.compares("erp")
    assert clara.api(owner="erp", wish="keep", told=found["told"], reason="It stays.")[1]["code"] == "goes-on"
    assert "as history </button>" not in clara.page


def test_copies_that_the_case_type_says_so_of_are_compared_and_healed_by_the_clock(
    claim: Claimed, demo: Demo, people: dict[str, User]
) -> None:
    case = claim()
    demo.ask("/policies/M-1001", {"deductible": 700})
    row = Comparison.objects.get(instance=case.instance_id, owner="policy")
    assert row.look is not None and row.state == "same" and row.at is None
    Comparison.objects.update(look=row.since)
    comparing.look_after()
    work()
    row.refresh_from_db()
    assert data(case)["policy"]["deductible"] == 700
    assert [one["paths"] for one in told(case, "copies.healed")] == [["policy.deductible"]]
    assert (row.state, row.asked_by) == ("same", "") and row.look is not None
    case = finish(case, people["anna"], "Assess the claim", verdict="pay", assessment__amount="7000")
    assert case.closed and demo.ask("/payments")[1]["payments"][0]["amount"] == 6300
    Comparison.objects.update(look=row.since)
    comparing.look_after()
    work()
    row.refresh_from_db()
    assert row.look is None and case_verify(by=people["axel"], case=case).ok


def test_an_owner_that_does_not_answer_is_said_and_nothing_is_taken_over(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    case = brings(PAPER)
    clara = Reader(people["clara"], case)
    for fault in ("down", "wrong"):
        shipped.fault("erp", fault)
        part = clara.compares("erp")
        assert part["state"] == "failed", (fault, part)
        assert "It could not be asked" in clara.page and clara.part("erp")["error"]
    assert "could not be asked" in clara.client.get("/systems/").content.decode()
    assert clara.api(owner="erp", wish="heal", told="none", reason="Try it.")[0] == 409
    shipped.fault("erp", "none")
    assert clara.compares("erp")["state"] == "same"


def test_a_case_of_which_the_owner_knows_nothing_is_not_listed_as_one_that_could_not_be_asked(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    unknown = FITS.replace("Nordlicht Werkzeuge GmbH", "Quick Cash Trading Ltd")
    case = brings(unknown.replace("DE89 3704 0044 0532 0130 00", "DE02 1203 0000 0000 2020 51"))
    assert data(case)["match"]["supplier"] is None
    row = Comparison.objects.get(instance=case.instance_id)
    Comparison.objects.update(look=row.since)
    comparing.look_after()
    work()
    row.refresh_from_db()
    assert (row.state, row.error, row.at) == ("same", "", None)
    assert row.look is not None, "it is looked at again, for the clerk may find the supplier"
    clara = Reader(people["clara"], case)
    assert "This case holds no copies" in clara.page
    assert f"/cases/{case.pk}/" not in clara.client.get("/systems/").content.decode()


class Killed(BaseException):
    """The worker is gone, at once."""


def killed_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the worker die when the owner has done what it was asked first; the keys under which owners are asked."""
    keys: list[str] = []
    called = calling.call

    def dies(ready: Any) -> Any:
        attempt = called(ready)
        keys.append(ready.job.idempotency_key)
        if len(keys) == 1:
            raise Killed
        return attempt

    monkeypatch.setattr("orchestration.jobs.asking.calling.call", dies)
    return keys


def stood(reader: Reader) -> str:
    found = next(one["stood"] for one in reader.part("erp")["copies"] if one["path"] == "match.order.total")
    return str(found)


def test_a_connector_killed_in_the_middle_of_a_change_leaves_one_change_and_a_copy_that_agrees(
    brings: Brings, shipped: Demo, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner has done it, the worker dies before it hears of it; another one sends it again under the same key."""
    case = brings(PAPER)
    clara, address = Reader(people["clara"], case), f"/cases/{case.pk}/copies/change/"
    form = clara.client.get(f"{address}?owner=erp&path=match.order.total").content.decode()
    assert "ERP owns this field" in form
    wanted = {"owner": "erp", "path": "match.order.total", "match.order.total": "1300", "stood": stood(clara)}
    assert clara.client.post(address, wanted | {"reason": ""}).status_code == 400
    assert clara.client.post(address, wanted | {"reason": "Two more were ordered."}).status_code == 302
    keys = killed_once(monkeypatch)
    row = OwnerChange.objects.get()
    with pytest.raises(Killed):
        changing.change(row.pk)
    row.refresh_from_db()
    assert data(case)["match"]["order"]["total"] == 1190
    assert shipped.ask("/erp/records?supplier=S-101&order=PO-4711")[1]["order"]["total"] == 1300
    again = {"owner": "erp", "wish": "change", "path": "match.order.total", "value": 1301, "stood": stood(clara)}
    assert clara.api(**again, reason="Meanwhile.")[1]["code"] == "under-way"
    OwnerChange.objects.update(since=row.since - comparing.LOST_AFTER - timedelta(seconds=1))
    changing.look_after()
    work()
    work()
    row.refresh_from_db()
    assert (row.state, row.tries, row.before, row.after) == ("done", 2, 1190, 1300) and keys[0] == keys[1]
    assert data(case)["match"]["order"]["total"] == 1300
    assert set(clara.verdicts("erp").values()) == {"same"}
    assert [one["mapping"] for one in told(case, "copy.changed")] == [row.mapping]
    sent = clara.page
    assert "taken" in sent and "1,190.00 EUR" in sent and "Two more were ordered." in sent and row.mapping in sent
    assert case_verify(by=people["axel"], case=case).ok


def test_a_change_that_the_owner_does_not_make_leaves_the_copy_as_it_is(
    brings: Brings, shipped: Demo, people: dict[str, User]
) -> None:
    case = brings(PAPER)
    clara, anna = Reader(people["clara"], case), Reader(people["anna"], case)
    wanted = {"owner": "erp", "wish": "change", "path": "match.order.total", "value": 1300, "stood": stood(clara)}
    assert anna.api(**wanted, reason="I want it.")[0] == 409
    assert clara.api(**{**wanted, "stood": "old"}, reason="I want it.")[1]["code"] == "changed"
    assert clara.api(**{**wanted, "value": "many"}, reason="I want it.")[0] == 400
    shipped.ask("/erp/invoices", {"supplier": "S-101", "number": "X", "order": "PO-4711", "total": 500.0})
    assert clara.api(**{**wanted, "value": 400}, reason="One was given back.")[0] == 200
    work()
    row = OwnerChange.objects.get()
    assert (row.state, row.error) == ("refused", "The ERP does not change this order.")
    assert row.error in clara.page and data(case)["match"]["order"]["total"] == 1190
    shipped.fault("erp", "down")
    assert clara.api(**wanted, reason="Two more were ordered.")[0] == 200
    work()
    row = OwnerChange.objects.latest("pk")
    assert (row.state, row.tries) == ("waiting", 1) and row.error and "on its way" in clara.page
    shipped.fault("erp", "none")
    OwnerChange.objects.filter(pk=row.pk).update(since=row.asked)
    work()
    assert data(case)["match"]["order"]["total"] == 1300


def test_a_comparison_whose_worker_died_is_done_by_another(
    brings: Brings, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = brings(PAPER)
    clara = Reader(people["clara"], case)
    clara.api(owner="erp", wish="compare")

    def dies(_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.jobs.asking.calling.call", dies)
        with pytest.raises(Killed):
            work()
    row = Comparison.objects.get()
    assert row.state == "running" and "It is being asked." in clara.page
    Comparison.objects.update(since=row.since - comparing.LOST_AFTER - timedelta(seconds=1))
    comparing.look_after()
    work()
    assert clara.part("erp")["state"] == "same"
