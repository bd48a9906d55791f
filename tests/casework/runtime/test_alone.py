"""One stand-in alone in a process of its own answers for its system, is found by connectors, and outlives a kill."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from casework.runtime.demo_systems.alone import ALONE, StandInServer
from casework.runtime.demo_systems.watching import WITHIN, Running, Watched, kept_up
from casework.runtime.processes import ServiceFailed
from casework.runtime.stand_ins.place import connected
from casework.runtime.stand_ins.server import ROUTES, server
from casework.runtime.stand_ins.store import Store
from orchestration.ground import servers
from tests.chaos.product import free_port


def asked(address: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    content = None if body is None else json.dumps(body).encode()
    asking = urllib.request.Request(
        address, content, {"Accept": "application/json", "Content-Type": "application/json"}
    )
    try:
        answer = urllib.request.urlopen(asking, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error  # type: ignore[assignment]
    with answer:
        assert answer.headers["X-Stand-In"] == "yes"
        return answer.status, json.loads(answer.read())


def test_the_policy_system_alone_keeps_what_it_knows_when_it_is_killed(tmp_path: Path) -> None:
    here = StandInServer("policy", free_port(), tmp_path)
    address = here.address.replace("stand-in.localhost", "127.0.0.1")
    try:
        here.start()
        note = {"claim": "MC-1", "amount": 1180, "state": "reserved"}
        assert asked(f"{address}/policies/M-1001/claims", note)[0] == 200
        here.kill()
        with pytest.raises(urllib.error.URLError):
            asked(f"{address}/policies/M-1001")
        here.start()
        assert [one["amount"] for one in asked(f"{address}/policies/M-1001")[1]["claims"]] == [1180]
        assert asked(f"{address}/orders/R-20441") == (404, {"error": "no-such-address"} | _said())
    finally:
        here.stop()


def test_a_stand_in_that_dies_is_started_again_a_few_times_and_the_terminal_says_so(tmp_path: Path) -> None:
    here = StandInServer("policy", free_port(), tmp_path)
    address = f"http://127.0.0.1:{here.port}/policies/M-1001"
    with Running() as running:
        running.begins("It", here, here.start)
        (one,) = running.watched
        assert not list(kept_up(one, 0.0))
        here.kill()
        assert list(kept_up(one, 1.0)) == [
            "It ended with status -9. It is started again (1 of 3).",
            "It answers again.",
        ]
        assert asked(address)[0] == 200
        one.starts = [1.0, 2.0, 3.0]
        here.kill()
        (said,) = kept_up(one, 4.0)
        assert "is not started again" in said and not list(kept_up(one, 5.0))
        one.left = False
        assert "1 of 3" in next(kept_up(one, 3.0 + WITHIN)), "it ended seldom: ten minutes later it may be again"


def test_what_cannot_be_started_again_is_told_and_tried_no_more_than_that(tmp_path: Path) -> None:
    class Broken(StandInServer):
        def status(self) -> int | None:
            return 1

    def fails() -> None:
        raise ServiceFailed("it ended with status 1")

    one = Watched("It", Broken("policy", 1, tmp_path), fails)
    said = [line for at in range(6) for line in kept_up(one, float(at))]
    assert [line for line in said if "could not be started again" in line] == [said[1]] * 3
    assert len(said) == 7 and "begin anew" in said[-1]


@pytest.mark.parametrize(
    ("name", "path", "sent"),
    [
        (
            "salesforce",
            "/services/oauth2/token?",
            "grant_type=client_credentials&client_id=stand-in-client&client_secret=stand-in-client-secret",
        ),
        ("azure", "/openai/deployments/casewright-demo/chat/completions?api-version=2024-10-21", ""),
    ],
)  # fmt: skip
def test_whoever_has_the_words_that_the_command_says_is_let_in(name: str, path: str, sent: str, tmp_path: Path) -> None:
    here = StandInServer(name, free_port(), tmp_path)
    headers = {"api-key": here.variables.get("CASEWRIGHT_SECRET_AZURE_OPENAI_KEY", "")}
    try:
        here.start()
        asking = urllib.request.Request(f"http://127.0.0.1:{here.port}{path}", sent.encode(), headers)
        try:
            status = urllib.request.urlopen(asking, timeout=10).status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status == (200 if sent else 400)  # an empty question is let in, and refused for what it is
    finally:
        here.stop()


def _said() -> dict[str, str]:
    return {"stand_in": "This is a stand-in of Casewright's demo, not a real system."}


@pytest.mark.parametrize("name", ALONE)
def test_each_answers_for_its_own_system_and_for_no_other(name: str, tmp_path: Path) -> None:
    found = server(Store(tmp_path / "one.sqlite"), socket.create_server(("127.0.0.1", 0)), ALONE[name].answers)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{found.server_address[1]}"
    try:
        theirs = {"customers": "/services/data/v60.0/limits", "policies": "/policies/M-1001", "azure": None}
        for system, path in theirs.items():
            if path is not None:
                assert (asked(address + path)[0] != 404) == (system == ALONE[name].answers), (name, path)
        assert asked(f"{address}/openai/deployments/x/chat/completions", {})[0] == (401 if name == "azure" else 404)
        assert {system for _, _, system, _ in ROUTES} >= {ALONE[name].answers}
    finally:
        found.shutdown()
        found.server_close()
        thread.join()


def test_connectors_find_it_by_what_the_command_says_and_the_others_where_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ALONE:
        here = StandInServer(name, free_port(), tmp_path)
        for variable, value in here.variables.items():
            monkeypatch.setenv(variable, value)
        for variable in here.of.servers:
            assert variable not in connected("http://stand-in.localhost:1")  # `make run` leaves it alone
            assert variable.startswith(servers.PREFIX)
            assert urlsplit(here.variables[variable]).port == here.port
