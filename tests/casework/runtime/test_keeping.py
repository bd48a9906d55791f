"""Does the product stay up whatever of it is killed, end as a whole, and give up what cannot come up?"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from casework.runtime import keeping
from casework.runtime.keeping import keep_running
from casework.runtime.locations import ROOT, locations
from casework.runtime.lock import take_lock
from casework.runtime.log_files import LogFile
from casework.runtime.processes import ServiceFailed
from casework.runtime.programs import Program, end_together
from casework.runtime.services import embedded_services


class Clock:
    """Time that passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now > 1000:
            raise KeyboardInterrupt


class Part:
    """Lives for so many seconds each time it is started, and then for ever; None: it does not start."""

    name = "part"

    def __init__(self, clock: Clock, *lives: float | None, status: int = -9) -> None:
        self.clock, self.lives, self.ended_with = clock, list(lives), status
        self.starts: list[float] = []
        self.until = self.lives.pop(0)

    def start(self) -> None:
        self.starts.append(self.clock.now)
        life = self.lives.pop(0) if self.lives else float("inf")
        if life is None:
            raise ServiceFailed("part did not start: no room left")
        self.until = self.clock.now + life

    def status(self) -> int | None:
        return self.ended_with if self.clock.now >= self.until else None


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(keeping, "time", clock)
    monkeypatch.setattr(keeping, "LOOK_EVERY", 0.5)
    return clock


def kept(*parts: Part) -> list[list[float]]:
    """When each of them was started again, in seconds: after the next look, every half second."""
    with pytest.raises(KeyboardInterrupt):
        keep_running(parts)
    return [part.starts for part in parts]


def test_what_was_killed_is_started_again_at_once_and_nothing_else(clock, capsys):
    assert kept(Part(clock, 100), Part(clock, 500)) == [[100.5], [500.5]]
    assert capsys.readouterr().out == "part was ended by SIGKILL; it is started again.\n" * 2


def test_what_did_not_live_long_waits_a_little_longer_each_time(clock, capsys):
    assert kept(Part(clock, 100, 2, 2, 2, status=3)) == [[100.5, 103.5, 107.5, 113.5]]
    assert capsys.readouterr().out.splitlines() == [
        "part ended by itself (status 3); it is started again.",
        "part ended by itself (status 3); it is started again in 1 s.",
        "part ended by itself (status 3); it is started again in 2 s.",
        "part ended by itself (status 3); it is started again in 4 s.",
    ]


def test_a_long_life_makes_the_short_ones_before_it_forgotten(clock):
    ((*starts,),) = kept(Part(clock, *[2, 2, 2, 50] * 5))
    assert len(starts) == 20 and starts[:8] == [3, 7, 13, 63.5, 66.5, 70.5, 76.5, 127]


def test_what_does_not_stay_up_is_named_and_tried_again_with_longer_pauses_while_the_rest_goes_on(clock, tmp_path):
    ailing = tmp_path / "ailing.json"
    part, other = Part(clock, *[2] * 100, status=3), Part(clock, 1000)
    with pytest.raises(KeyboardInterrupt):
        keep_running([part, other], ailing=ailing)
    pauses = [later - sooner - 2 for sooner, later in pairwise(part.starts)]
    assert pauses[:6] == [2, 4, 8, 16, 32, 60] and set(pauses[6:]) == {60}
    assert other.starts == []
    assert re.match(
        r"part ended by itself \(status 3\), \d+ times in a row within 10 seconds of its start; tried again after 60 s",
        json.loads(ailing.read_text())["part"],
    )


def test_what_stays_up_again_is_not_named_any_more(clock, tmp_path, capsys):
    part = Part(clock, *[2] * 6, status=3)
    with pytest.raises(KeyboardInterrupt):
        keep_running([part], ailing=tmp_path / "ailing.json")
    assert "part stays up again.\n" in capsys.readouterr().out
    assert not (tmp_path / "ailing.json").exists()


def test_a_full_disk_is_said_and_waited_for(clock, tmp_path, capsys, monkeypatch):
    usage = namedtuple("usage", "total used free")
    free = [0]
    monkeypatch.setattr(keeping.shutil, "disk_usage", lambda _: usage(1, 1, free[0]))
    part = Part(clock, 100, *[None] * 5)
    with pytest.raises(KeyboardInterrupt):
        keep_running([part], ailing=tmp_path / "ailing.json")
    assert "part did not start: no room left (no space left on the disk); it is started again in 1 s." in (
        capsys.readouterr().out
    )
    assert part.status() is None  # there was room again


def test_lines_of_a_program_go_to_its_file_which_is_put_aside_when_it_is_large(tmp_path):
    log = LogFile(tmp_path / "logs" / "web.log", largest=50)
    for number in range(10):
        log.add(f"line {number:020}\n".encode())
    assert (tmp_path / "logs" / "web.log.1").exists()
    assert not (tmp_path / "logs" / "web.log.2").exists()
    unwritable = LogFile(Path("/proc/nowhere/web.log"))
    unwritable.add(b"lost\n")
    assert unwritable.tail(5) == ""


def test_a_service_that_cannot_start_at_once_is_tried_again(clock, capsys):
    assert kept(Part(clock, 100, None, None)) == [[100.5, 101.5, 103.5]]
    assert "part did not start: no room left; it is started again in 1 s.\n" in capsys.readouterr().out


def test_what_a_killed_program_left_behind_ends_with_it():
    program = Program("parent", ["-c", "import os, time; print(os.fork(), flush=True); time.sleep(60)"], {})
    program.start()
    children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children")
    wait_for(lambda: children.read_text().split())
    (child,) = children.read_text().split()
    program.process.kill()
    wait_for(lambda: program.status() is not None)
    assert gone(int(child))


def test_a_program_that_does_not_listen_is_killed_with_all_that_it_started(monkeypatch):
    monkeypatch.setattr("casework.runtime.programs.GRACE", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    programs = [Program("deaf", ["-c", deaf], {}), Program("never started", [], {})]
    programs[0].start()
    end_together(programs)
    assert programs[0].process.returncode in (-signal.SIGKILL, -signal.SIGTERM)


@pytest.mark.slow
def test_killed_services_are_started_again_with_their_data(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    with state_folder() as (places, lock), embedded_services(places, lock) as services:
        with psycopg.connect(places.database_url) as database:
            database.execute("CREATE TABLE kept AS SELECT 'still here' AS word")
        killed = [service.process for service in services]
        for process in killed:
            process.kill()

        def until_they_are_back(_seconds: float) -> None:
            time.sleep(0.1)
            if all(service.process not in killed and service.answers() for service in services):
                raise KeyboardInterrupt

        monkeypatch.setattr(keeping, "time", SimpleNamespace(monotonic=time.monotonic, sleep=until_they_are_back))
        with pytest.raises(KeyboardInterrupt):
            keep_running(services)
        with psycopg.connect(places.database_url) as database:
            assert database.execute("SELECT word FROM kept").fetchone() == ("still here",)


@contextmanager
def state_folder():
    """Locations in a folder of their own, with the lock on it."""
    folder = Path(tempfile.mkdtemp(prefix="cw-kept-", dir="/tmp"))
    folder.chmod(0o755)  # for root, PostgreSQL runs as `nobody`
    places = locations(folder / "state")
    lock = take_lock(places, address="test")
    try:
        yield places, lock
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


SUPERVISOR = """
import signal, sys
from casework.runtime.programs import Program
from casework.runtime.supervisor import serve

def stop(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, stop)
tell = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
serve([], [Program("first", ["-c", tell], {}), Program("second", ["-c", tell], {})])
print("stopped", flush=True)
"""


class Supervisor:
    """A supervisor at work over two programs that say their process numbers and sleep."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.programs = dict(self.started() for _ in range(2))

    def line(self) -> str:
        return self.process.stdout.readline()

    def started(self) -> tuple[str, int]:
        name, _, pid = self.line().partition("|")
        return name.strip(), int(pid)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def supervisor():
    found = Supervisor()
    yield found
    found.end()


def test_a_killed_program_comes_back_and_the_others_do_not_notice(supervisor):
    os.kill(supervisor.programs["first"], signal.SIGKILL)
    assert supervisor.line() == "first was ended by SIGKILL; it is started again in 1 s.\n"
    name, pid = supervisor.started()
    assert name == "first" and pid != supervisor.programs["first"]
    assert not gone(supervisor.programs["second"], seconds=0)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_ctrl_c_and_sigterm_end_everything(supervisor, sign):
    supervisor.process.send_signal(sign)
    assert supervisor.line() == "stopped\n"
    assert supervisor.process.wait(10) == 0
    assert all(gone(pid) for pid in supervisor.programs.values())


def test_when_the_supervisor_is_killed_everything_ends(supervisor):
    supervisor.process.kill()
    assert all(gone(pid) for pid in supervisor.programs.values())


def test_when_nobody_reads_what_it_says_the_product_ends(supervisor):
    supervisor.process.stdout.close()
    os.kill(supervisor.programs["first"], signal.SIGKILL)
    assert all(gone(pid) for pid in supervisor.programs.values())


def wait_for(condition, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ends within the time (a zombie that nobody waits for has ended, too)."""
    end = time.monotonic() + seconds
    while True:
        try:
            if " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except FileNotFoundError:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.02)
