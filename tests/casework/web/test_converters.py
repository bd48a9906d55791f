"""An address that nobody's page has made is answered in words, not with a failure."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db

HUGE = "9" * 20
WHO = ["anna", "clara", "axel", "ada", "olga"]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("address", ["/?q=%00", "/?%00=q", "/cases/?q=%00", "/cases/?state=%00", "/cases/?q=a&q=%00"])
def test_a_nul_in_an_address_is_refused_in_words(people, client, who, address):
    client.force_login(people[who])
    answer = client.get(address)
    assert answer.status_code == 400
    assert "The address holds a character that no search and no filter can look for." in answer.content.decode()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    "address", [f"/cases/{HUGE}/", f"/cases/{HUGE}/history/", f"/tasks/{HUGE}/", f"/rules/{HUGE}/"]
)
def test_a_number_that_no_row_can_have_names_no_page(people, client, who, address):
    client.force_login(people[who])
    assert client.get(address).status_code == 404


def test_an_incident_number_beyond_64_bits_is_not_there(people, analysed, client):
    case = analysed()
    client.force_login(people["anna"])
    assert client.post(f"/cases/{case.pk}/incidents/{HUGE}/", {"how": "retry"}).status_code == 404
    sent = {"data": {"how": "retry"}, "content_type": "application/json"}
    answer = client.post(f"/api/cases/{case.pk}/incidents/{HUGE}/resolve/", **sent)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    fits = client.post(f"/api/cases/{case.pk}/incidents/{'9' * 18}/resolve/", **sent)
    assert (fits.status_code, fits.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("address", ["/api/cases/?state=%00", "/api/cases/?reference=%00", "/api/tasks/?after=%00"])
def test_a_nul_is_refused_by_the_api_for_its_field(people, client, address):
    client.force_login(people["anna"])
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    "address",
    [
        "/actors/prompts/a%00b/",
        "/cases/1/pictures/a%00b/",
        "/cases/1/receive/a%00b/",
        "/rules/1/a%00b/",
        "/password/a%00b/c/",
        "/password/a/b%00c/",
        "/help/a%00b/",
        "/help/licences/a/b%00c/",
        "/actors/a%00b/",
        "/api/workers/leases/a%00b/extend/",
        "/api/actors/a%00b/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_word_with_a_nul_names_no_page(people, client, address, method):
    client.force_login(people["ada"])
    assert getattr(client, method)(address).status_code in (404, 405)  # a help page takes no form


@pytest.mark.parametrize("field", ["name", "groups", "case_types", "scope", "reason"])
def test_a_nul_in_a_new_service_is_refused_at_its_field(people, client, field):
    client.force_login(people["ada"])
    sent = {"name": "night-job", "scope": "read", "reason": "For the night"}
    assert client.post("/people/services/", sent | {field: "a\0b"}).status_code == 400
    sent = {"name": "mine", "scope": "read", "days": "1"}
    assert client.post("/account/tokens/", sent | {"case_types": "a\0b"}).status_code < 500
    assert client.post("/people/new/", {"name": "nora", "reason": "Begins", "groups": "a\0b"}).status_code == 400
