"""Does the stand-in for Salesforce answer as the public description of its REST API says, also where it refuses?"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from casework.runtime.locations import ROOT
from casework.runtime.stand_ins.place import OF_THE_DEMO, SALESFORCE_CLIENT, SALESFORCE_SECRET
from casework.runtime.stand_ins.salesforce.objects import KINDS, new_id
from casework.runtime.stand_ins.salesforce.soql import Condition
from casework.runtime.stand_ins.store import Store
from tests.casework.stand_ins import Demo, demo, know, store

__all__ = ["demo", "store"]
Answered = tuple[int, Any, dict[str, str]]
CONTACT = "/sobjects/Contact/Customer_Number__c/"


class Org:
    """An org over HTTP, as a program of somebody else's would ask it."""

    def __init__(self, url: str) -> None:
        self.url, self.version, self.token = url, "62.0", ""

    def signs_in(self, **changes: str) -> Answered:
        form = {
            "grant_type": "client_credentials", "client_id": OF_THE_DEMO[SALESFORCE_CLIENT],
            "client_secret": OF_THE_DEMO[SALESFORCE_SECRET], **changes,
        }  # fmt: skip
        self.token = ""
        answer = self.sends("POST", "/services/oauth2/token", urlencode(form).encode())
        self.token = answer[1].get("access_token", "")
        return answer

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        content = None if body is None else json.dumps(body).encode()
        return self.sends(method, f"/services/data/v{self.version}{path}", content, **headers)

    def rows(self, soql: str, **headers: str) -> Answered:
        return self("GET", f"/query?q={quote(soql)}", **headers)

    def sends(self, method: str, path: str, content: bytes | None, **headers: str) -> Answered:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **named}
        request = urllib.request.Request(self.url + path, content, named, method=method)
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            assert answer.headers["X-Stand-In"] == "yes"
            text = answer.read()
            return answer.status, json.loads(text) if text else None, dict(answer.headers)


@pytest.fixture
def org(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Org:
    know(demo.url, monkeypatch)
    found = Org(demo.url)
    found.signs_in()
    return found


def code(answer: Answered) -> tuple[int, str]:
    (error,) = answer[1]
    assert error["message"]
    return answer[0], error["errorCode"]


def test_a_token_is_given_for_client_and_secret_and_nothing_is_told_without_one(org: Org) -> None:
    status, said, _ = org.signs_in()
    assert status == 200 and said["token_type"] == "Bearer" and said["instance_url"] == org.url and said["issued_at"]
    assert org("GET", "/limits")[0] == 200
    org.token = "of-somebody-else"
    assert code(org("GET", "/limits")) == (401, "INVALID_SESSION_ID")
    assert code(org("PATCH", CONTACT + "C-1001", {"Phone": "1"})) == (401, "INVALID_SESSION_ID")
    for wrong in ({"client_secret": "no"}, {"client_id": ""}, {"grant_type": "password"}):
        status, said, _ = org.signs_in(**wrong)
        assert status == 400 and said["error"] in ("invalid_client", "unsupported_grant_type")


def test_a_query_gives_the_fields_that_it_names_of_the_rows_that_it_is_about(org: Org) -> None:
    status, said, told = org.rows("SELECT Id, email, Refunds__c FROM Contact WHERE Customer_Number__c = 'c-1005'")
    (row,) = said["records"]
    assert (status, said["totalSize"], said["done"], told["Sforce-Limit-Info"]) == (200, 1, True, "api-usage=1/15000")
    assert row.keys() == {"attributes", "Id", "Email", "Refunds__c"} and row["Email"] == "daniel.kim@example.net"
    assert row["attributes"]["url"].endswith(f"/sobjects/Contact/{row['Id']}") and len(row["Id"]) == 18
    count = org.rows("select count() from Contact where Refunds__c >= 3 and LastName like 'k%'")[1]
    assert count == {"totalSize": 1, "done": True, "records": []}
    last = org.rows(
        "SELECT LastName FROM Contact WHERE Standing__c IN ('Gold','x') AND Phone!=null ORDER BY lastname DESC LIMIT 2"
    )
    names = [one["LastName"] for one in last[1]["records"]]
    assert len(names) == 2 and names == sorted(names, reverse=True)
    assert org.rows(r"SELECT Id FROM Contact WHERE LastName = 'O\'Hara' ")[1]["totalSize"] == 0


def test_each_field_gives_an_order_also_a_number_that_may_be_none(org: Org) -> None:
    found = org.rows("SELECT Refunds__c FROM Contact ORDER BY Refunds__c")[1]["records"]
    numbers = [one["Refunds__c"] for one in found if one["Refunds__c"] is not None]
    assert 0 in numbers and numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("kim", True), ("k%", True), ("%", True), ("k_m", True), ("k__m", False), ("%" * 200 + "zzzq", False),
     ("%i%m%", True), ("", False), ("kimm%", False), ("%K%", True)],
)  # fmt: skip
def test_what_is_like_a_pattern_is_found_and_many_signs_of_it_take_no_time(pattern: str, fits: bool) -> None:
    assert Condition("LastName", "LIKE", pattern).holds({"LastName": "Kim"}) is fits


def test_json_that_is_deeper_than_anybodys_is_refused(org: Org) -> None:
    status, said, _ = org.sends("PATCH", f"/services/data/v62.0{CONTACT}BRK-1", b"[" * 90_000)
    assert (status, said[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize(
    ("soql", "said"),
    [
        ("SELECT FROM Contact", "MALFORMED_QUERY"), ("", "MALFORMED_QUERY"), ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"), ("SELECT Shoe FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE LastName = 'x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = 'x' OR LastName = 'y'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact LIMIT x", "MALFORMED_QUERY"), ("SELECT Id FROM Contact LIMIT ²", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Contact LIMIT {'9' * 5000}", "MALFORMED_QUERY"), ("DELETE FROM Contact", "MALFORMED_QUERY"),
    ],
)  # fmt: skip
def test_a_query_that_is_none_is_refused_with_its_code(soql: str, said: str, org: Org) -> None:
    assert code(org.rows(soql)) == (400, said)


def test_many_rows_come_in_batches_each_with_the_place_of_the_next(org: Org, store: Store) -> None:
    contact = KINDS["contact"]
    with store.change():
        for at in range(500):
            row = {"Id": new_id(contact, 9000 + at), "LastName": f"Many {at:03}", "Customer_Number__c": f"M-{at}"}
            store.rows("insert into crm_rows values (?, 'Contact', ?, ?)", row["Id"], f"M-{at}", json.dumps(row))
    said = org.rows("SELECT LastName FROM Contact WHERE LastName LIKE 'Many%'", Sforce_Query_Options="batchSize=200")[1]
    names, batches = [one["LastName"] for one in said["records"]], 1
    while not said["done"]:
        said = org.sends("GET", said["nextRecordsUrl"], None)[1]
        names, batches = names + [one["LastName"] for one in said["records"]], batches + 1
    assert (said["totalSize"], batches) == (500, 3) and names == [f"Many {at:03}" for at in range(500)]
    assert code(org("GET", "/query/01gnothing-200")) == (400, "INVALID_QUERY_LOCATOR")


def test_a_row_is_made_or_changed_by_its_external_id_and_the_answer_says_which(org: Org) -> None:
    status, made, headers = org("PATCH", "/sobjects/Account/Account_Number__c/A%2D1", {"Name": "Shoes Ltd"})
    assert status == 201 and made["created"] and made["success"] and headers["Location"].endswith(made["id"])
    status, changed, _ = org("PATCH", "/sobjects/Account/Account_Number__c/A-1", {"Phone": "1"})
    assert status == 200 and changed == {"id": made["id"], "success": True, "errors": [], "created": False}
    org.version = "45.0"
    assert org("PATCH", "/sobjects/Account/Account_Number__c/A-1", {"Phone": "2"})[:2] == (204, None)
    row = org("GET", "/sobjects/account/account_number__c/a-1?fields=Name,Phone")[1]
    assert (row["Name"], row["Phone"]) == ("Shoes Ltd", "2")
    assert org("PATCH", "/sobjects/Case/Casewright_Number__c/R-1", {"Subject": "A refund"})[0] == 201


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (CONTACT + "C-1001", {"Shoe": 1}, (400, "INVALID_FIELD")),
        (CONTACT + "C-1001", {"Email": "nobody"}, (400, "INVALID_EMAIL_ADDRESS")),
        (CONTACT + "C-1001", {"Phone": "1" * 41}, (400, "STRING_TOO_LONG")),
        (CONTACT + "C-1001", {"LastName": ""}, (400, "REQUIRED_FIELD_MISSING")),
        (CONTACT + "C-1001", {"Id": "003"}, (400, "INVALID_FIELD_FOR_INSERT_UPDATE")),
        (CONTACT + "C-1001", {"Refunds__c": "four"}, (400, "JSON_PARSER_ERROR")),
        (CONTACT + "C-1001", [1], (400, "JSON_PARSER_ERROR")),
        (CONTACT + "nobody", {"Phone": "1"}, (400, "REQUIRED_FIELD_MISSING")),
        (CONTACT + "nobody?updateOnly=true", {"Phone": "1"}, (404, "NOT_FOUND")),
        ("/sobjects/Contact/Email/x", {"Phone": "1"}, (404, "NOT_FOUND")),
        ("/sobjects/Nothing/Name/x", {"Phone": "1"}, (404, "NOT_FOUND")),
    ],
)
def test_what_is_not_taken_changes_nothing(path: str, body: Any, said: tuple[int, str], org: Org) -> None:
    before = org("GET", CONTACT + "C-1001")[1]
    assert code(org("PATCH", path, body)) == said
    assert org("GET", CONTACT + "C-1001")[1] == before


def test_an_object_is_described_with_its_external_id(org: Org) -> None:
    fields = {one["name"]: one for one in org("GET", "/sobjects/Contact/describe")[1]["fields"]}
    assert (
        fields["Customer_Number__c"]["externalId"]
        and not fields["Email"]["externalId"]
        and not fields["Id"]["updateable"]
    )


def test_after_the_requests_of_a_day_it_refuses_and_says_why(org: Org, store: Store) -> None:
    store.rows("insert into crm_settings values ('a_day', 3) returning name")
    assert [org.rows("SELECT Id FROM Contact LIMIT 1")[0] for _ in range(3)] == [200, 200, 200]
    assert code(org.rows("SELECT Id FROM Contact LIMIT 1")) == (403, "REQUEST_LIMIT_EXCEEDED")
    store.rows("update crm_settings set value = 10 returning name")
    assert org("GET", "/limits")[1]["DailyApiRequests"] == {"Max": 10, "Remaining": 5}


def test_rows_and_tokens_outlive_the_process(tmp_path: Path) -> None:
    """Killed without warning, and begun anew on the same folder."""

    def begun() -> tuple[subprocess.Popen[bytes], Org]:
        listener = socket.create_server(("127.0.0.1", 0))
        arguments = [sys.executable, "-m", "casework.runtime.stand_ins", "--folder", str(tmp_path)]
        program = subprocess.Popen(
            [*arguments, "--listener", str(listener.fileno())], cwd=ROOT, pass_fds=[listener.fileno()],
            env={**os.environ, **OF_THE_DEMO},
        )  # fmt: skip
        port = listener.getsockname()[1]
        listener.close()
        return program, Org(f"http://127.0.0.1:{port}")

    program, org = begun()
    try:
        org.signs_in()
        assert org("PATCH", CONTACT + "C-1001", {"Phone": "+49 30 1"})[0] == 200
        program.send_signal(signal.SIGKILL)
        program.wait(10)
        program, again = begun()
        again.token = org.token
        assert again("GET", CONTACT + "C-1001")[1]["Phone"] == "+49 30 1"
    finally:
        program.kill()
        program.wait(10)
