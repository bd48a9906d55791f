"""Programs that are nobody's come in by their secret, for minutes, within their scope and their case types."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.client_models import ClientSecret, ServicePrincipal
from casework.access.clients import MOST_TOKENS, secret_revoke
from casework.access.models import ApiToken
from casework.access.people import person_switch
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.access.tokens import Made, token_make, token_of, token_replace
from orchestration.ground.clock import utc_now
from orchestration.shell.verification.control import verify_control
from tests.casework.access.test_tokens import program
from tests.casework.access.tokens import secret_for, service_for
from tests.casework.conftest import refused
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
People = dict[str, User]
FORM = "application/x-www-form-urlencoded"


def ask(sent: str, basic: str = "") -> Any:
    header = {"Authorization": f"Basic {b64encode(basic.encode()).decode()}"} if basic else {}
    return Client(headers=header).post("/api/token/", f"grant_type=client_credentials{sent}", FORM)


def token(service: ServicePrincipal, secret: str, scope: str = "") -> Client:
    answer = ask(f"&scope={scope}", f"{service.person.username}:{secret}")
    assert answer.status_code == 200, answer.content
    return program(answer.json()["access_token"])


@pytest.fixture
def service(people: People) -> ServicePrincipal:
    return service_for("night-job", people["ada"], "Analysts")


def test_a_program_gets_a_token_for_some_minutes_by_its_secret(service: ServicePrincipal) -> None:
    secret = secret_for(service)
    for answer in (
        ask("", f"night-job:{secret}"),
        ask(f"&client_id=night-job&client_secret={secret}"),
        ask("&client_id=night-job", f"night-job:{secret}"),
    ):
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
        assert answer.json() | {"access_token": ""} == {
            "access_token": "", "token_type": "Bearer", "expires_in": 600, "scope": "work"
        }  # fmt: skip
        assert program(answer.json()["access_token"]).get("/api/cases/").status_code == 200
    kept = str([*ApiToken.objects.values(), *ClientSecret.objects.values()])
    assert secret not in kept and answer.json()["access_token"] not in kept
    assert verify_control().ok
    ApiToken.objects.update(expires=utc_now() - timedelta(seconds=1))
    assert program(answer.json()["access_token"]).get("/api/cases/").status_code == 401
    assert not verify_control().ok  # the end of a token was moved


@pytest.mark.parametrize(
    ("sent", "basic", "status", "error"),
    [
        ("", "night-job:cws_guessed", 401, "invalid_client"),
        ("", "anna:SECRET", 401, "invalid_client"),
        ("&scope=administer", "night-job:SECRET", 400, "invalid_scope"),
        ("&scope=read%20work", "night-job:SECRET", 400, "invalid_scope"),
        ("&scope=openid", "night-job:SECRET", 400, "invalid_scope"),
        ("&client_secret=x", "night-job:SECRET", 400, "invalid_request"),
        ("&client_id=anna", "night-job:SECRET", 400, "invalid_request"),
        ("&scope=read&scope=work", "night-job:SECRET", 400, "invalid_request"),
        ("&client_id=%00&client_secret=%00", "", 401, "invalid_client"),
        ("&grant_type=password", "night-job:SECRET", 400, "invalid_request"),
    ],
)
def test_a_request_that_is_wrong_gets_no_token(
    service: ServicePrincipal, sent: str, basic: str, status: int, error: str
) -> None:
    answer = ask(sent, basic.replace("SECRET", secret_for(service)))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert not ApiToken.objects.filter(client=True).exists()
    assert (status == 401) == ("WWW-Authenticate" in answer.headers)


def test_a_replaced_secret_goes_on_for_a_day_and_a_third_ends_the_first(service: ServicePrincipal) -> None:
    first, second = secret_for(service), secret_for(service)
    assert [ask("", f"night-job:{one}").status_code for one in (first, second)] == [200, 200]
    assert ClientSecret.objects.earliest("pk").expires <= utc_now() + timedelta(hours=24)
    third = secret_for(service)
    assert [ask("", f"night-job:{one}").status_code for one in (first, second, third)] == [401, 200, 200]
    assert verify_control().ok


def test_taking_a_secret_back_or_keeping_the_service_out_ends_its_tokens_at_the_next_request(
    service: ServicePrincipal, people: People
) -> None:
    works = token(service, secret_for(service))
    secret_revoke(row=ClientSecret.objects.get(), origin=origin_of(people["ada"]))
    assert works.get("/api/cases/").status_code == 401
    secret = secret_for(service)
    works = token(service, secret)
    person_switch(user=service.person, on=False, origin=origin_of(people["ada"]))
    assert works.get("/api/cases/").status_code == 401 and ask("", f"night-job:{secret}").status_code == 401
    person_switch(user=service.person, on=True, origin=origin_of(people["ada"]))
    assert ask("", f"night-job:{secret}").status_code == 401 and verify_control().ok


def test_a_token_for_some_case_types_sees_no_other_case(service: ServicePrincipal, open_case: Any) -> None:
    case, secret = open_case(), secret_for(service)
    sees = token(service, secret)
    assert sees.get(f"/api/cases/{case.pk}/").status_code == 200
    here, elsewhere = (token(service, secret, f"work%20case_type:{one}") for one in ("complaint", "loan"))
    new = {"case_type": "complaint", "reference": "N-1", "data": {"message": "Hello"}}
    for caller, seen, listed, brought in ((here, 200, 200, 201), (elsewhere, 404, 403, 403)):
        assert caller.get(f"/api/cases/{case.pk}/").status_code == seen
        assert caller.get("/api/cases/?kind=complaint").status_code == listed
        assert caller.post("/api/cases/", new, "application/json").status_code == brought
        for wide in ("/api/cases/", "/api/cases/?kind=&view=1", "/api/attention/"):
            assert caller.get(wide).status_code == 403, wide
        assert caller.post("/api/views/", {"name": "x", "asks": ""}, "application/json").status_code == 403
    assert "for cases of complaint only" in here.get("/api/cases/").json()["message"]


def test_lists_show_a_token_for_some_case_types_what_is_of_them(service: ServicePrincipal, analysed: Any) -> None:
    analysed()
    secret = secret_for(service)
    whole, here, elsewhere = (
        token(service, secret, f"work{also}") for also in ("", "%20case_type:complaint", "%20case_type:loan")
    )
    for scope in ("groups", "all", "unassigned", "due-soon"):
        listed = [one.get(f"/api/tasks/?scope={scope}").json() for one in (whole, here, elsewhere)]
        assert listed[0] == listed[1]
        assert listed[2]["results"] == [] and not any(listed[2]["counts"].values()), scope
    found = [one.get("/api/search/?q=card").json() for one in (whole, here, elsewhere)]
    assert [len(one["results"]) for one in found] == [1, 1, 0] and found[2]["tasks"] == []
    assert here.get("/api/search/?q=analysts").json()["people"] == []
    assert here.get("/api/views/").json() == {"results": []}
    assert elsewhere.get("/api/tasks/?is.channel=web").status_code == 400  # a field of another type is none


def test_a_client_asks_for_no_case_type_beyond_its_own(people: People) -> None:
    service = service_for("night-job", people["ada"], "Analysts", case_types=["complaint"])
    secret = secret_for(service)
    assert ask("&scope=case_type:loan", f"night-job:{secret}").json()["error"] == "invalid_scope"
    assert ask("", f"night-job:{secret}").json()["scope"] == "work case_type:complaint"


def test_no_one_signs_in_as_a_service_and_none_is_sent_a_link(service: ServicePrincipal, people: People) -> None:
    service.person.set_password("a long password of somebody")
    service.person.save()
    browser = Client()
    page = told(browser.post("/login/", {"username": "night-job", "password": "a long password of somebody"}))
    assert "do not belong together" in page and "_auth_user_id" not in browser.session
    browser.force_login(people["ada"])
    assert "no password" in told(browser.post(f"/people/{service.person.pk}/link/"))


def test_a_client_that_asks_at_each_call_is_told_to_slow_down(service: ServicePrincipal) -> None:
    secret = secret_for(service)
    token(service, secret)
    made = ApiToken.objects.get(client=True)
    for number in range(MOST_TOKENS - 1):
        made.pk, made.digest = None, str(number)
        made.save(force_insert=True)
    answer = ask("", f"night-job:{secret}")
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")


def test_an_administrator_makes_a_service_and_sees_its_secret_once(people: People) -> None:
    browser = Client()
    browser.force_login(people["ada"])
    sent = {"name": "crm", "scope": "work", "case_types": ["complaint"], "groups": ["Analysts"], "reason": "The CRM"}
    assert "There is a case type" in told(browser.post("/people/services/", sent | {"case_types": ["nonsense"]}))
    assert not User.objects.filter(username="crm").exists()
    browser.post("/people/services/", sent)
    row = ServicePrincipal.objects.get()
    page = told(browser.post(f"/people/services/{row.pk}/secret/"))
    assert "shown this once" in page and "cws_" in page
    assert "cws_" not in told(browser.get(f"/people/services/{row.pk}/"))
    secret = page[(at := page.index("cws_")) : at + 47]
    works = token(row, secret)
    change = {"owner": "axel", "scope": "read", "reason": "It reads alone"}
    assert "Its tokens of now have ended" in told(browser.post(f"/people/services/{row.pk}/", change, follow=True))
    assert works.get("/api/cases/").status_code == 401
    assert verify_control().ok
    ServicePrincipal.objects.update(scope="administer")
    assert "the service crm" in str(verify_control().faults)


def test_a_token_that_is_replaced_twice_keeps_its_length(people: People) -> None:
    made = token_make(person=people["anna"], name="x", scope="read", days=90, origin=origin_of(people["anna"]))
    for _ in range(3):
        assert isinstance(made, Made)
        last = made
        made = token_replace(row=last.row, origin=origin_of(people["anna"]))
    again = token_replace(row=last.row, origin=origin_of(people["anna"]))  # replaced before: it ends tomorrow
    assert isinstance(again, Made) and again.row.expires is not None
    assert again.row.expires > utc_now() + timedelta(days=89)


def test_a_token_of_a_password_alone_ends_with_the_demand_for_more(people: People, settings: Any) -> None:
    control_begin(origin_of(people["ada"]))
    made = token_make(person=people["anna"], name="x", scope="read", days=90, origin=origin_of(people["anna"]))
    assert isinstance(made, Made) and token_of(made.secret) is not None
    settings.SECOND_FACTOR_GROUPS = ["Analysts"]
    assert program(made.secret).get("/api/tasks/").status_code == 401
    assert "second factor" in refused(token_replace(row=made.row, origin=origin_of(people["anna"]))).message
    ApiToken.objects.update(second=True)
    assert "token x" in str(verify_control().faults)  # who says so is not believed


def test_a_demand_for_a_second_factor_does_not_reach_services(service: ServicePrincipal, settings: Any) -> None:
    settings.SECOND_FACTOR_GROUPS = ["*"]
    assert token(service, secret_for(service)).get("/api/cases/").status_code == 200
