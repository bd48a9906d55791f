"""How does a bot type on a mainframe? Screen by screen over TN3270, with tnz (IBM), as a person at a terminal would.

A picture of a terminal is its text: after each step that changed the screen the log keeps its digest, and the lines
that the script reads or expects are the only words of it that leave.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from casework.bots.log import Log
from casework.bots.script import PATIENCE, SAVED, Script, Step, filled
from casework.worker_client import BusinessError, Failed, Job, Result

Json = Any


class TerminalBot:
    """Follows its script for each job, each in a session of its own. `system` of the script: tn3270://HOST:PORT."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def __call__(self, job: Job) -> Result:
        """Do one job. Raises Failed or BusinessError."""
        os.environ["TNZ_LOGGING"] = ""  # else a file beside the program tells what was typed
        from tnz.tnz import Tnz

        place = urlsplit(self.script.system)
        session = Tnz(name="bot")
        session.connect(place.hostname, place.port or 23, secure=False)
        try:
            return _typed(session, self.script, job)
        finally:
            session.shutdown()
            session.close()


def _typed(session: Any, script: Script, job: Job) -> Result:
    log, read, saved = Log(lambda _: ""), dict[str, str](), False
    _until(session, lambda: "".join(_screen(session)).strip() != "")
    for step in script.steps:
        if job.lost.is_set() and not saved:
            raise Failed("The job was taken back while it was typed in.", temporary=True)
        saved = saved or step.verb == "save"
        try:
            _done(session, step, job, read)
        except Failed as failed:
            raise Failed(f"{failed} {SAVED}" if saved else str(failed), temporary=not saved) from None
        log.add(step, screen=sha256("\n".join(_screen(session)).encode()).hexdigest()[:16])
    return Result(read, detail=log.detail)


def _done(session: Any, step: Step, job: Job, read: dict[str, str]) -> None:
    given = step.given
    match step.verb:
        case "fill":
            session.set_cursor_position(*given["at"])
            session.key_data(filled(given["with"], job.input, job.key))
        case "press" | "save":
            getattr(session, given)()
            _until(session, lambda: not session.pwait)
        case "expect":
            _expect(session, filled(given["text"], job.input, job.key), given)
        case "read":
            row, column = given["at"]
            read[given["as"]] = _screen(session)[row - 1][column - 1 : column - 1 + given["length"]].strip()


def _screen(session: Any) -> list[str]:
    return [
        session.scrstr(row * session.maxcol, (row + 1) * session.maxcol, rstrip=False) for row in range(session.maxrow)
    ]


def _until(session: Any, comes: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it comes in time, while the host's answers are read."""
    end = time.monotonic() + seconds
    while not comes() and time.monotonic() < end:
        session.wait(0.2)
        if session.seslost:
            raise Failed("The host closed the session.", temporary=True)
    return comes()


def _expect(session: Any, text: str, given: Mapping[str, Json]) -> None:
    if _until(session, lambda: any(text in line for line in _screen(session)), given.get("within", PATIENCE)):
        return
    if "otherwise" in given:
        raise BusinessError(given["otherwise"], f"The screen did not say “{text}”.")
    raise Failed(f"The screen did not say “{text}”.", temporary=True)
