"""How is work done in a process of its own, so that whatever goes wrong in it harms nothing else?

Started with an empty environment in an empty folder, given its work on standard input, killed when its time is over or
when it says more than it may. What limits it inside (`actors.kinds.code.sandbox`) is the child's own affair.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final, cast

SLACK: Final = 2.0
"""Seconds beside the work's own time for a process to begin."""
CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` of CPU, and as many again of waiting; `memory` and `output` in bytes."""

    seconds: int = 2
    memory: int = 256 * 1024 * 1024
    output: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """What a child said (one byte more than it may where it said more), and how it ended (as Popen's returncode)."""

    said: bytes
    code: int

    def was_killed(self) -> bool:
        """Whether it used more CPU than it may, or the machine had no memory for it."""
        return self.code in (-signal.SIGXCPU, -signal.SIGKILL)


class TookTooLong(Exception):
    """It had not ended when its time was over."""


def ran(
    command: Sequence[str], asked: bytes, limits: Limits, environment: Mapping[str, str] | None = None, slack: float = 0
) -> Ran:
    """Run a program to its end. `slack`: more seconds for it to begin. Raises TookTooLong."""
    with tempfile.TemporaryDirectory(prefix="casewright-child-") as folder:
        process = subprocess.Popen(  # noqa: S603 - its callers name programs of ours
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder,
            env=dict(environment or {}), start_new_session=True,
        )  # fmt: skip
        try:
            said = _said(process, asked, limits, slack)
            if len(said) <= limits.output:
                process.wait(SLACK)
        except subprocess.TimeoutExpired:
            raise TookTooLong from None
        finally:
            process.kill()
            process.wait()
            cast(IO[bytes], process.stdout).close()
    return Ran(said, process.returncode)


def _said(process: subprocess.Popen[bytes], asked: bytes, limits: Limits, slack: float) -> bytes:
    """What it prints, and no more than one byte over the limit. Raises TimeoutExpired."""
    stdin, stdout = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
    ends = time.monotonic() + 2 * limits.seconds + SLACK + slack
    with suppress(BrokenPipeError):  # it has died already; what it said tells
        stdin.write(asked)
        stdin.close()
    said = bytearray()
    while len(said) <= limits.output:
        ready, _, _ = select.select([stdout], [], [], max(ends - time.monotonic(), 0))
        if not ready:
            raise subprocess.TimeoutExpired(process.args, 2 * limits.seconds)
        more = os.read(stdout.fileno(), min(CHUNK, limits.output + 1 - len(said)))
        if not more:
            break
        said += more
    return bytes(said)
