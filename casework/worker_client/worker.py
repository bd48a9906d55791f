"""How does a worker go from job to job?"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from .calls import Refused, Server
from .jobs import BusinessError, Failed, Job, Result, job_of

Json = Any
Handler = Callable[[Job], Result | Mapping[str, Json]]

log = logging.getLogger("casework.worker")


class Worker:
    """`lease`: for how many seconds a job is held, extended while the handler works; `wait`: how long a fetch is kept
    waiting where there is nothing to do (30 at most), which is also how long a stop may take. `name`: for people."""

    def __init__(
        self, url: str, token: str, *, name: str = "", capabilities: Sequence[str] = (), lease: float = 60.0,
        wait: float = 8.0,
    ) -> None:  # fmt: skip
        self.name, self.capabilities, self.lease, self.wait = name, list(capabilities), lease, wait
        self._stopped = threading.Event()
        self._server = Server(url, token, self._stopped.wait)
        self._patient = Server(url, token, threading.Event().wait)

    def stop(self) -> None:
        """Take no further job; the one under way is finished. May be called from a signal or another thread."""
        self._stopped.set()

    def run(self, handler: Handler, *, most: int | None = None) -> int:
        """Work until stopped (by `stop`, SIGTERM or Ctrl-C), or `most` jobs long; how many were done.

        Raises Refused when the token is not good.
        """
        done = 0
        with _stops_by_signal(self):
            while not self._stopped.is_set() and (most is None or done < most):
                job = self._fetch()
                if job is not None:
                    self._do(handler, job)
                    done += 1
        return done

    def attach(self, job: Job, picture: bytes) -> str:
        """Keep a picture (PNG) with the job; its name, for the result's detail."""
        name: str = self._patient.call(f"leases/{job.lease}/pictures/", None, picture=picture)["picture"]
        return name

    def _fetch(self) -> Job | None:
        wanted = {
            "most": 1, "wait": self.wait, "lease": self.lease, "capabilities": self.capabilities, "worker": self.name,
            "request": uuid4().hex,
        }  # fmt: skip
        with suppress(ConnectionError):
            found = self._server.call("fetch/", wanted, longer=self.wait)["jobs"]
            return job_of(found[0]) if found else None
        return None

    def _do(self, handler: Handler, job: Job) -> None:
        over = threading.Event()
        heart = threading.Thread(target=self._keep, args=(job, over), daemon=True)
        heart.start()
        try:
            objection = self._bring(job, *_outcome(handler, job))
            if objection:
                again = replace(job, objection=objection)
                self._bring(again, *_outcome(handler, again))
        finally:
            over.set()
            heart.join()

    def _keep(self, job: Job, over: threading.Event) -> None:
        """Extend the lease while the handler works, three times in its length."""
        server = Server(self._server.url, self._server.token, over.wait)
        while not over.wait(self.lease / 3):
            try:
                server.call(f"leases/{job.lease}/extend/", {"lease": self.lease, "request": uuid4().hex})
            except ConnectionError:
                return
            except Refused as refused:
                log.warning("%s is lost: %s", job.key, refused)
                job.lost.set()
                return

    def _bring(self, job: Job, what: str, body: Mapping[str, Json]) -> str:
        """Bring the outcome, however long the network is gone; what comes too late is refused, and left.

        What a guardrail has against it, where the handler may answer once more; else nothing.
        """
        try:
            told = self._patient.call(f"leases/{job.lease}/{what}/", body)
            log.info("%s: %s", job.key, told["state"])
        except Refused as refused:
            log.warning("%s was not taken: %s", job.key, refused)
            return str(refused) if refused.code == "repair" else ""
        return ""


def _outcome(handler: Handler, job: Job) -> tuple[str, dict[str, Json]]:
    """The call that says what came of a job, and what it sends."""
    try:
        made = handler(job)
    except BusinessError as error:
        return "error", {"code": error.code, "message": str(error)}
    except Failed as failed:
        return "fail", {"error": str(failed)[:2000], "temporary": failed.temporary, "after": failed.after}
    except Exception as error:  # a handler's own mistake: another attempt may find it mended
        log.exception("the handler failed on %s", job.key)
        return "fail", {"error": f"{type(error).__name__}: {error}"[:2000], "temporary": True}
    result = made if isinstance(made, Result) else Result(made)
    return "complete", {
        "output": dict(result.output), "confidence": result.confidence, "detail": dict(result.detail),
        "usage": dict(result.usage),
    }  # fmt: skip


class _stops_by_signal:
    """Inside, SIGTERM and SIGINT stop the worker, where it runs in the main thread."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self.before[number] = signal.signal(number, lambda *_: self.worker.stop())

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
