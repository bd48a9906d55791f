"""Does a case come back whole, as it was at each event, and with no more than its reader may see?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from audit.reading import links_upto
from audit.services import Fact, Origin
from casework.cases.read.case_page import WHOLE, case_page
from casework.cases.services import case_change
from casework.models import Case
from casework.proof.difference import difference
from casework.proof.moments import Moment, moment
from casework.tasks.services import task_claim, task_complete, task_release
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.models import HumanTask
from orchestration.shell import services
from tests.casework.actions import open_task, statements
from tests.casework.cases.test_past import grown
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db

People = dict[str, User]
Opens = Callable[..., Case]
Told = dict[str, Any]
ANSWERS = {"approved": False, "answer": {"text": "We pay it back, Maria Sandoval."}}


def fresh(case: Case) -> Case:
    return Case.objects.select_related("instance").get(pk=case.pk)


def at(case: Case, who: User, sequence: int) -> Moment:
    found = moment(
        user=User.objects.get(pk=who.pk), case=fresh(case), now=clock.utc_now(),
        rows=links_upto(case.instance_id, sequence),
    )  # fmt: skip
    assert found is not None
    return found


def live(case: Case, who: User) -> Told:
    """What the page of the case says now."""
    page = case_page(user=User.objects.get(pk=who.pk), case=fresh(case), now=clock.utc_now(), place=WHOLE)
    return {
        "state": (page.state, page.closed), "stages": page.stages, "strips": page.strips, "facts": page.key_facts,
        "data": {one.pointer: (one.value, one.masked, one.source, one.since, one.event) for one in page.data},
        "tasks": sorted((one.name, one.part, one.assignee, one.urgent, one.suspended, one.due) for one in page.tasks),
        "decisions": page.made, "troubles": sorted((one.number, one.message) for one in page.troubles),
    }  # fmt: skip


def then(case: Case, who: User, sequence: int) -> Told:
    """The same of the past."""
    was = at(case, who, sequence)
    return {
        "state": (was.state, was.closed), "stages": was.stages, "strips": was.strips, "facts": was.key_facts,
        "data": {one.pointer: (one.value, one.masked, one.source, one.since, one.event) for one in was.data},
        "tasks": sorted(
            (one.name, one.part, one.holder, one.urgent, one.state == "suspended", one.due) for one in was.tasks
        ),
        "decisions": was.decisions, "troubles": sorted((one.number, one.message) for one in was.troubles),
    }  # fmt: skip


def acts(case: Case, people: People) -> list[Callable[[], object]]:
    """What people may try with this case, in whatever state it is."""
    anna, clara = people["anna"], people["clara"]

    def with_task(act: Callable[[HumanTask], object]) -> Callable[[], object]:
        return lambda: [act(task) for task in HumanTask.objects.filter(instance=case.instance_id, state="open")[:1]]

    return [
        with_task(lambda task: task_claim(by=anna, task=task)),
        with_task(lambda task: task_claim(by=clara, task=task)),
        with_task(lambda task: task_release(by=anna, task=task)),
        with_task(lambda task: task_complete(by=anna, task=task, answers=ANSWERS)),
        with_task(lambda task: task_complete(by=clara, task=task, answers=ANSWERS)),
        lambda: case_change(by=clara, case=fresh(case), transition="suspend", reason="Maria Sandoval asked for it"),
        lambda: case_change(by=clara, case=fresh(case), transition="resume"),
        lambda: case_change(by=clara, case=fresh(case), transition="hasten"),
        lambda: work_jobs(case.instance_id),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_case_comes_back_at_each_event_as_its_page_was_then(people: People, analysed: Opens, seed: int) -> None:
    chance, shown = random.Random(seed), dict[int, Told]()
    case, reader = analysed(), people["clara"]
    for _ in range(14):
        shown[fresh(case).instance.head_sequence] = live(case, reader)
        chance.choice(acts(case, people))()
    assert len(shown) > 3
    for sequence, page in shown.items():
        assert then(case, reader, sequence) == page


def test_a_case_comes_back_from_its_first_event_to_its_last(people: People, analysed: Opens) -> None:
    case = analysed()
    task_complete(by=people["anna"], task=open_task(case), answers=ANSWERS)
    for sequence in range(2, fresh(case).instance.head_sequence + 1):
        at(case, people["clara"], sequence)
    assert then(case, people["clara"], fresh(case).instance.head_sequence) == live(case, people["clara"])


def told(client: Client, case: Case, query: str = "") -> str:
    answer = client.get(f"/cases/{case.pk}/then/{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def first(case: Case, action: str) -> int:
    return next(row[1] for row in links_upto(case.instance_id, 10**6) if row[2] == action)


def test_the_page_goes_to_a_moment_and_says_what_is_different(people: People, analysed: Opens, client: Client) -> None:
    case = analysed()
    taken = task_claim(by=people["anna"], task=open_task(case))
    assert isinstance(taken, HumanTask)
    client.force_login(people["anna"])
    opened = first(case, "engine.TaskOpened")
    before = told(client, case, f"?at={opened}")
    assert f"After event {opened} of" in before and "taken by Anna Adler" not in before
    now = told(client, case, f"?since={opened}")
    assert "taken by Anna Adler" in now and "from nobody to Anna Adler" in now
    assert "What came between" in told(client, case, f"?at={opened}&since={first(case, 'task.claimed')}")


@pytest.mark.parametrize("query", ["?at=0", "?at=-3", "?at=99999999999", "?at=x&since=y", "?at=1", "?since=1&at=1"])
def test_an_address_that_makes_no_sense_shows_a_moment_all_the_same(
    people: People, analysed: Opens, client: Client, query: str
) -> None:
    client.force_login(people["axel"])
    told(client, analysed(), query)


def test_what_is_hidden_today_is_hidden_at_every_moment(people: People, analysed: Opens, client: Client) -> None:
    case = analysed()
    changes = {
        "customer": {"name": "Someone Else", "iban": "DE02 1203 0000 0000 2020 51", "card": "5500 0000 0000 1111"}
    }
    services.record(
        case.instance_id,
        [Fact("engine.VariablesChanged", {"instance": 1, "item": None, "changes": changes})],
        Origin("system:test"),
    )
    client.force_login(people["axel"])
    last = fresh(case).instance.head_sequence
    for query in (f"?at={last}", f"?at={last - 1}", f"?at={last}&since={last - 1}"):
        shown = told(client, case, query)
        assert "Sandoval" not in shown and "Someone Else" not in shown and "2020 51" not in shown
        assert "0532 0130" not in shown
    page = told(client, case, f"?at={last}&since={last - 1}")
    assert "written again, masked for you" in page, page[page.index("then-difference") :][:2500]


def test_a_case_whose_beginning_was_erased_is_said_to_be_beyond_return(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed()
    erased(case)
    client.force_login(people["axel"])
    assert "cannot be made anew" in told(client, case)


def erased(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("delete from audit_auditpayload where chain = %s and sequence < 4", [case.instance_id])
        cursor.execute("set session_replication_role = origin")


def test_a_moment_costs_as_many_statements_in_a_long_case_as_in_a_short_one(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed()
    client.force_login(people["axel"])
    told(client, case)
    assert "What is different since event 3" in told(client, case, "?since=3")
    young = statements(lambda: told(client, case, "?since=3"))
    grown(case, 500)
    told(client, case)
    assert "Person499" not in told(client, case, "?since=3")
    assert statements(lambda: told(client, case, "?since=3")) <= young + 1


def moments(case: Case, who: User) -> Iterator[Moment]:
    for sequence in range(2, fresh(case).instance.head_sequence + 1):
        yield at(case, who, sequence)


def test_nothing_is_different_between_a_moment_and_itself(people: People, analysed: Opens) -> None:
    for one in moments(analysed(), people["anna"]):
        assert difference(one, one).is_nothing


def test_from_when_a_value_holds_stands_beside_since_when_it_is_known_and_as_it_was_known_then(
    people: People, analysed: Opens, client: Client
) -> None:
    case = analysed(received="2026-03-20T09:30:00+01:00")
    before = fresh(case).instance.head_sequence
    services.send(case.instance_id, SetVariables({"received": "2026-03-17T12:00:00+01:00"}), Origin("system:test"))
    client.force_login(people["clara"])
    assert "Holds from 20 Mar 2026" in told(client, case, f"?at={before}")
    after = told(client, case, f"?at={fresh(case).instance.head_sequence}")
    assert "Holds from 17 Mar 2026" in after and "Holds from 20 Mar 2026" not in after
