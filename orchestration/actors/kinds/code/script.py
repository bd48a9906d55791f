"""How is a script run, so that nothing but its result comes of it?

In a process of its own (`sandbox`), with an empty environment and an empty folder, killed when its time is over.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.code import sandbox

Json = Any
PROGRAM: Final = Path(sandbox.__file__)
SLACK: Final = 2.0
"""Seconds beside a script's own time for a process to begin."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` of CPU, and as many again of waiting; `memory` and `output` in bytes."""

    seconds: int = 2
    memory: int = 256 * 1024 * 1024
    output: int = 64 * 1024


def run_script(code: str, given: Json, limits: Limits) -> Json:
    """What `run(input)` of the script gives. Raises ActorError (lasting): it failed, or went over a limit."""
    if not sandbox.is_possible():
        raise ActorError("This machine cannot keep a script from files and network; only FEEL runs.", temporary=False)
    asked = {"code": code, "input": given, "seconds": limits.seconds, "memory": limits.memory}
    with tempfile.TemporaryDirectory(prefix="casewright-code-") as folder:
        process = subprocess.Popen(  # noqa: S603 - this very Python, with a program of ours
            [sys.executable, "-I", "-S", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=folder, env={}, start_new_session=True,
        )  # fmt: skip
        try:
            said = _said(process, json.dumps(asked).encode(), limits)
            if len(said) <= limits.output:
                process.wait(SLACK)
        except subprocess.TimeoutExpired:
            raise ActorError(f"It took longer than {2 * limits.seconds} seconds.", temporary=False) from None
        finally:
            process.kill()
            process.wait()
            cast(IO[bytes], process.stdout).close()
    return _answer(said, process.returncode, limits)


def _said(process: subprocess.Popen[bytes], asked: bytes, limits: Limits) -> bytes:
    """What it prints, and no more than one byte over the limit. Raises TimeoutExpired."""
    stdin, stdout = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
    ends = time.monotonic() + 2 * limits.seconds + SLACK
    with suppress(BrokenPipeError):  # it has died already; what it said tells
        stdin.write(asked)
        stdin.close()
    said = b""
    while len(said) <= limits.output:
        ready, _, _ = select.select([stdout], [], [], max(ends - time.monotonic(), 0))
        if not ready:
            raise subprocess.TimeoutExpired(process.args, 2 * limits.seconds)
        more = os.read(stdout.fileno(), min(65_536, limits.output + 1 - len(said)))
        if not more:
            break
        said += more
    return said


def _answer(said: bytes, code: int, limits: Limits) -> Json:
    if code in (-signal.SIGXCPU, -signal.SIGKILL) and len(said) <= limits.output:
        raise ActorError(f"It used more than {limits.seconds} seconds of CPU.", temporary=False)
    if len(said) > limits.output:
        raise ActorError(f"Its result has more than {limits.output} bytes.", temporary=False)
    try:
        told = json.loads(said)
    except ValueError:
        raise ActorError("It ended without a result.", temporary=False) from None
    if "error" in told:
        line = f" (line {told['line']})" if told.get("line") else ""
        raise ActorError(f"{told['error']}{line}", temporary=False)
    return told["output"]
