"""What do hundreds of open pages cost one web process, and how soon does each hear of an event?

Aims (issue of the house): no errors, an event on each page in under 1 s (p95), at most 10 % of a core while nothing
happens, another page meanwhile at most 1.5 times as slow as without them.
"""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.benchmarks.server import product
from tests.load.streams import Page, opened, until
from tests.load.web import Web, session_of, web_process

PEOPLE, CASES, EVENTS = 100, 20, 5
PAGES_ASKED = 15


def run(inboxes: int, cases: int, quiet: float) -> None:
    with product():
        roots, cookies = _prepared()
        with web_process() as web:
            asyncio.run(_measured(web, roots, cookies, inboxes, cases, quiet))


async def _measured(
    web: Web, roots: Sequence[Any], cookies: Sequence[str], inboxes: int, cases: int, quiet: float
) -> None:
    ask = lambda: _page_times(web, cookies[0])  # noqa: E731
    await asyncio.to_thread(ask)  # warm
    before, memory, threads = await asyncio.to_thread(ask), web.memory(), web.threads()
    pages = [Page("/live/", cookies[n % len(cookies)]) for n in range(inboxes)]
    watched = [Page(f"/cases/{roots[n % CASES].pk}/live/", cookies[n % len(cookies)]) for n in range(cases)]
    began, spent = time.monotonic(), web.cpu()
    tasks = await opened([*pages, *watched], web.port)
    failed = [page.failed for page in (*pages, *watched) if page.failed]
    print(f"{inboxes} inboxes and {cases} case pages on one web process")
    took, cost = time.monotonic() - began, web.cpu() - spent
    print(f"  opened in {took:.1f} s, {cost:.1f} s of CPU; errors {len(failed)} {set(failed) or ''}")
    print(f"  threads {threads} before, {web.threads()} with them; PSS {memory:.0f} MB before, {web.memory():.0f} MB")
    await asyncio.sleep(3)
    spent, began = web.cpu(), time.monotonic()
    await asyncio.sleep(quiet)
    print(f"  nothing happens: {100 * (web.cpu() - spent) / (time.monotonic() - began):.1f} % of a core (aim 10)")
    during = await asyncio.to_thread(ask)
    print(f"  a page meanwhile: {1000 * median(before):.0f} ms before, {1000 * median(during):.0f} ms with them, "
          f"ratio {median(during) / median(before):.2f} (aim 1.5)")  # fmt: skip
    late = await _events(roots, pages, watched)
    print(f"  an event on each page: {len(late)} heard, p50 {1000 * median(late):.0f} ms, "
          f"p95 {1000 * _share(late, 0.95):.0f} ms, at most {1000 * max(late):.0f} ms (aim 1000)")  # fmt: skip
    lost = [page.failed for page in (*pages, *watched) if page.failed]
    print(f"  errors at the end {len(lost)} {set(lost) or ''}")
    for page in (*pages, *watched):
        page.close()
    await asyncio.wait(tasks, timeout=10)


async def _events(roots: Sequence[Any], inboxes: list[Page], watched: list[Page]) -> list[float]:
    """Seconds from the commit until a page heard, for each event and page. The inboxes are all of one group."""
    late = []
    for number in range(EVENTS):
        for page in (*inboxes, *watched):
            page.heard.clear()
        done = await asyncio.to_thread(_happen, roots, number)
        everybody = [*inboxes, *watched]
        if not await until(lambda: all(page.heard for page in everybody), 15):  # noqa: B023
            print(f"  {sum(not page.heard for page in everybody)} pages did not hear of event {number + 1}")
        late += [max(0.0, page.heard[0] - done) for page in everybody if page.heard]
        await asyncio.sleep(1)
    return late


def _happen(roots: Sequence[Any], number: int) -> float:
    """Something in every case that is watched, last a task taken from the group's list; the moment of its commit."""
    from django.contrib.auth.models import User

    from audit.services import Fact, Origin
    from casework.tasks.services import task_claim, task_release
    from orchestration.models import HumanTask
    from orchestration.shell import services

    task = HumanTask.objects.filter(
        instance=roots[0].instance_id, state="open", candidates__group__isnull=False
    ).first()
    assert task is not None
    person = User.objects.get(username="load-0")
    done = time.monotonic()
    (task_claim if number % 2 == 0 else task_release)(by=person, task=task)
    for root in roots:
        services.record(root.instance_id, [Fact("case.viewed")], Origin("person:load-0"))
    return done


def _page_times(web: Web, cookie: str) -> list[float]:
    """Seconds for a page, asked one after the other by one person."""
    found = []
    for _ in range(PAGES_ASKED):
        began = time.monotonic()
        request = urllib.request.Request(f"{web.url}/?tab=groups", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
        found.append(time.monotonic() - began)
    return found


def _share(found: list[float], share: float) -> float:
    return sorted(found)[min(len(found) - 1, int(share * len(found)))]


def _prepared() -> tuple[list[Any], list[str]]:
    """Cases with an open task of one group, and the sessions of people in it."""
    from django.contrib.auth.models import Group, User

    from casework.management.commands.demo import PEOPLE as DEMO
    from casework.management.commands.demo import ensure_person
    from casework.models import Case
    from orchestration.models import TaskCandidate

    ensure_person(*DEMO[0])
    group = Group.objects.get(name="Analysts")
    cookies = []
    for number in range(PEOPLE):
        person = User.objects.create(username=f"load-{number}")
        person.groups.add(group)
        cookies.append(session_of(person))
    _open_cases(User.objects.get(username="anna"))
    # so that each event is in each inbox
    for offered in Group.objects.filter(pk__in=TaskCandidate.objects.values("group")):
        offered.user_set.add(*User.objects.filter(username__startswith="load-"))
    return list(Case.objects.order_by("pk")[:CASES]), cookies


def _open_cases(anna: Any) -> None:
    """Complaints that have been analysed, each with a step that somebody added by hand."""
    from casework.cases.services import item_plan
    from casework.intake.services import case_open
    from casework.models import Case
    from tests.orchestration.machines import work_jobs

    for number in range(CASES):
        case_open(by=None, case_type="complaint", source="load", reference=f"L-{number}",
                  data={"message": "I lost my card and was charged a fee."})  # fmt: skip
    for case in Case.objects.order_by("pk"):
        work_jobs(case.instance_id)
        item_plan(by=anna, case=case, definition="ask_customer")
