"""How does the product run in one terminal, and end as a whole however it is ended?

Ctrl-C and SIGTERM end it in order. If the supervisor itself is killed, the kernel tells every child.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from casework.runtime.frontend import prepare_frontend
from casework.runtime.keeping import Part, keep_running
from casework.runtime.locations import ROOT, Locations
from casework.runtime.lock import take_lock
from casework.runtime.prepared import has_tables, keep_prepared, release, said_when_prepared
from casework.runtime.processes import ServiceFailed
from casework.runtime.programs import HOST, Program, end_together, programs
from casework.runtime.services import embedded_services
from casework.runtime.stand_ins.place import BOTS, StandIns, stand_ins_near
from casework.runtime.stand_ins.shop_database import shop_database


def run(places: Locations, port: int) -> int:
    """Set up what changed, start everything, serve until told to stop. The exit status; raises ServiceFailed."""
    address = f"http://{HOST}:{port}"
    lock = take_lock(places, address=address)
    _refuse_taken_port(port)
    prepare_frontend()
    print("Starting PostgreSQL and Valkey", flush=True)
    with embedded_services(places, lock) as services:
        people = _made_ready(places)
        threading.Thread(target=_announce, args=(address, people, places), daemon=True).start()
        logs = None if os.environ.get("CASEWRIGHT_LOG") == "terminal" else places.logs
        others = _with_shop(stand_ins_near(port, places.state), places)
        serve(services, programs(port, keep=(lock,), logs=logs, stand_ins=others), ailing=places.ailing)
    print("Casewright has stopped; its data is kept.", flush=True)
    return 0


def _with_shop(found: StandIns | None, places: Locations) -> StandIns | None:
    """The stand-ins with the database of their shop, which stands in the embedded server alone."""
    if found is None or os.environ.get("DATABASE_URL"):
        return found
    return replace(found, shop=shop_database(places.sockets))


def _made_ready(places: Locations) -> str:
    """Bring the database up to this release, unless it did so itself at an earlier start; who there is to sign in."""
    own = bool(os.environ.get("DATABASE_URL"))
    this = release()
    said = None if own else said_when_prepared(places, this)
    if said is not None and has_tables(places):
        return said
    _manage("migrate", "--no-input", "--verbosity", "0", says="Bringing the database's tables up to date")
    demo = ("demo", "--bots", str(places.state / BOTS))
    people = _manage(*demo, says="Looking after the demo people and cases") if _has_command("demo") else ""
    if not own:
        keep_prepared(places, this, people)
    return people


def serve(services: Sequence[Part], started: list[Program], *, ailing: Path | None = None) -> None:
    """Start the programs and keep them and the services running until Ctrl-C or SIGTERM; then end the programs.

    `ailing` is the file that names what does not stay up.
    """
    try:
        for program in started:
            program.start()
        keep_running([*services, *started], ailing=ailing)
    except KeyboardInterrupt:
        for again in (signal.SIGINT, signal.SIGTERM):  # who asks twice gets it no sooner, and leaves nothing behind
            signal.signal(again, signal.SIG_IGN)
    finally:
        end_together(started)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServiceFailed(
                f"port {port} of {HOST} cannot be used ({error.strerror}). Choose another one: PORT={port + 1} make run"
            ) from None


def _manage(*arguments: str, says: str) -> str:
    """Run one of the product's commands, its progress on the terminal; what it printed as its answer."""
    print(says, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "casework.runtime.django_commands", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServiceFailed(f"`manage.py {' '.join(arguments)}` failed; what it said stands above.\n{done.stdout}")
    return done.stdout


def _has_command(name: str) -> bool:
    return (Path(__file__).parents[1] / "management/commands" / f"{name}.py").exists()


def _announce(address: str, people: str, places: Locations) -> None:
    for _ in range(600):
        if (opens := _opens(_parts(address))) is not None:
            said = f"  What it does is logged in {places.logs}. Ctrl-C stops it.\n"
            print(f"\n{opens.format(address=address)}\n{_indented(people)}{said}", flush=True)
            return
        time.sleep(0.1)


READY: Final = "  Casewright is ready: {address}\n"
NO_KEY: Final = """  Casewright has started without its sealed cases: {address}
  WARNING: the master key is missing, or is another one. What is sealed cannot be opened, and no such case begins,
  until the file that CASEWRIGHT_DATA_KEY names is back. The log says which file that is.
"""


def _opens(parts: Mapping[str, str]) -> str | None:
    """What is said of a product with these parts; None: wait on. Without its keys it serves what is not sealed."""
    ailing = {name for name, state in parts.items() if state != "ok"}
    return None if not parts or ailing - {"keys"} else NO_KEY if ailing else READY


def _parts(address: str) -> Mapping[str, str]:
    """What `/readyz` says, whether it is ready or not."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310
            return dict(json.load(answer)["parts"])
    except urllib.error.HTTPError as unready:
        with suppress(OSError, ValueError, KeyError):
            return dict(json.load(unready)["parts"])
    except (OSError, ValueError, KeyError):
        pass
    return {}


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in [*text.strip().splitlines(), ""]) if text.strip() else ""
