"""A decision is explained from recorded events, contested, and looked at again by somebody who had no part in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.http.response import HttpResponseBase

from audit.models import AuditEvent
from audit.services import Fact, Origin
from casework.explaining.contests import contest_decide, decision_contest
from casework.explaining.letter import Letter, letter
from casework.explaining.letters import letter_sent
from casework.explaining.models import Contest
from casework.models import Case
from orchestration.ground import clock
from orchestration.ground.refusals import NO_SUCH
from orchestration.models import HumanTask
from orchestration.shell import services
from tests.casework.actions import kept
from tests.casework.browsing import client
from tests.casework.conftest import PERSON, refused
from tests.casework.erasure.test_erasing import verified

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
OBJECTION = "It was refunded before, says the person concerned."
FINDING = "The refund of March is another one, so nothing changes."


def made(case: Case) -> int:
    return kept(case, "engine.DecisionEvaluated")[0].sequence


def written(case: Case, who: User) -> Letter:
    fresh = Case.objects.select_related("instance").get(pk=case.pk)
    return letter(user=who, case=fresh, now=clock.utc_now(), sequence=made(case))


def plain(answer: HttpResponseBase) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())  # type: ignore[attr-defined]


def test_each_sentence_of_the_letter_is_told_from_an_event_of_the_case(people: People, analysed: Opens) -> None:
    case = analysed(intent="refund_request", confidence=0.93, tone="neutral")
    anna = client(people["anna"])
    task = HumanTask.objects.filter(instance=case.instance_id, state="open").first()
    assert task is not None and anna.post(f"/tasks/{task.pk}/claim/").status_code == 302
    told = written(case, people["clara"])
    events = dict(AuditEvent.objects.filter(chain=case.instance_id).values_list("sequence", "action"))
    assert told.sentences and all(one.event in events for one in told.sentences)
    parts = {part.title: [one.text for one in part.sentences] for part in told.parts}
    assert any("Routing" in text and "complaint v1" in text for text in parts["What was decided"])
    assert any("93.0 %" in text for text in parts["What the decision was made on"])
    machines = {events[one.event] for part in told.parts if part.title == "What machines did" for one in part.sentences}
    assert machines and machines <= {"actor.called", "engine.JobRequested"}
    assert parts["What our office did"] and all("our office" in text for text in parts["What our office did"])
    assert any("instead of 93.0 %, the same rules would have decided" in t for t in parts["What would have changed it"])
    whole = " ".join(one.text for one in told.sentences)
    assert "anna" not in whole.lower() and "Adler" not in whole
    days = [one.event for part in told.parts if part.title.startswith("What people") for one in part.sentences]
    assert all(before < after for before, after in pairwise(days))


def test_a_letter_shows_no_more_than_its_writer_may_see(people: People, analysed: Opens) -> None:
    case = analysed()
    for who in ("anna", "axel"):
        whole = str(written(case, people[who]))
        assert PERSON["iban"] not in whole and PERSON["card"] not in whole
    assert PERSON["email"] not in str(written(case, people["axel"]))


def test_nothing_says_that_a_letter_was_sent_until_somebody_says_so(people: People, analysed: Opens) -> None:
    case, anna = analysed(), client(people["anna"])
    address = f"/cases/{case.pk}/decisions/{made(case)}/letter/"
    assert "Casewright sends nothing" in plain(anna.get(address))
    assert anna.post(address).status_code == 302
    again = anna.post(address)
    assert again.status_code == 409 and "kept already, word for word" in plain(again)
    page = plain(anna.get(address))
    assert (
        "Draft of Anna Adler" in page
        and "Nobody has said that it was sent." in page
        and "says that they sent" not in page
    )
    (draft,) = kept(case, "letter.drafted")
    events = [one.event for one in written(case, people["anna"]).sentences]
    assert [one["event"] for one in draft.detail["sentences"]] == events
    sent = f"/cases/{case.pk}/letters/{draft.sequence}/"
    assert anna.post(sent, {"way": "pigeon"}).status_code == 409
    assert anna.post(sent, {"way": "post"}).status_code == 302
    assert "Anna Adler says that they sent it by post" in plain(anna.get(address))
    case.refresh_from_db()
    assert refused(letter_sent(by=people["anna"], case=case, number=draft.sequence, way="post")).code == "sent"
    assert refused(letter_sent(by=people["anna"], case=case, number=1, way="post")).code == NO_SUCH
    printed = b"".join(anna.get(address, {"form": "print"})).decode()  # type: ignore[call-overload]
    assert f"[{made(case)}]" in printed and "You may contest this decision" in " ".join(printed.split())


def test_who_had_a_part_in_the_case_does_not_look_at_it_again(people: People, analysed: Opens) -> None:
    """And the decision is shown as contested wherever it is shown, before and after."""
    case, anna, ben = analysed(), client(people["anna"]), client(people["ben"])
    task = HumanTask.objects.filter(instance=case.instance_id, state="open").first()
    assert task is not None and anna.post(f"/tasks/{task.pk}/claim/").status_code == 302
    number = made(case)
    anna.post(f"/cases/{case.pk}/decisions/{number}/letter/")
    contest = f"/cases/{case.pk}/decisions/{number}/contest/"
    assert anna.post(contest, {"objection": "No"}).status_code == 400
    assert anna.post(contest, {"objection": OBJECTION}).status_code == 302
    assert anna.post(contest, {"objection": OBJECTION}).status_code == 409  # it waits already
    row = Contest.objects.get()
    address = f"/contests/{row.pk}/"
    found = {"outcome": "stands", "finding": FINDING}
    assert "You had a part in this case" in plain(anna.get(address)) and anna.post(address, found).status_code == 409
    assert kept(case, "command.refused")[-1].detail["command"] == "contest.decided"
    page = plain(ben.get(address))
    assert "An answer is owed within 28 days" in page
    assert OBJECTION in page and "93.0 %" in page and "Drafted by Anna Adler" in page and "What you find" in page
    everywhere = [f"/cases/{case.pk}/decisions/", f"/cases/{case.pk}/decisions/{number}/", address,
                  f"/cases/{case.pk}/then/?at={number}", f"/cases/{case.pk}/decisions/{number}/letter/"]  # fmt: skip
    assert all("contested: it waits for somebody" in plain(ben.get(place)) for place in everywhere)
    listed = ben.get("/contests/")
    assert "You may look at it." in plain(listed) and "sign-tag-bad" not in listed.content.decode()
    Contest.objects.update(at=row.at - timedelta(days=31))
    assert "sign-tag-bad" in ben.get("/contests/").content.decode()
    Contest.objects.update(at=row.at)
    assert ben.post(address, found | {"finding": "No"}).status_code == 400
    assert ben.post(address, found).status_code == 302 and ben.post(address, found).status_code == 409
    assert all("was contested, and stands" in plain(anna.get(place)) for place in everywhere)
    told = plain(anna.get(f"/cases/{case.pk}/?show=people"))
    assert "looked again at the contested decision" in told and FINDING in told
    assert "All histories hold" in verified("--whole")


def test_only_a_decision_of_the_case_is_contested_and_only_in_its_own_words(people: People, analysed: Opens) -> None:
    case, by = analysed(), people["anna"]
    assert refused(decision_contest(by=by, case=case, sequence=1, objection=OBJECTION)).code == "unknown"
    wrong = refused(decision_contest(by=by, case=case, sequence=made(case), objection="wh\0y was it so"))
    assert "objection" in wrong.errors
    row = decision_contest(by=by, case=case, sequence=made(case), objection=OBJECTION)
    assert isinstance(row, Contest)
    assert "outcome" in refused(contest_decide(by=people["ben"], contest_id=row.pk, outcome="", finding=FINDING)).errors
    with pytest.raises(IntegrityError), transaction.atomic():
        Contest.objects.create(case=case, sequence=made(case), objection=OBJECTION, by="person:ben", at=clock.utc_now())


@pytest.mark.parametrize("forged", [
    "update casework_contest set state = 'stands', decided_by = 'person:ben', finding = 'x', decided = at",
    "update casework_contest set objection = 'Never mind'", "delete from casework_contest",
])  # fmt: skip
def test_a_contest_that_was_forged_or_lost_is_named(people: People, analysed: Opens, forged: str) -> None:
    case = analysed()
    decision_contest(by=people["anna"], case=case, sequence=made(case), objection=OBJECTION)
    with connection.cursor() as cursor:
        cursor.execute(forged)
    assert "what is contested in the case is not what the history says" in verified("--whole")


def test_who_acts_for_another_is_kept_from_it_as_that_one_is(people: People, analysed: Opens) -> None:
    case = analysed()
    services.record(case.instance_id, [Fact("task.claimed", {"task": "x"})], Origin("person:emil", "person:ben"))
    row = decision_contest(by=people["anna"], case=case, sequence=made(case), objection=OBJECTION)
    assert isinstance(row, Contest)
    Group.objects.get(name="Analysts").user_set.add(people["emil"])  # type: ignore[attr-defined]
    for name in ("ben", "emil"):
        outcome = contest_decide(by=people[name], contest_id=row.pk, outcome="stands", finding=FINDING)
        assert refused(outcome).code == "second"
