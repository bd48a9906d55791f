"""Sign in, sign out, light and dark, and what one sees when something is wrong."""

from __future__ import annotations

import pytest
from django.test import Client

from casework.web import errors
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


def test_a_page_sends_strangers_to_sign_in_and_back_again(people, client):
    people["anna"].set_password("a long secret")
    people["anna"].save()
    asked = client.get("/cases/?which=all")
    assert asked.headers["Location"] == "/login/?next=/cases/%3Fwhich%3Dall"
    answer = client.post(asked.headers["Location"], {"username": "anna", "password": "a long secret",
                                                     "next": "/cases/?which=all"})  # fmt: skip
    assert answer.headers["Location"] == "/cases/?which=all"


def test_a_wrong_password_says_what_to_do_and_keeps_the_name(people, client):
    told = client.post("/login/", {"username": "anna", "password": "wrong"}).content.decode()
    assert "do not belong together" in told
    assert 'value="anna"' in told


def test_a_part_of_a_page_asked_for_after_the_session_ended_leads_to_the_sign_in_page(people, client):
    page = "http://testserver/?tab=groups"
    answer = client.get("/", headers={"HX-Request": "true", "Referer": page})
    assert answer.headers["HX-Redirect"] == "/login/?next=/%3Ftab%3Dgroups"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_or_dark_is_kept_and_can_be_left_to_the_system_again(people, client, scheme):
    client.force_login(people["anna"])
    client.post("/scheme/", {"scheme": scheme, "next": "/cases/"})
    assert f'data-scheme="{scheme}"' in client.get("/").content.decode()
    client.post("/scheme/", {"scheme": "system"})
    assert "data-scheme" not in client.get("/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_choosing_colours_leads_nowhere_else(people, client, target):
    client.force_login(people["anna"])
    assert client.post("/scheme/", {"scheme": "dark", "next": target}).headers["Location"] == "/"


def test_pages_have_no_inline_script_or_style(people, analysed, client):
    case = analysed()
    for who, addresses in {
        "anna": ["/", "/cases/", f"/cases/{case.pk}/", "/cases/new/complaint/",
                 f"/tasks/{case.instance.tasks.get().pk}/"],
        "ada": ["/rules/", f"/rules/{case.instance.definition_id}/", "/actors/",
                f"/rules/{case.instance.definition_id}/routing_table/"],
        "axel": [f"/cases/{case.pk}/history/"],
    }.items():  # fmt: skip
        client.force_login(people[who])
        for address in addresses:
            answer = client.get(address)
            told = answer.content.decode()
            assert answer.status_code == 200
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert [bad for bad in (" style=", "<style", "onclick=", "hx-on", "javascript:") if bad in told] == []
            assert told.count("<script") == told.count("<script src=")


def test_what_is_not_there_or_not_allowed_says_so_in_words(people, client):
    client.force_login(people["olga"])
    missing = client.get("/cases/99999/")
    assert (missing.status_code, "There is no such case, or you may not see it." in missing.content.decode()) == (
        404,
        True,
    )
    nowhere = client.get("/no/such/page/")
    assert nowhere.status_code == 404
    assert "&lt;int:" not in nowhere.content.decode()
    denied = client.get("/rules/")
    assert denied.status_code == 403
    assert "Rules are shown to administrators" in denied.content.decode()


def test_a_form_from_nowhere_is_refused_with_advice(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["anna"])
    answer = client.post("/scheme/", {"scheme": "dark"})
    assert answer.status_code == 403
    assert "go back to the page" in told(answer)


def test_the_page_for_our_own_faults_needs_nothing_that_may_be_broken(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = errors.failed(rf.get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/", 'href="/" aria-current="page">'),
        ("/cases/", 'href="/cases/" aria-current="page">'),
        ("/cases/new/complaint/", 'href="/cases/" aria-current="true">'),
    ],
)
def test_the_navigation_says_where_one_is(client, people, complaint, path, link) -> None:
    client.force_login(people["anna"])
    page = told(client.get(path))
    navigation = page[page.index("nav-main") : page.index("</nav>")]
    assert link in navigation
    assert navigation.count("aria-current") == 1
