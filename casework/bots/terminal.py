"""How does a bot type on a mainframe? Screen by screen over TN3270, with tnz (IBM), as a person at a terminal would.

A picture of a terminal is its text: after each step the log keeps a digest of it, without what a field hides, and the
lines that the script reads or expects are the only words of it that leave. Nothing is typed that a field does not take
whole: a terminal would go on typing in the next one.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from casework.bots.following import in_doubt
from casework.bots.log import Log
from casework.bots.script import PATIENCE, SAVED, Script, Step, filled
from casework.worker_client import BusinessError, Failed, Job, Result

Json = Any
SECRET: Final = re.compile(r"\{secret\.([a-z][a-z0-9-]{0,63})\}")
PREFIX: Final = "CASEWRIGHT_SECRET_"
WITH: Final = "a terminal"
HIDDEN: Final = 0x0C
"""The bits of a field's attribute that say that it is not displayed (GA23-0059)."""


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
    log, read, saved = Log(lambda _: "", WITH), dict[str, str](), False
    _until(session, lambda: "".join(_screen(session)).strip() != "")
    for step in script.steps:
        if job.lost.is_set() and not saved:
            raise Failed("The job was taken back while it was typed in.", temporary=True)
        saved = saved or step.verb == "save"
        try:
            _done(session, step, job, read)
        except Failed as failed:
            raise Failed(
                f"{failed} {SAVED}" if saved else str(failed), temporary=failed.temporary and not saved
            ) from None
        except BusinessError:
            raise
        except Exception as error:
            if not saved:
                raise
            raise in_doubt(step, error) from error
        log.add(step, screen=sha256(_seen(session).encode()).hexdigest()[:16])
    return Result(read, detail=log.detail)


def _done(session: Any, step: Step, job: Job, read: dict[str, str]) -> None:
    given = step.given
    match step.verb:
        case "fill":
            _fill(session, given, _text(given["with"], job))
        case "press" | "save":
            getattr(session, given)()
            _until(session, lambda: not session.pwait)
        case "expect":
            _expect(session, filled(given["text"], job.input, job.key), given)
        case "read":
            row, column = given["at"]
            read[given["as"]] = _screen(session)[row - 1][column - 1 : column - 1 + given["length"]].strip()


def _text(given: str, job: Job) -> str:
    """What is typed: `{secret.core-word}` is what stands in CASEWRIGHT_SECRET_CORE_WORD. Raises Failed."""
    if (found := SECRET.fullmatch(given)) is None:
        return filled(given, job.input, job.key)
    name = PREFIX + found[1].upper().replace("-", "_")
    if not os.environ.get(name):
        raise Failed(f"The secret {found[1]!r} is missing: give it in {name}.", temporary=False)
    return os.environ[name]


def _fill(session: Any, given: Mapping[str, Json], text: str) -> None:
    """Type into one field, in place of what stood there. Raises Failed, BusinessError."""
    session.set_cursor_position(*given["at"])
    at = session.curadd
    begins, attribute = session.field(at)
    if begins < 0 or begins == at or session.is_protected_attr(attribute):
        raise Failed(f"There is no field to type in at {given['at']}.", temporary=False)
    room = (session.next_field(at)[0] - at) % session.buffer_size
    if len(text) > room:
        raise _not_taken(given, f"The field at {given['at']} has room for {room} signs, and there are {len(text)}.")
    if not all(_is_known(session, sign) for sign in set(text)):
        raise _not_taken(given, f"The host has no sign for something to be typed at {given['at']}.")
    session.key_eraseeof()
    session.key_data(text)


def _is_known(session: Any, sign: str) -> bool:
    """Whether a code page of the session has it. Asked before, since tnz writes into its log what it cannot encode."""
    for codec in session.codec_info.values():
        with suppress(UnicodeEncodeError):
            return bool(codec.encode(sign))
    return False


def _not_taken(given: Mapping[str, Json], said: str) -> Exception:
    return BusinessError(given["otherwise"], said) if "otherwise" in given else Failed(said, temporary=False)


def _seen(session: Any) -> str:
    """The screen as a person sees it: without what a field hides."""
    words = list("\n".join(_screen(session)))
    for at, attribute in session.fields():
        if attribute & HIDDEN == HIDDEN:
            room = (session.next_field(at)[0] - at) % session.buffer_size
            for place in range(at, at + room):
                words[place + place // session.maxcol] = " "
    return "".join(words)


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
