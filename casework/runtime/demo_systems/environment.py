"""Where does Tryton live, and how does it get there? A virtual environment, and a database made once as a template.

Everything stands below the state folder in `demo-systems`; deleting that folder undoes all of it.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from casework.runtime.database_programs import asked
from casework.runtime.locations import CHECKOUT, Locations, locations
from casework.runtime.postgres import Postgres
from casework.runtime.processes import ServiceFailed, start_service, stop_service, wait_until

PINS: Final = "requirements-tryton.txt"
MODULES: Final = ("account_invoice", "account_payment", "bank", "purchase")
TEMPLATE: Final = "erp_template"
DATABASE: Final = "erp"
LONGEST: Final = 900
"""Seconds that making the database may take."""


def is_installed(venv: Path) -> bool:
    return (venv / ".installed").exists()


def install(venv: Path, pins: str, title: str, python: str | None = None) -> None:
    """Make a virtual environment with the packages that a file of the checkout pins, once, of this or another Python.

    Raises ServiceFailed.
    """
    if is_installed(venv):
        return
    venv.parent.mkdir(parents=True, exist_ok=True)
    pip = [venv / "bin/python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q"]
    for command in (
        [python or sys.executable, "-m", "venv", "--clear", venv],
        [*pip, "--require-hashes", "-r", CHECKOUT / pins],
    ):
        done([str(part) for part in command], f"{title} could not be installed", dict(os.environ))
    (venv / ".installed").touch()


def done(command: list[str], says: str, variables: dict[str, str]) -> None:
    """Run a command to its end. Raises ServiceFailed with `says` and the end of what it wrote."""
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=LONGEST, env=variables)
    if ran.returncode:
        raise ServiceFailed(f"{says}: {(ran.stderr or ran.stdout).strip()[-800:]}")


def password_in(folder: Path, fresh: str) -> str:
    """The password that is kept there, for nobody else to read; the fresh one where there is none."""
    path = folder / "password"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(fresh)
    return path.read_text()


class Environment:
    """One Tryton below `state`: its programs, its password, its database server."""

    def __init__(self, state: Path | None = None) -> None:
        self.folder = (state or locations().state) / "demo-systems"
        self.places: Locations = locations(self.folder)
        self.postgres = Postgres(self.places, fast=True)
        self.venv = self.folder / "tryton"

    @property
    def is_installed(self) -> bool:
        return is_installed(self.venv)

    @property
    def password(self) -> str:
        """Of the ERP's administrator; made where there is none."""
        return password_in(self.folder, secrets.token_urlsafe(18))

    def install(self) -> None:
        """Make the virtual environment with the pinned packages, once. Raises ServiceFailed."""
        install(self.venv, PINS, "Tryton")

    def settings(self, port: int) -> Path:
        """The configuration of a server at this port."""
        path = self.folder / f"trytond-{port}.conf"
        path.write_text(
            f"[database]\nuri = postgresql://\npath = {self.folder / 'files'}\ndefault_name = {DATABASE}\n"
            f"[web]\nlisten = 127.0.0.1:{port}\n[session]\ntimeout = 86400\nmax_age = 86400\n"
        )
        return path

    def variables(self) -> dict[str, str]:
        """By which Tryton finds its PostgreSQL, at a socket."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {**plain, "PGHOST": str(self.places.sockets), "PGUSER": "casewright"}

    def make_template(self) -> None:
        """The database from which others are copied in a second; made once, in a minute. Raises ServiceFailed."""
        if self._has(TEMPLATE) and (self.folder / ".template").exists():
            return
        self.psql(f"drop database if exists {TEMPLATE}")
        self.psql(f"create database {TEMPLATE}")
        secret = self.folder / "password"
        admin = [str(self.venv / "bin/trytond-admin"), "-c", str(self.settings(0)), "-d", TEMPLATE]
        more = {"TRYTONPASSFILE": str(secret)}
        assert self.password
        for step in (["--all", "--email", "erp@example.org"], ["-u", *MODULES, "--activate-dependencies"]):
            done([*admin, *step], "Tryton's database could not be made", {**self.variables(), **more})
        (self.folder / ".template").touch()

    def fresh(self, name: str = DATABASE) -> None:
        """A new database of this name, as the template is."""
        self.psql(f"drop database if exists {name} with (force)")
        self.psql(f"create database {name} template {TEMPLATE}")

    def has_database(self, name: str = DATABASE) -> bool:
        return self._has(name)

    def psql(self, statement: str) -> str:
        server = f"host='{self.places.sockets}' user=casewright dbname=postgres connect_timeout=5"
        return asked(server, statement)

    def _has(self, name: str) -> bool:
        return bool(self.psql(f"select 1 from pg_database where datname = '{name}'"))  # noqa: S608 - our own names


class Tryton:
    """The server process, which may be killed and started again."""

    def __init__(self, environment: Environment, port: int, database: str = DATABASE) -> None:
        self.environment, self.port, self.database = environment, port, database
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, ready: bool = True) -> None:
        """`ready`: wait until it answers."""
        here = self.environment
        self.process = start_service(
            [here.venv / "bin/trytond", "-c", here.settings(self.port), "-d", self.database],
            log=here.folder / "trytond.log", stop_signal=signal.SIGTERM, env=here.variables(),
        )  # fmt: skip
        if ready:
            wait_until(self._answers, self.process, log=here.folder / "trytond.log", seconds=180)

    def status(self) -> int | None:
        """None while it runs, afterwards as Popen's returncode."""
        return None if self.process is None else self.process.poll()

    def kill(self) -> None:
        """As if the machine had lost its power."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            stop_service(self.process, signal.SIGTERM)

    def _answers(self) -> bool:
        from casework.runtime.demo_systems.rpc import Erp, Unreachable

        with suppress(Unreachable):
            return Erp(self.address, self.database, self.environment.password).signs_in()
        return False
