"""Programs bring cases in, find them and read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.selectors import timeline
from casework.models import Case
from orchestration.models import Instance
from orchestration.shell.selectors import data_of
from tests.casework.access.tokens import token_for
from tests.casework.actions import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
NEW = {"case_type": "complaint", "reference": "A-1", "data": {"message": "Where is my card?", "channel": "mail"}}


@pytest.fixture
def bot(people: People) -> Client:
    """A program of the group Intake, with its token."""
    return Client(headers={"Authorization": f"Token {token_for(people['intake-bot'])}"})


@pytest.fixture
def sign_in(people: People) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return signed_in


def post(client: Client, address: str, body: Any = None) -> Any:
    return client.post(address, {} if body is None else body, content_type="application/json")


class TestBringingIn:
    def test_a_new_case_is_created(self, bot: Client) -> None:
        answer = post(bot, "/api/cases/", NEW)
        case = Case.objects.get()
        assert (answer.status_code, answer.json()) == (201, {
            "id": case.pk, "case_type": "complaint", "reference": "A-1", "source": "api:intake-bot", "created": True,
        })  # fmt: skip
        assert data_of(case.instance) == NEW["data"]
        assert timeline(case.instance_id)[0].actor == "person:intake-bot"

    def test_the_same_reference_again_is_the_same_case(self, bot: Client) -> None:
        first = post(bot, "/api/cases/", NEW).json()
        again = post(bot, "/api/cases/", NEW)
        assert (again.status_code, again.json()) == (200, first | {"created": False})
        assert post(bot, "/api/cases/", NEW | {"data": {"message": "Another text"}}).status_code == 409
        assert Instance.objects.count() == 1

    def test_two_senders_may_use_the_same_reference(self, bot: Client, sign_in: Callable[[str], Client]) -> None:
        assert post(bot, "/api/cases/", NEW).status_code == 201
        assert post(sign_in("anna"), "/api/cases/", NEW).status_code == 201
        assert Case.objects.count() == 2

    def test_one_sender_may_speak_for_several_systems(self, bot: Client) -> None:
        for system in ("api:intake-bot", "api:intake-bot/crm", "api:intake-bot/branch 12"):
            assert post(bot, "/api/cases/", NEW | {"source": system}).json()["source"] == system
        assert post(bot, "/api/cases/", NEW | {"source": "api:intake-bot/crm"}).status_code == 200
        assert Case.objects.count() == 3

    @pytest.mark.parametrize(
        "source",
        ["api:intake-bot", "api:intake-bot/crm", "api:ann", "api:anna2", "api:", "form", "file", "timer", "anna"],
    )
    def test_nobody_takes_the_references_of_another(
        self, bot: Client, sign_in: Callable[[str], Client], source: str
    ) -> None:
        """Whoever did would learn which there are, and could keep the other's cases from coming in."""
        post(bot, "/api/cases/", NEW)
        answer = post(sign_in("anna"), "/api/cases/", NEW | {"source": source})
        assert answer.status_code == 400 and answer.json()["errors"]["source"].startswith("Yours is api:anna;")
        assert Case.objects.count() == 1

    def test_a_sender_whose_name_is_too_long_has_a_source_too(
        self, people: dict[str, User], sign_in: Callable[[str], Client]
    ) -> None:
        anna = people["anna"]
        anna.username = "a" * 150
        anna.save()
        assert post(sign_in("anna"), "/api/cases/", NEW).json()["source"] == f"api:#{anna.pk}"

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"reference": ""}, "reference"),
            ({"reference": "x" * 101}, "reference"),
            ({"reference": "a\0b"}, "reference"),
            ({"source": "x" * 65}, "source"),
            ({"case_type": "wishes"}, "case_type"),
            ({"data": {}}, "data.message"),
            ({"data": {"message": ""}}, "data.message"),
            ({"data": {"message": "x" * 5001}}, "data.message"),
            ({"data": {"message": "bell\x07"}}, "data.message"),
            ({"data": {"message": 7}}, "data.message"),
            ({"data": {"message": {"text": "x"}}}, "data.message.text"),
            ({"data": {"message": "x", "mystery": 1}}, "data.mystery"),
            ({"data": {"message": "x", "customer": {"shoe": "42"}}}, "data.customer.shoe"),
            ({"data": {"message": "x", "customer": []}}, "data.customer"),
            ({"data": "a text"}, "data"),
            ({"data": None}, "data"),
        ],
    )
    def test_what_is_wrong_is_said_by_field(self, bot: Client, changed: dict[str, Any], field: str) -> None:
        answer = post(bot, "/api/cases/", NEW | changed)
        assert answer.status_code == 400 and answer.json()["code"] == "invalid"
        assert field in answer.json()["errors"] and not Case.objects.exists()

    @pytest.mark.parametrize("field", ["route", "intent", "verdict", "answer", "draft"])
    def test_a_sender_cannot_do_the_work_of_rules_models_and_people(self, bot: Client, field: str) -> None:
        answer = post(bot, "/api/cases/", NEW | {"data": {"message": "x", field: "draft"}})
        assert answer.status_code == 400 and f"data.{field}" in answer.json()["errors"]

    def test_a_misspelt_name_is_refused_and_named(self, bot: Client) -> None:
        answer = post(bot, "/api/cases/", NEW | {"sorce": "api:intake-bot/crm"})
        assert answer.status_code == 400 and answer.json()["errors"].keys() == {"sorce"}
        assert not Case.objects.exists()

    def test_a_name_of_another_is_shown_short_and_without_what_does_not_print(self, bot: Client) -> None:
        answer = post(bot, "/api/cases/", NEW | {"a\x1b[31m\n\u202e" + "x" * 500: 1})
        (named,) = answer.json()["errors"]
        assert (
            answer.status_code == 400 and len(named) == 80 and named.isprintable() and named.startswith("a\ufffd[31m")
        )

    def test_of_very_many_unknown_names_some_are_named(self, bot: Client) -> None:
        answer = post(bot, "/api/cases/", NEW | {f"n{number}": 1 for number in range(1000)})
        assert answer.status_code == 400 and len(answer.json()["errors"]) == 20

    def test_a_query_beside_a_body_is_refused(self, bot: Client) -> None:
        answer = post(bot, "/api/cases/?source=crm", NEW)
        assert answer.status_code == 400 and answer.json()["errors"].keys() == {"source"}

    def test_an_error_never_repeats_what_was_sent(self, bot: Client) -> None:
        answer = post(bot, "/api/cases/", NEW | {"data": {"message": "maria@example.org" * 400, "channel": 5}})
        assert answer.status_code == 400 and "maria" not in answer.content.decode()

    def test_who_may_not_open_cases_is_told_so(self, sign_in: Callable[[str], Client]) -> None:
        for name in ("olga", "dora", "axel", "ada"):
            assert post(sign_in(name), "/api/cases/", NEW).status_code == 403
        assert not Case.objects.exists()


class TestBodies:
    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b'"text"', b"\xff", b'{"a": NaN}', b'{"a": 1e999}', b'{"\\ud800": 1}', b"[" * 5000]
    )
    def test_what_is_no_json_object_is_refused_in_words(self, bot: Client, body: bytes) -> None:
        answer = bot.generic("POST", "/api/cases/", body, content_type="application/json")
        assert answer.status_code == 400 and answer.json()["message"].endswith(".")

    @pytest.mark.parametrize(
        ("body", "named"),
        [(b'{"source": "a", "source": "b"}', "source"), (b'{"data": {"message": "a", "message": "b"}}', "message"),
         (b'{"data": [{"m\\u0041": 1, "mA": 2}]}', "mA")],
    )  # fmt: skip
    def test_of_two_values_under_one_name_none_is_lost(self, bot: Client, body: bytes, named: str) -> None:
        answer = bot.generic("POST", "/api/cases/", body, content_type="application/json")
        assert answer.status_code == 400 and answer.json()["errors"].keys() == {named}

    def test_a_byte_order_mark_does_no_harm(self, bot: Client) -> None:
        body = b"\xef\xbb\xbf" + json.dumps(NEW).encode()
        assert bot.generic("POST", "/api/cases/", body, content_type="application/json").status_code == 201

    def test_a_body_that_is_too_large_is_not_read(self, bot: Client) -> None:
        answer = bot.generic("POST", "/api/cases/", b" " * (5 * 1024 * 1024 + 1), content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")

    def test_forms_are_not_json(self, bot: Client) -> None:
        answer = bot.post("/api/cases/", NEW["data"])
        assert answer.status_code == 415 and answer.json()["code"] == "unsupported-media-type"


class TestWhoAsks:
    def test_nobody_gets_in_without_a_token(self, client: Client, complaint: object) -> None:
        answer = client.get("/api/cases/")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert "Bearer" in answer.json()["message"]

    def test_a_wrong_token_is_said_to_be_wrong(self, client: Client, complaint: object) -> None:
        answer = client.get("/api/cases/", headers={"Authorization": "Token nonsense"})
        assert answer.status_code == 401 and "not valid" in answer.json()["message"]

    def test_a_session_without_its_csrf_token_writes_nothing(self, people: People) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(people["anna"])
        assert post(browser, "/api/cases/", NEW).status_code == 403 and not Case.objects.exists()

    def test_addresses_that_are_none_answer_in_json(self, client: Client) -> None:
        assert client.get("/api/nothing").status_code in (401, 404)
        assert client.get("/api/nothing").json()["message"].endswith(".")


class TestFinding:
    def test_page_after_page_each_case_once_the_newest_first(
        self, open_case: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        made = [open_case().pk for _ in range(5)]
        anna, seen, after = sign_in("anna"), [], ""
        for _ in range(3):
            page = anna.get("/api/cases/", {"limit": 2, "after": after}).json()
            seen += [row["id"] for row in page["results"]]
            after = page["next"]
        assert seen == made[::-1] and after == ""

    def test_by_reference_state_and_whether_it_is_closed(
        self, open_case: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        open_case(reference="X-1")
        open_case(reference="Y-1")
        Case.objects.filter(reference="Y-1").update(closed=True, state="Completed")
        anna = sign_in("anna")

        def found(**query: str) -> list[str]:
            return [row["reference"] for row in anna.get("/api/cases/", query).json()["results"]]

        assert found(reference="X-1") == found(closed="false") == found(state="Being analysed") == ["X-1"]
        assert found(closed="true") == found(state="Completed") == ["Y-1"]
        assert found() == ["Y-1", "X-1"]

    def test_only_what_one_may_see(self, open_case: Callable[..., Case], sign_in: Callable[[str], Client]) -> None:
        open_case()
        for name, number in (("anna", 1), ("clara", 1), ("axel", 1), ("dora", 0), ("olga", 0)):
            assert len(sign_in(name).get("/api/cases/").json()["results"]) == number

    @pytest.mark.parametrize(
        "query",
        [{"limit": "0"}, {"limit": "x"}, {"limit": "5000"}, {"closed": "perhaps"}, {"state": "a\0"},
         {"stat": "Completed"}, {"state": ["Completed", "Open"]}],
    )  # fmt: skip
    def test_a_wrong_question_is_answered_with_what_is_wrong(
        self, sign_in: Callable[[str], Client], query: dict[str, Any]
    ) -> None:
        answer = sign_in("anna").get("/api/cases/", query)
        assert answer.status_code == 400 and set(answer.json()["errors"]) == set(query)

    def test_the_number_of_statements_does_not_grow_with_the_number_of_cases(
        self, open_case: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        anna = sign_in("anna")
        open_case()
        anna.get("/api/cases/")  # what a process reads once, it has read now
        few = statements(lambda: anna.get("/api/cases/"))
        for _ in range(9):
            open_case()
        assert statements(lambda: anna.get("/api/cases/")) == few <= 12
        assert len(anna.get("/api/cases/").json()["results"]) == 10


class TestReading:
    @pytest.mark.parametrize(
        ("method", "address"),
        [("get", "/api/cases/{case}/?mask=no"), ("get", "/api/cases/{case}/history/?who=anna"),
         ("get", "/api/tasks/{task}/?mask=no"), ("get", "/api/tasks/?scop=groups"),
         ("post", "/api/tasks/{task}/claim/?for=ben"), ("post", "/api/tasks/{task}/release/?for=ben"),
         ("post", "/api/tasks/{task}/complete/?verdict=accept"), ("post", "/api/cases/{case}/change/?reason=late"),
         ("post", "/api/cases/{case}/plan/?item=call"), ("post", "/api/cases/{case}/replies/?item=reply"),
         ("post", "/api/cases/{case}/items/0/?how=start")],
    )  # fmt: skip
    def test_no_call_ignores_a_name_in_its_address(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client], method: str, address: str
    ) -> None:
        case = analysed()
        where = address.format(case=case.pk, task=case.instance.tasks.get().pk)
        answer = getattr(sign_in("anna"), method)(where, content_type="application/json")
        named = where.partition("?")[2].partition("=")[0]
        assert answer.status_code == 400 and answer.json()["errors"].keys() == {named}

    def test_a_misspelt_reason_changes_nothing(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case = analysed()
        answer = post(sign_in("anna"), f"/api/cases/{case.pk}/change/", {"transition": "suspend", "reson": "Court"})
        assert answer.status_code == 400 and answer.json()["errors"].keys() == {"reson"}
        case.refresh_from_db()
        assert case.state == "Pending review"

    def test_a_case_says_where_it_stands_and_why(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case = analysed(intent="refund_request", confidence=0.93)
        found = sign_in("anna").get(f"/api/cases/{case.pk}/").json()
        assert (found["state"], found["goal"]) == ("Pending review", "The customer has a reviewed answer.")
        assert [(stage["name"], stage["status"]) for stage in found["stages"]] == [
            ("Understand", "done"), ("Answer", "active")]  # fmt: skip
        assert [(m["name"], bool(m["reached"])) for m in found["milestones"]] == [
            ("Routed", True), ("Approved", False), ("Answered", False),
        ]  # fmt: skip
        assert [(task["name"], task["groups"], task["may"]) for task in found["tasks"]] == [
            ("Approve the answer", ["Analysts"], ["claim"])]  # fmt: skip
        assert {(result["capability"], result["confidence"]) for result in found["results"]} == {
            ("intent", 0.93), ("sentiment", 0.9)}  # fmt: skip
        route = next(decision for decision in found["decisions"] if decision["name"] == "Routing")
        assert route["version"] == "complaint v1" and route["fired"][0]["of"] > 1
        assert "draft" in route["output"].values()
        assert [(step["item"], step["name"], step["refused"]) for step in found["plannable"]] == [
            ("ask_customer", "Ask the customer", "")]  # fmt: skip
        assert found["waiting"] == found["incidents"] == []

    def test_what_one_may_not_see_is_masked_and_named(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case = analysed()
        found = sign_in("anna").get(f"/api/cases/{case.pk}/").json()
        assert found["data"]["customer"]["name"] == "M••• S•••"
        assert found["masked"] == [f"/customer/{name}" for name in ("card", "email", "iban", "name", "phone")]
        senior = sign_in("clara").get(f"/api/cases/{case.pk}/").json()
        assert senior["data"]["customer"]["name"] == "Maria Sandoval"
        assert senior["masked"] == ["/customer/card", "/customer/iban"]

    def test_that_somebody_looked_is_kept(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case, axel = analysed(), sign_in("axel")
        axel.get(f"/api/cases/{case.pk}/")
        axel.get(f"/api/cases/{case.pk}/")
        assert [e.actor for e in timeline(case.instance_id, action="case.viewed")] == ["person:axel"]

    def test_a_case_that_one_may_not_see_is_not_there(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case = analysed()
        for name in ("olga", "dora"):
            hidden, none = (sign_in(name).get(f"/api/cases/{pk}/") for pk in (case.pk, case.pk + 1000))
            assert hidden.status_code == none.status_code == 404 and hidden.json() == none.json()

    def test_reading_costs_the_same_however_long_the_case_is(
        self, analysed: Callable[..., Case], sign_in: Callable[[str], Client]
    ) -> None:
        case, anna = analysed(), sign_in("anna")
        address = f"/api/cases/{case.pk}/"
        task = anna.get(address).json()["tasks"][0]["id"]
        few = statements(lambda: anna.get(address))
        for _ in range(5):
            post(anna, f"/api/tasks/{task}/claim/")
            post(anna, f"/api/tasks/{task}/release/")
        assert statements(lambda: anna.get(address)) == few <= 30
