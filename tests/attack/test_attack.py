"""Crafted requests, bombs and guesses find nothing, nor do questions: a sample of `make attack`."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse

from orchestration.models import Definition
from tests.attack.crafted import TAG, Crafted
from tests.attack.drive import CLASSES, Findings, _looked, attack, guess
from tests.attack.oracle import told_apart, twins, work_of
from tests.attack.within import within
from tests.leaks.world import made


@pytest.mark.slow
def test_crafted_requests_bombs_and_guesses_find_nothing(complaint: Definition) -> None:
    found = attack(made([complaint.key]), many=120)
    guess(found, many=40)
    assert not found.by_class, list(found.lines())
    assert found.requests > 120 and found.looked_at < 15, "after a few failures no password is looked at for a while"


@pytest.mark.slow
@pytest.mark.django_db
def test_no_question_tells_twins_apart_by_what_is_masked_and_who_reads_it_does(
    complaint: Definition, people: dict[str, User]
) -> None:
    twins()
    told = told_apart(people["anna"], many=30)
    assert told.asked == 30 and told.named > 3 and not told.apart, told.apart
    assert not work_of(people["anna"], many=15).apart, "right guesses are as much work as wrong ones"
    assert told_apart(people["clara"], many=30).apart, "questions that find something where it may be read"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (HttpResponse(status=500), "error of the server"),
        (HttpResponse(f"<p>{TAG}</p>"), "script that came in"),
        (HttpResponse("", headers={"X-Injected": "yes"}, content_type="text/plain"), "header that came in"),
        (HttpResponse("49 13372919", content_type="text/plain"), "expression evaluated"),
        (HttpResponse(status=302, headers={"Location": "//evil.example/zq"}), "way to another site"),
        (HttpResponse("root:x:0:0:", content_type="text/plain"), "file of the machine"),
        (HttpResponse("<p>bare</p>"), "page without its protections"),
        (HttpResponse("{}", content_type="application/json"), "let in whom no rule names"),
    ],
)
def test_each_class_of_finding_would_be_found(answer: HttpResponse, kind: str) -> None:
    found = Findings()
    _looked(answer, "here", Crafted("case", "GET", "", query={"q": "{{7*1910417}}"}), found, 0)
    assert kind in found.by_class and kind in CLASSES


def test_where_time_is_short_the_attack_ends_and_keeps_the_order() -> None:
    assert list(within(60, range(3))) == [0, 1, 2]
    assert list(within(0, range(3))) == []
