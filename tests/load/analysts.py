"""Does the desk hold a whole department? Two hundred analysts at once, each with a session and a mind of their own.

Aims (the desk): no errors, no text lost that was typed, 95 of 100 finished tasks in under 300 ms. The product runs as
its own processes on a database of its own: web as `make run` starts it, a worker, the systems that it calls. Most
analysts come over HTTP (`analyst`), some in a real browser (`analyst_browser`). It ends by itself.
"""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from casework.runtime.locations import ROOT
from casework.runtime.processes import die_with_parent
from casework.runtime.stand_ins.place import STAND_IN_HOST, connected
from tests.benchmarks.server import product
from tests.chaos.product import free_port
from tests.load.analyst import Analyst, Told
from tests.load.analyst_browser import work_in_browsers
from tests.load.web import Web, session_of, web_process

MOST: Final = 0.3
"""Seconds for 95 of 100 finished tasks."""
ACTS: Final = 5
"""Pauses in the work of one task."""


def run(analysts: int, browsers: int, seconds: float, pace: float) -> None:
    """So many analysts, of them so many in browsers, for so long; `pace`: seconds from one act to the next."""
    with product():
        tasks = int(analysts * seconds / (ACTS * pace)) + analysts + 60
        print(f"{tasks} complaints are opened and read", flush=True)
        _opened(tasks)
        cookies = _signed_in(analysts)
        with _systems(), web_process() as web:
            spent = web.cpu()
            told = asyncio.run(_worked(web, cookies, browsers, seconds, pace))
            spent = web.cpu() - spent
    _show(told, analysts, browsers, seconds, spent)


async def _worked(web: Web, cookies: list[str], browsers: int, seconds: float, pace: float) -> Told:
    told, until = Told(), time.monotonic() + seconds
    over_http = [Analyst(number, web.url, cookie, told, pace) for number, cookie in enumerate(cookies[browsers:])]
    everybody = [asyncio.create_task(one.works(until)) for one in over_http]
    in_browsers = asyncio.create_task(work_in_browsers(web.url, cookies[:browsers], told, pace, until))
    while time.monotonic() < until:
        await asyncio.sleep(min(30, max(0.1, until - time.monotonic())))
        print(f"  {len(told.took.get('finish', ()))} finished, {len(told.errors)} errors", flush=True)
    await asyncio.gather(*everybody, in_browsers)
    return told


def _opened(tasks: int) -> None:
    """Complaints whose draft an analyst has to check; what the models say is said for them."""
    from tests.benchmarks.shell import analyst, complaint_to_check

    analyst()
    for number in range(tasks):
        complaint_to_check(f"load {number}")


def _signed_in(number: int) -> list[str]:
    """The sessions of so many people of the analysts' group."""
    from django.contrib.auth.models import Group, User

    group, cookies = Group.objects.get(name="Analysts"), []
    for one in range(number):
        person = User.objects.create(username=f"analyst-{one}")
        person.groups.add(group)
        cookies.append(session_of(person))
    return cookies


@contextmanager
def _systems() -> Iterator[None]:
    """A worker, and the systems that a complaint calls, beside the web process that comes next."""
    from django.core.management import call_command

    call_command("demo", cases=0, stdout=io.StringIO())
    port = free_port()
    os.environ.update(connected(f"http://{STAND_IN_HOST}:{port}"))
    with tempfile.TemporaryDirectory() as kept:
        programs = [["casework.runtime.stand_ins", "--folder", kept, "--port", str(port)], ["tests.acceptance.worker"]]
        running = [
            subprocess.Popen([sys.executable, "-m", *program], cwd=ROOT, preexec_fn=die_with_parent(signal.SIGTERM))
            for program in programs
        ]
        try:
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()


def _show(told: Told, analysts: int, browsers: int, seconds: float, spent: float) -> None:
    print(f"{analysts} analysts for {seconds:.0f} s, {browsers} of them in a browser")
    for what, took in told.took.items():
        print(f"  {what:48} {len(took):5}: p50 {_share(took, 0.5):5.0f} ms, p95 {_share(took, 0.95):5.0f} ms")
    pages = sum(len(took) for took in told.took.values())
    print(
        f"  web process: {1000 * spent / max(1, pages):.0f} ms of CPU an act, {100 * spent / seconds:.0f} % of a core"
    )
    print(f"  {told.late} times somebody else was faster")
    print(f"  errors {len(told.errors)}, texts lost {told.lost}")
    for wrong in told.errors[:10]:
        print(f"    {wrong}")
    finished = told.took.get("finish", [])
    held = finished and not told.errors and not told.lost and _share(finished, 0.95) < 1000 * MOST
    print("  It holds." if held else "  That does not hold.", flush=True)


def _share(took: list[float], share: float) -> float:
    return 1000 * sorted(took)[min(len(took) - 1, int(share * len(took)))]
