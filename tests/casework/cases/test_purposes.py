"""What may be read for a purpose only is clear to who looks for that, and masked for everybody else at every door."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from audit.services import Origin
from casework.access import people as groups
from casework.access.models import GroupPurpose
from casework.access.permissions import origin_of, principal, purposes
from casework.access.roles import ensure_roles
from casework.access.seers import seers
from casework.access.tokens import Made, token_make
from casework.actors.bundled import CASE_TYPES
from casework.cases.search_words import words_in
from casework.intake.services import Opened, case_open
from casework.models import Case, GroupClearance
from casework.people.read import group_version
from casework.search.find import search
from casework.viewing.rule import why_not
from orchestration.casetypes.case_type import CaseType, Faulty, by_definition, checked, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.casetypes.schema_tightening import loosened
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.privacy.classification import classify
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal
from orchestration.shell.selectors import data_of
from orchestration.shell.verification.control import verify_control
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
FOLDER = CASE_TYPES / "kyc-review"
PURPOSE = "reviewing a customer"
SECRET = ("Ospreyson", "48500", "48,500", "ploverdale")
TRANSFERS = (
    "2026-10-01 Nightjar -> Ospreyson: 50000.00; 2026-10-04 Ospreyson -> Ploverdale: 49000.00; "
    "2026-10-07 Ploverdale -> Nightjar: 48500.00"
)


@pytest.fixture
def review(people: People) -> Case:
    """A review with money that went in a circle, which who examines it repeats in a sentence."""
    outcome = deploy(folder_files(FOLDER), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    data = {
        "customer": {"name": "Nightjar Shipping Limited", "account": "Nightjar", "pep": True}, "statement": TRANSFERS,
        "reason": f"Somebody wrote: {TRANSFERS}", "received": "2026-11-16T09:00:00+01:00",
        "flows": {"signs": ["Ospreyson to Ploverdale"], "edges": [], "transfers": 48500},
    }  # fmt: skip
    opened = case_open(by=None, case_type="kyc-review", reference="P-1", source="test", data=data)
    assert isinstance(opened, Opened), opened
    return opened.case


def doors(case: Case) -> dict[str, str]:
    every = {name: reverse(name, args=[case.pk]) for name in (
        "case", "history", "case-data", "case-review", "api-case", "api-case-history",
    )}  # fmt: skip
    lists = {name: reverse(name) for name in ("cases", "inbox", "api-cases", "api-tasks")}
    return every | lists | {"search": reverse("search") + "?q=P-1", "sheet": reverse("cases") + "?as=csv"}


def shown(browser: Client, case: Case) -> set[str]:
    """The doors that show any of the transfers."""
    found = set()
    for door, address in doors(case).items():
        answer = browser.get(address, follow=True)
        assert answer.status_code == 200, (door, answer.status_code)
        whole = b"".join(answer) if answer.streaming else answer.content
        text = whole.decode().casefold()
        found |= {door for word in SECRET if word.casefold() in text}
    return found


def test_who_looks_for_it_reads_it_and_who_is_cleared_as_high_does_not(people: People, review: Case) -> None:
    assert {"case-data", "case-review", "api-case"} <= shown(client(people["anna"]), review)
    assert shown(client(people["emil"]), review) == set()
    read = client(people["emil"]).get(reverse("api-case", args=[review.pk])).json()
    assert "pep" not in json.dumps(read) and "Holds a public office" not in json.dumps(read)
    assert "/statement" in read["masked"] and "Nightjar Shipping Limited" in json.dumps(read["data"])
    page = client(people["emil"]).get(reverse("case-review", args=[review.pk])).content.decode()
    assert "They are masked for you" in page and "No pattern was found" not in page


def test_who_does_not_look_for_it_finds_no_case_by_it(people: People, review: Case) -> None:
    for word in ("Ospreyson", "Ploverdale", "osprey*", "48500"):
        assert not search(user=people["emil"], asked=word, now=clock.utc_now()).hits
    assert search(user=people["emil"], asked="Nightjar", now=clock.utc_now()).hits
    words = words_in(
        {"statement": TRANSFERS, "flows": {"signs": ["Ospreyson"]}}, by_definition(review.instance.definition_id)
    )
    assert words.shown == (), "nobody else finds a case by it either: it is read on the case"


def test_two_cases_that_differ_in_it_alone_are_told_apart_by_no_answer(people: People, review: Case) -> None:
    """As the oracle of attacks asks of clearances: `review` moved money, its twins moved other money, or the same."""
    for number, transfers in enumerate((TRANSFERS.replace("Ospreyson", "Mallardson"), TRANSFERS), 2):
        data = dict(data_of(review.instance)) | {"statement": transfers, "reason": f"Somebody wrote: {transfers}"}
        assert isinstance(
            case_open(by=None, case_type="kyc-review", reference=f"P-{number}", source="test", data=data), Opened
        )
    emil = client(people["emil"])
    for guess in ("Ospreyson", "Mallardson", "50000.00", TRANSFERS[:20]):
        for asked in (
            "/search/?q=",
            "/api/search/?q=",
            "/cases/?is.statement=",
            "/api/cases/?is.statement=",
            "/cases/?q=",
        ):
            text = emil.get(asked + quote(guess), follow=True).content.decode()
            assert len({reference for reference in ("P-1", "P-2", "P-3") if reference in text}) in (0, 3), asked + guess


def test_a_purpose_that_is_given_or_taken_holds_at_the_next_request_and_stands_on_the_chain(
    people: People, review: Case, settings: Any
) -> None:
    settings.SECOND_PERSON = False
    ada, emil, anna = client(people["ada"]), client(people["emil"]), client(people["anna"])

    def change(name: str, *looked_for: str) -> None:
        group = Group.objects.get(name=name)
        sent = {"clearance": "internal", "purposes": "\n".join(looked_for), "reason": "New work",
                "version": group_version(group)}  # fmt: skip
        assert ada.post(f"/people/groups/{group.pk}/", sent).status_code == 302

    assert verify_control().ok
    change("Payments team", PURPOSE, "paying")
    assert "api-case" in shown(emil, review) and purposes(people["emil"]) == {PURPOSE, "paying"}
    assert PURPOSE in ada.get("/people/groups/").content.decode() and verify_control().ok
    team = Group.objects.get(name="Payments team")
    many = {"clearance": "internal", "purposes": "\n".join(map(str, range(51))), "reason": "New work"}
    assert ada.post(f"/people/groups/{team.pk}/", many | {"version": group_version(team)}).status_code == 400
    token = token_make(person=people["anna"], name="reads", scope="read", days=1, origin=origin_of(people["anna"]))
    assert isinstance(token, Made)
    program = Client(headers={"Authorization": f"Bearer {token.secret}"})
    address = reverse("api-case", args=[review.pk])
    assert "Ospreyson" in program.get(address).content.decode()
    change("Analysts")
    assert shown(anna, review) == set() and "Ospreyson" not in program.get(address).content.decode()
    ensure_roles(checked(folder_files(FOLDER), clock.utc_now()))
    assert shown(anna, review) == set(), "a deployment gives back what an administrator has taken"
    GroupPurpose.objects.filter(group__name="Payments team").update(held=False)
    assert not verify_control().ok


def test_a_token_for_another_purpose_sees_the_mask_and_is_given_none_that_its_person_has_not(
    people: People, review: Case
) -> None:
    anna = people["anna"]
    groups.group_purpose(
        group=Group.objects.get(name="Analysts"), purpose="statistics", given=True, origin=origin_of(anna)
    )
    made: dict[str, Any] = {"person": anna, "name": "counts", "scope": "read", "days": 1, "origin": origin_of(anna)}
    refused = token_make(**made, purposes=["paying"])
    assert isinstance(refused, Refused) and "purposes" in refused.errors
    sent = {"name": "counts", "scope": "read", "days": "1", "purposes": ["paying"]}
    page = client(anna).post("/account/tokens/", sent)
    assert page.status_code == 400 and "This person does not look for that." in page.content.decode()
    for purpose, sees in (("statistics", False), (PURPOSE, True)):
        token = token_make(**made, purposes=[purpose])
        assert isinstance(token, Made)
        program = Client(headers={"Authorization": f"Bearer {token.secret}"})
        assert ("Ospreyson" in program.get(reverse("api-case", args=[review.pk])).content.decode()) == sees
    assert verify_control().ok


def test_nobody_views_as_who_looks_for_what_they_do_not(people: People, review: Case) -> None:
    axel = Group.objects.get(name="Auditors")
    axel.permissions.add(groups.permission("casework.view_as"))
    axel.clearance.level = "restricted"
    axel.clearance.save()
    assert why_not(User.objects.get(username="axel"), people["anna"]) == f"They look for {PURPOSE}, and you do not."


def test_who_sees_a_case_and_for_what_stands_on_one_page(people: People, review: Case) -> None:
    page = told(client(people["ada"]).get(f"/people/who/?case={review.pk}"))
    by_name = {one.username: one.purposes for one in seers(review)}
    assert (by_name["anna"], by_name["emil"]) == ((PURPOSE,), ()) and page.count(PURPOSE) == 3
    GroupClearance.objects.filter(group__name="Analysts").delete()
    (anna,) = [one for one in seers(review) if one.username == "anna"]
    assert (anna.purposes, anna.clearance) == ((PURPOSE,), "public"), "a group looks for it whatever it is cleared for"
    assert PURPOSE in principal(User.objects.get(username="anna"), review, clock.utc_now()).purposes


def test_publishing_a_case_type_opens_nothing_that_another_keeps_for_some(people: People, review: Case) -> None:
    files = folder_files(FOLDER)
    manifest = (
        files["manifest.yaml"]
        .replace("key: kyc-review", "key: other-review")
        .replace(
            "Payments team: {may: [view, work, reveal], clearance: internal}",
            f"Payments team: {{may: [view, work, reveal], clearance: internal, purposes: [{PURPOSE}, settling]}}",
        )
    )
    ensure_roles(checked(files | {"manifest.yaml": manifest}, clock.utc_now()))
    assert purposes(people["emil"]) == {"settling"}


def _with(change: Callable[[Any], None], manifest: str = "") -> CaseType:
    files = folder_files(FOLDER)
    schema = json.loads(files["data.schema.json"])
    change(schema["properties"])
    return checked(files | {"data.schema.json": json.dumps(schema)}, clock.utc_now())


def test_a_case_type_says_at_once_that_no_list_knows_what_is_bound_and_that_nobody_looks_for_it() -> None:
    with pytest.raises(Faulty, match="so no list can know of it"):
        _with(lambda data: data["screening"].update({"x-purposes": [PURPOSE]}))
    with pytest.raises(Faulty, match="nobody looks for 'statistics'"):
        _with(lambda data: data["statement"].update({"x-purposes": ["statistics"]}))
    for wrong in ([], "reviewing", [""]):
        with pytest.raises(Faulty, match="x-purposes|names no purpose"):
            _with(lambda data, wrong=wrong: data["statement"].update({"x-purposes": wrong}))
    with pytest.raises(Faulty, match="public is for any"):
        _with(lambda data: data["received"].update({"x-purposes": [PURPOSE]}))


IBAN = "DE89370400440532013000"
BOUND = classify({
    "x-classification": "internal",
    "properties": {"iban": {"type": "string", "x-mask": "iban", "x-purposes": ["paying"]}, "note": {"type": "string"}},
})  # fmt: skip


def test_a_detail_of_a_bound_kind_is_hidden_in_every_text_from_who_does_not_look_for_it() -> None:
    data = {"iban": IBAN, "note": f"Pay to {IBAN}, not to GB29NWBK60161331926819."}
    for level in ("internal", "restricted"):
        for looks in (frozenset[str](), frozenset({"statistics"})):
            seen = mask(data, BOUND, Principal(level, purposes=looks))
            assert IBAN not in str(seen.data) and "NWBK60161331926819" not in str(seen.data)
            assert "/iban" in seen.hidden and IBAN not in seen.text(f"about {IBAN}")
        assert mask(data, BOUND, Principal(level, purposes=frozenset({"paying"}))).data == data
    assert mask(data, BOUND, Principal("restricted", revealed=frozenset({"/iban"}))).data["iban"] == IBAN


def test_who_inherits_a_schema_may_add_purposes_to_a_field_and_never_take_them() -> None:
    free, bound, wider = (
        {"properties": {"iban": {"x-classification": "internal"} | said}}
        for said in ({}, {"x-purposes": ["paying"]}, {"x-purposes": ["paying", "statistics"]})
    )
    assert not list(loosened(free, bound)) and not list(loosened(wider, bound))
    for loose in (free, wider):
        assert any("may be read for more" in said for said in loosened(bound, loose))
