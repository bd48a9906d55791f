"""The client works over a network that fails, keeps what it works on, and stops when it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from casework.worker_client import BusinessError, Failed, Job, Result, Worker, calls

JOB = {
    "lease": "L1", "job": "7-1", "capability": "filing", "step": "File it", "input": {"n": 1}, "attempt": 1,
    "priority": 0, "until": "2026-11-29T10:00:00Z", "limit": "2026-11-29T10:05:00Z", "objection": "",
}  # fmt: skip


class FakeCasewright(ThreadingHTTPServer):
    """Hands out JOB once; `says` gives the answers to other calls, by the last word of their path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self.heard: list[tuple[str, Any]] = []
        self.jobs = [JOB]
        self.broken = 0
        self.said: dict[str, tuple[int, Any]] = {}
        self.extended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Calls(BaseHTTPRequestHandler):
    server: FakeCasewright

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        what = self.path.rstrip("/").rpartition("/")[2]
        sent = json.loads(body) if self.headers["Content-Type"] == "application/json" else body
        self.server.heard.append((what, sent))
        if self.server.broken:
            self.server.broken -= 1
            self.close_connection = True
            return
        usual = {"extend": (200, {}), "pictures": (200, {"picture": "abc.png"})}
        status, answer = self.server.said.get(what) or usual.get(what) or (200, {"state": "done", "message": ""})
        if what == "fetch":
            status, answer = self.server.said.get(what) or (
                200,
                {"jobs": [self.server.jobs.pop()] if self.server.jobs else []},
            )
        if what == "extend":
            self.server.extended.set()
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCasewright]:
    monkeypatch.setattr(calls, "FIRST_PAUSE", 0.01)
    found = FakeCasewright()
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join(10)


def brought(server: FakeCasewright) -> list[tuple[str, Any]]:
    return [(what, sent) for what, sent in server.heard if what not in ("fetch", "extend")]


def test_a_job_is_handled_and_its_result_is_brought(server: FakeCasewright) -> None:
    seen: list[Job] = []

    def handle(job: Job) -> Result:
        seen.append(job)
        return Result({"shelf": 7}, 0.9)

    assert Worker(server.url, "cww_x", name="bot", wait=0).run(handle, most=1) == 1
    assert seen[0].input == {"n": 1} and seen[0].key == "7-1"
    assert brought(server) == [("complete", {"output": {"shelf": 7}, "confidence": 0.9, "detail": {}, "usage": {}})]


@pytest.mark.parametrize(
    ("raised", "call"),
    [
        (Failed("No paper.", temporary=True, after=9), ("fail", {"error": "No paper.", "temporary": True, "after": 9})),
        (BusinessError("paid", "It is paid."), ("error", {"code": "paid", "message": "It is paid."})),
        (KeyError("x"), ("fail", {"error": "KeyError: 'x'", "temporary": True})),
    ],
)
def test_what_a_handler_raises_is_told(server: FakeCasewright, raised: Exception, call: tuple[str, Any]) -> None:
    def handle(job: Job) -> Any:
        raise raised

    Worker(server.url, "cww_x", wait=0).run(handle, most=1)
    assert brought(server) == [call]


def test_a_call_without_an_answer_is_made_again_alike(server: FakeCasewright) -> None:
    server.broken = 2
    Worker(server.url, "cww_x", wait=0).run(lambda job: {}, most=1)
    fetches = [sent["request"] for what, sent in server.heard if what == "fetch"]
    assert len(fetches) == 3 and len(set(fetches)) == 1


def test_the_lease_is_extended_while_the_handler_works(server: FakeCasewright) -> None:
    Worker(server.url, "cww_x", wait=0, lease=0.03).run(lambda job: {"extended": server.extended.wait(20)}, most=1)
    assert brought(server)[0][1]["output"] == {"extended": True}


def test_a_handler_learns_that_its_job_is_lost(server: FakeCasewright) -> None:
    server.said["extend"] = server.said["complete"] = (409, {"code": "late", "message": "Over.", "errors": {}})
    lost: list[bool] = []

    def handle(job: Job) -> dict[str, Any]:
        lost.append(job.lost.wait(20))
        return {}

    assert Worker(server.url, "cww_x", wait=0, lease=0.03).run(handle, most=1) == 1
    assert lost == [True]


def test_a_stop_lets_the_job_under_way_be_finished(server: FakeCasewright) -> None:
    server.jobs = [JOB, JOB]
    worker = Worker(server.url, "cww_x", wait=0)

    def handle(job: Job) -> dict[str, Any]:
        worker.stop()
        return {}

    assert worker.run(handle) == 1
    assert [what for what, _ in brought(server)] == ["complete"]


def test_a_handler_may_answer_again_where_a_guardrail_objects(server: FakeCasewright) -> None:
    server.said["complete"] = (409, {"code": "repair", "message": "The total is missing.", "errors": {}})
    objections: list[str] = []

    def handle(job: Job) -> dict[str, Any]:
        objections.append(job.objection)
        return {}

    Worker(server.url, "cww_x", wait=0).run(handle, most=1)
    assert objections == ["", "The total is missing."]
    assert [what for what, _ in brought(server)] == ["complete", "complete"]


def test_a_token_that_is_not_good_ends_it(server: FakeCasewright) -> None:
    server.said["fetch"] = (401, {"code": "not-authenticated", "message": "No.", "errors": {}})
    with pytest.raises(calls.Refused, match="No."):
        Worker(server.url, "cww_x", wait=0).run(lambda job: {})


def test_a_picture_is_kept_with_the_job(server: FakeCasewright) -> None:
    worker = Worker(server.url, "cww_x", wait=0)
    worker.run(lambda job: {"picture": worker.attach(job, b"\x89PNG")}, most=1)
    assert brought(server)[0] == ("pictures", b"\x89PNG")
