"""How is a child process started so that it never outlives us, and ended so that it may tidy up?"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1  # Linux, prctl(2)


class ServiceFailed(Exception):
    """A service did not come up; the text says why, for the person at the terminal."""


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `sign` to the child when the thread that started it ends, however it ends.

    Linux only; elsewhere a supervisor that is killed outright leaves its children.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # it ended before we asked
            os.kill(os.getpid(), sign)

    return ask_the_kernel


def start_service(
    command: list[str | Path], *, log: Path, stop_signal: signal.Signals, keep: tuple[int, ...] = (), **options: Any
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own (a terminal's Ctrl-C does not reach it), its output added to `log`.

    `keep` are file descriptors that it inherits; `options` go to Popen.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            pass_fds=keep,
            preexec_fn=die_with_parent(stop_signal),
            **options,
        )


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], *, log: Path, seconds: float = 60) -> None:
    """Return when `ready()`; raise ServiceFailed with the end of `log` when the process ended or time is up."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise ServiceFailed(f"it ended with status {process.returncode}:\n{tail(log)}")
        if time.monotonic() > end:
            raise ServiceFailed(f"it did not answer within {seconds:.0f} seconds:\n{tail(log)}")
        time.sleep(0.03)


def stop_service(process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, seconds: float = 20) -> None:
    """Ask the process to end, and end it when it has not done so after `seconds`."""
    if process.poll() is None:
        process.send_signal(stop_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"


def account_without_rights() -> Mapping[str, Any]:
    """Popen options for a server that refuses to run as root: {} for an ordinary user, for root those of `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
