"""Beside the demo one process works for the bots of its old systems, and is small again after its work."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from casework.bots import house
from casework.bots.house import SCRIPTS, SYSTEM, Desk
from casework.runtime.locations import ROOT
from casework.runtime.programs import programs
from casework.runtime.stand_ins.place import BOTS, StandIns
from tests.casework.stand_ins import Demo, demo, store
from tests.casework.worker_client.test_worker import JOB, FakeCasewright, brought, server

__all__ = ["demo", "server", "store"]


def test_a_loan_is_keyed_in_and_the_process_ends_when_it_is_told_to(
    server: FakeCasewright, demo: Demo, tmp_path: Path
) -> None:
    server.jobs = [JOB | {"input": {"customer": "Elena Rossi", "amount": 5000, "months": 24}}]
    tokens = tmp_path / BOTS
    tokens.write_text(json.dumps({"core-loan-bot": "cww_x", "unknown": "cww_y"}))
    command = [sys.executable, "-m", "casework.bots.house", "--url", server.url, "--tokens", str(tokens)]
    known = os.environ | {SYSTEM: demo.url, "PATH": "/nowhere"}
    with subprocess.Popen(command, cwd=ROOT, env=known, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 30
        while not brought(server) and time.monotonic() < until:
            time.sleep(0.05)
        process.terminate()
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 0, said
    what, told = brought(server)[0]
    assert (what, told["output"]) == ("complete", {"number": "L-00001"}), said
    assert "without a browser" in told["detail"]["with"]
    assert "Elena Rossi" in demo.ask("/core/loans/entries/1")[1]


def test_it_begins_anew_when_there_was_no_work_for_a_while_after_some() -> None:
    desk = Desk()
    assert not desk.rests()
    desk.busy_until = time.monotonic() - house.REST - 1
    assert desk.rests()
    with desk.turn:
        assert not desk.rests()
    desk.busy_until = time.monotonic()
    assert not desk.rests()


def test_it_reads_nothing_of_the_work_before_there_is_any() -> None:
    heavy = ("playwright", "jsonschema", "yaml", "django")
    told = f"import sys, casework.bots.house; print(*(one for one in {heavy!r} if one in sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_it_is_started_where_the_demo_has_made_its_bots_known_and_nowhere_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = StandIns(listener, tmp_path)
        assert "bots" not in [one.name for one in programs(8000, stand_ins=place)]
        (tmp_path / BOTS).write_text("{}")
        started = {one.name: one for one in programs(8000, stand_ins=place)}
        assert started["bots"].environment[SYSTEM] == place.address
    assert [(house.CASE_TYPES / file).exists() for file in SCRIPTS.values()] == [True] * len(SCRIPTS)
