"""Which bots run beside the demo? `python -m casework.bots.house --url URL --tokens FILE`, started by `make run`.

One for each system of the stand-ins that has nothing but a form. It waits for work as any worker outside does; a
browser is started for each job and ended with it, where Playwright and Chromium are here, else the form is sent over
HTTP. One job at a time. What the work needs is read with the first job, and given back when there was none for a while:
the process begins anew, as small as it was.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from casework.worker_client import Job, Result, Worker
from casework.worker_client.calls import Refused

if TYPE_CHECKING:
    from casework.bots.script import Script

log = logging.getLogger("casework.bots")

CASE_TYPES: Final = Path(__file__).resolve().parents[1] / "casetypes"
SCRIPTS: Final[Mapping[str, str]] = {
    "core-loan-bot": "loan/bots/core-loan.yaml",
    "goodwill-bot": "refund/bots/goodwill.yaml",
}
"""By the key of the actor."""
SYSTEM: Final = "CASEWRIGHT_SERVER_STAND_IN"
"""The variable that holds where the stand-ins are."""
WAIT: Final = 25.0
"""Seconds that a fetch is kept waiting."""
REST: Final = 20.0
"""Seconds without work after which what the work needed is given back."""


@dataclass(slots=True)
class Desk:
    """What the bots share: they take turns. `busy_until`: when the last one was done; 0: none has worked yet."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    busy_until: float = 0.0

    def rests(self) -> bool:
        """Whether what the work needed can be given back."""
        return bool(self.busy_until) and not self.turn.locked() and time.monotonic() - self.busy_until > REST


def main(words: list[str]) -> int:
    """Work until SIGTERM, which lets the job under way be finished."""
    parser = argparse.ArgumentParser(prog="casework.bots.house", description=__doc__)
    parser.add_argument("--url", required=True, help="where Casewright is")
    parser.add_argument("--tokens", required=True, type=Path, help="the file of tokens, by actor")
    given = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    desk, stopped = Desk(), threading.Event()
    workers = [
        (Worker(given.url, token, name=f"{key}, started by make run", wait=WAIT), SCRIPTS[key])
        for key, token in json.loads(given.tokens.read_text("utf-8")).items()
        if key in SCRIPTS
    ]
    for worker, script in workers:
        threading.Thread(target=_works, args=(worker, _handler(worker, script, desk)), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    while not stopped.wait(1) and not desk.rests():
        pass
    for worker, _ in workers:
        worker.stop()
    with desk.turn:
        if not stopped.is_set():
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program again
    return 0


def _works(worker: Worker, handler: Callable[[Job], Result]) -> None:
    try:
        worker.run(handler)
    except Refused as refused:
        log.warning("%s does not work: %s", worker.name, refused)


def _handler(worker: Worker, file: str, desk: Desk) -> Callable[[Job], Result]:
    def handle(job: Job) -> Result:
        with desk.turn:
            try:
                return _typed(_script(file), worker, job)
            finally:
                desk.busy_until = time.monotonic()

    return handle


def _typed(script: Script, worker: Worker, job: Job) -> Result:
    from casework.bots import browser, form

    if not browser.is_possible():
        return form.FormBot(script)(job)
    with browser.BrowserBot(script, worker.attach) as bot:
        return bot(job)


def _script(file: str) -> Script:
    """The script that ships, for the stand-ins where they are now: their name leads to this machine in any case."""
    from casework.bots.script import BROWSER, script_of

    script = script_of((CASE_TYPES / file).read_text("utf-8"), BROWSER)
    return replace(script, system=os.environ.get(SYSTEM, script.system).replace("stand-in.localhost", "127.0.0.1"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
