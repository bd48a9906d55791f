"""What the product says of its doors is what everybody gets at them, and the matrix is drawn from it."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.access.doors import DOORS as DECLARED
from casework.access.doors import RULES
from tests.casework.access.doors import DOORS, WHO
from tests.casework.reading import told

EVERYBODY = set(WHO)
PEOPLE = EVERYBODY - {"anonymous"}
LET_IN = {
    "anybody": EVERYBODY, "signed-in": PEOPLE, "own": {"analyst"}, "view": {"analyst", "senior", "auditor"},
    "work": {"analyst", "senior"}, "offered": {"analyst"}, "reveal": {"senior"}, "assign": {"senior"}, "picture": set(),
    "audit-case": {"auditor"}, "lead": {"senior"}, "open": {"analyst", "senior"},
    "samples": {"analyst", "senior", "admin"}, "call": {"analyst", "senior", "auditor", "admin"},
    "ask": {"analyst", "auditor", "admin"}, "look": {"auditor", "admin"}, "look-people": {"auditor", "admin"},
    "audit": {"auditor"}, "publish": {"admin"}, "administer": {"admin"},
    "erase": {"admin"}, "look-erased": {"auditor", "admin"}, "monitor": {"auditor", "admin"},
    "worker": set(), "directory": set(), "glass": set(), "view-as": set(), "glass-review": {"senior", "auditor"},
}  # fmt: skip
"""Of those who walk the doors, whom each rule lets in to what they walk to."""


def test_every_address_says_for_whom_it_is() -> None:
    assert DECLARED.keys() == DOORS.keys()
    assert {rule for rules in DECLARED.values() for rule in rules if rule} == RULES.keys() == LET_IN.keys()


@pytest.mark.parametrize("place", [0, 1], ids=["GET", "POST"])
def test_what_is_declared_is_what_everybody_gets(place: int) -> None:
    for name, rules in DECLARED.items():
        row = dict(zip(WHO, DOORS[name][("GET", "POST")[place]].split(), strict=True))
        if not rules[place]:
            assert set(row.values()) <= {"405", "302", "401"}, name
            continue
        for who, status in row.items():
            if who in LET_IN[rules[place]]:
                assert status not in ("401", "403", "405"), (name, who)
            else:
                assert status in ("401", "403", "404") or (who == "anonymous" and status == "302"), (name, who)


@pytest.mark.django_db
def test_the_matrix_is_a_page_and_a_file(people: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(people["ada"])
    page = told(browser.get("/people/matrix/"))
    assert "Who may change people, groups and rights" in page
    rows = list(csv.DictReader(io.StringIO(browser.get("/people/matrix/download/").content.decode())))
    by_address = {(row["Address"], row["Method"]): row for row in rows}
    new = by_address["/people/new/", "POST"]
    assert (new["Administrators"], new["Auditors"], new["Analysts"]) == ("yes", "no", "no")
    case = by_address["/cases/<number:case_id>/", "GET"]
    assert (case["Administrators"], case["Auditors"], case["Analysts"]) == ("its cases", "yes", "its cases")
    assert len(rows) == sum(bool(rule) for rules in DECLARED.values() for rule in rules)
