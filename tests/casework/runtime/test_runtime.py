"""Does what `make run` starts come up with nothing prepared, keep its data, and never stand in its own way?"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from casework.runtime.frontend import icon_sprite
from casework.runtime.locations import ROOT, locations
from casework.runtime.lock import AlreadyRunning, take_lock
from casework.runtime.postgres import Postgres
from casework.runtime.processes import ServiceFailed, die_with_parent, start_service, wait_until
from casework.runtime.services import embedded_services, services_for_one_command
from casework.runtime.supervisor import _refuse_taken_port


@pytest.fixture
def places(monkeypatch):
    """Locations in a folder of their own, with a space in its name."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    folder = Path(tempfile.mkdtemp(prefix="cw runtime ", dir="/tmp"))
    folder.chmod(0o755)
    found = locations(folder / "state")
    yield found
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(found.sockets, ignore_errors=True)


def test_sockets_have_short_paths_however_long_the_state_folder_is():
    deep = locations(Path("/tmp") / ("a" * 120) / ("b" * 120))
    assert len(str(deep.postgres_socket)) < 90
    assert deep.sockets != locations(Path("/tmp/elsewhere")).sockets


def test_the_state_folder_is_in_the_checkout_unless_the_environment_says_where(monkeypatch):
    monkeypatch.delenv("CASEWRIGHT_STATE", raising=False)
    assert locations().state == ROOT / ".state"
    monkeypatch.setenv("CASEWRIGHT_STATE", "/tmp/somewhere")
    assert locations().state == Path("/tmp/somewhere")


@pytest.mark.slow
def test_the_services_keep_the_data_from_one_start_to_the_next(places):
    with services_for_one_command(places), psycopg.connect(places.database_url) as first:
        first.execute("CREATE TABLE kept AS SELECT 'still here' AS word")
    assert not places.postgres_socket.exists()
    with services_for_one_command(places), psycopg.connect(places.database_url) as second:
        assert second.execute("SELECT word FROM kept").fetchone() == ("still here",)


@pytest.mark.slow
def test_a_server_that_was_killed_leaves_nothing_that_stops_the_next_start(places):
    lock = take_lock(places, address="test")
    killed = Postgres(places, fast=True, keep=(lock,))
    killed.start()
    killed.process.kill()
    killed.process.wait()
    os.close(lock)
    stale = places.state.resolve() / "postgres/data/postmaster.pid"
    stale.write_text(stale.read_text().replace(str(killed.process.pid), str(os.getpid()), 1))  # the pid lives again

    lock = take_lock(places, address="test")
    again = Postgres(places, fast=True, keep=(lock,))
    again.start()
    assert again.answers()
    again.stop()
    os.close(lock)


@pytest.mark.slow
def test_one_command_uses_the_running_product_and_leaves_it_running(places):
    lock = take_lock(places, address="http://127.0.0.1:8000")
    with embedded_services(places, lock):
        with services_for_one_command(places):
            pass
        assert Postgres(places).answers()
    os.close(lock)


def test_services_of_your_own_are_not_replaced(places, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/casewright")
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://broker.example")
    with services_for_one_command(places):
        assert not places.sockets.exists()


def test_a_second_product_in_the_same_folder_is_told_of_the_first(places):
    lock = take_lock(places, address="http://127.0.0.1:8000")
    with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:8000"):
        take_lock(places, address="http://127.0.0.1:8001", patience=0.3)
    os.close(lock)


def test_a_start_waits_for_what_a_killed_supervisor_left(places, capsys):
    supervisor = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, subprocess, sys; from pathlib import Path\n"
            "from casework.runtime.locations import locations; from casework.runtime.lock import take_lock\n"
            "lock = take_lock(locations(Path(sys.argv[1])), address='first')\n"
            "subprocess.Popen(['sleep', '1'], pass_fds=(lock,)); os._exit(9)",
            str(places.state),
        ],
        cwd=ROOT,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    assert supervisor.returncode == 9
    os.close(take_lock(places, address="second"))
    assert "Waiting for the processes of an earlier run to end" in capsys.readouterr().out


def test_a_service_ends_when_its_supervisor_is_killed(tmp_path):
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal, sys, time; from pathlib import Path; from casework.runtime.processes import start_service\n"
            "service = start_service(['sleep', '60'], log=Path(sys.argv[1]), stop_signal=signal.SIGTERM)\n"
            "print(service.pid, flush=True); time.sleep(60)",
            str(tmp_path / "log"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    service = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert _gone(service)


def test_a_child_asks_in_vain_after_its_parent_and_ends_itself(monkeypatch):
    ended = []
    ask = die_with_parent(signal.SIGTERM)
    monkeypatch.setattr(os, "getppid", lambda: 1)
    monkeypatch.setattr(os, "kill", lambda pid, sign: ended.append((pid, sign)))
    monkeypatch.setattr("casework.runtime.processes.ctypes.CDLL", lambda _: None)
    ask()
    assert ended == [(os.getpid(), signal.SIGTERM)]


def test_a_service_that_does_not_come_up_says_why(tmp_path):
    log = tmp_path / "log"
    process = start_service(["sh", "-c", "echo no room left; exit 3"], log=log, stop_signal=signal.SIGTERM)
    with pytest.raises(ServiceFailed, match=r"status 3:\nno room left"):
        wait_until(lambda: False, process, log=log)


def test_a_taken_port_is_named_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServiceFailed, match=f"port {port} .*PORT={port + 1} make run"):
            _refuse_taken_port(port)
    _refuse_taken_port(port)


def test_data_of_another_server_version_is_refused(places):
    data = places.state / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServiceFailed, match=r"is of PostgreSQL 12, the installed server is 18"):
        Postgres(places).start()


def test_icons_are_one_sprite_and_unknown_ones_are_named():
    icons = {"icons": {"robot": {"body": "<path d='M1 1'/>"}}, "aliases": {"bot": {"parent": "robot"}}}
    assert '<symbol id="bot" viewBox="0 0 24 24"><path' in icon_sprite(["bot", "robot"], icons)
    with pytest.raises(ServiceFailed, match="unicorn"):
        icon_sprite(["unicorn"], icons)


def test_pins_name_no_address_to_download_from():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
    for pins in ROOT.glob("requirements*.txt"):
        assert "://" not in pins.read_text(), pins.name


def test_a_command_without_its_database_says_how_to_get_one(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations"],
        cwd=ROOT,
        env=environment | {"CASEWRIGHT_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr


def _gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ends within the time (a zombie that nobody waits for has ended, too)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False
