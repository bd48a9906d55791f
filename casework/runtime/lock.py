"""Who has the state folder? One running product at a time, together with everything that it started.

Every service and process inherits the locked file. So the lock is free again exactly when all of them are gone, also
after the supervisor was killed: no pid file can be stale, and nothing needs to be found and adopted.
"""

import fcntl
import json
import os
import time
from typing import Any

from casework.runtime.locations import Locations


class AlreadyRunning(Exception):
    """Another product has this state folder; `owner` is what it wrote: its pid and address."""

    def __init__(self, owner: dict[str, Any]) -> None:
        super().__init__(
            f"Casewright runs already in this folder, {owner.get('address', '')} (process {owner.get('pid')})."
        )
        self.owner = owner


def take_lock(places: Locations, *, address: str, patience: float = 20) -> int:
    """Lock the state folder and return the file descriptor to hand on; it is freed when its last holder ends.

    Waits up to `patience` seconds for the processes of a run that was killed; raises AlreadyRunning.
    """
    places.state.mkdir(parents=True, exist_ok=True)
    handle = os.open(places.lock, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + patience
    told = False
    while not _locked(handle):
        owner = _owner(handle)
        if _alive(owner.get("pid")) or time.monotonic() > end:
            os.close(handle)
            raise AlreadyRunning(owner)
        if not told:
            print("Waiting for the processes of an earlier run to end", flush=True)
            told = True
        time.sleep(0.1)
    os.truncate(handle, 0)
    os.pwrite(handle, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)
    return handle


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(handle: int) -> dict[str, Any]:
    try:
        return dict(json.loads(os.pread(handle, 1000, 0)))
    except ValueError:
        return {}


def _alive(pid: int | None) -> bool:
    if pid is None or pid == os.getpid():  # what we held before and have let go is held by processes that are ending
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
