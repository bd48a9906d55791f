"""What can be asked of the runtime? `python -m casework.runtime run | prepare | exec -- COMMAND ... | reset`."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from typing import NoReturn

from casework.runtime.frontend import prepare_frontend
from casework.runtime.locations import Locations, locations
from casework.runtime.lock import AlreadyRunning, take_lock
from casework.runtime.processes import ServiceFailed
from casework.runtime.services import services_for_one_command
from casework.runtime.supervisor import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m casework.runtime", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve the product until Ctrl-C").add_argument("--port", type=int, default=8000)
    commands.add_parser("prepare", help="fetch the front end's files")
    commands.add_parser("exec", help="run one command with the services up").add_argument("rest", nargs="+")
    commands.add_parser("reset", help="delete the database and everything else below the state folder")
    options = parser.parse_args()
    places = locations()
    signal.signal(signal.SIGTERM, _stop)
    try:
        match options.command:
            case "run":
                return run(places, options.port)
            case "prepare":
                prepare_frontend()
            case "exec":
                with services_for_one_command(places):
                    return subprocess.run(options.rest, check=False).returncode
            case "reset":
                _reset(places)
    except AlreadyRunning as running:
        return _complain(f"{running} Stop it with Ctrl-C there.")
    except (ServiceFailed, PermissionError) as failure:
        return _complain(f"Casewright cannot run: {failure}")
    except KeyboardInterrupt:
        return 130
    return 0


def _complain(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _reset(places: Locations) -> None:
    os.close(take_lock(places, address="being reset"))
    home = places.state / "postgres"
    for folder in (home.resolve(), places.sockets, places.state):
        shutil.rmtree(folder, ignore_errors=True)
    print(f"Deleted {places.state}")


sys.exit(main())
