"""What can be asked of the product? `casewright run`, `prepare`, `memory`, `manage COMMAND`, `verify`, `bot`, `npm`,
`exec`, `reset`.

The console script of the distribution; in a checkout the same is `python -m casework.runtime`.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from typing import NoReturn

from casework.runtime.frontend import npm, npm_home, prepare_frontend
from casework.runtime.locations import IS_INSTALLED, Locations, locations
from casework.runtime.lock import AlreadyRunning, take_lock
from casework.runtime.memory import show_memory
from casework.runtime.processes import ServiceFailed
from casework.runtime.services import services_for_one_command
from casework.runtime.supervisor import run

MANAGE = (sys.executable, *(["-P"] if IS_INSTALLED else []), "-m", "casework.runtime.django_commands")
"""When installed, the folder that the command is given in is not searched for modules: it may be a checkout."""

BOT = (sys.executable, *(["-P"] if IS_INSTALLED else []), "-m", "casework.bots")

PASSED_ON = {
    "manage": "one of the product's own commands, with the services up",
    "verify": "check every history (manage verify_audit)",
    "bot": "a bot that types into another system (bot browser, bot form, bot terminal)",
    "npm": "npm, the machine's or the one that comes as a Python package",
}
"""Commands whose arguments belong to Django, to the bot, or to npm."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="casewright", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve the product until Ctrl-C").add_argument("--port", type=int, default=8000)
    prepare = commands.add_parser("prepare", help="fetch the front end's files")
    prepare.add_argument("--dev", action="store_true", help="also what only tests need")
    commands.add_parser("memory", help="what the running product takes, by program")
    commands.add_parser("exec", help="run one command with the services up").add_argument("rest", nargs="+")
    for (
        name,
        does,
    ) in PASSED_ON.items():  # argparse keeps no option that comes first, so these are given their words whole
        commands.add_parser(name, help=does, add_help=False)
    commands.add_parser("reset", help="delete the database and everything else below the state folder")
    options, others = parser.parse_known_args()
    if others and options.command not in PASSED_ON:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    places = locations()
    signal.signal(signal.SIGTERM, _stop)
    try:
        match options.command:
            case "run":
                return run(places, options.port)
            case "memory":
                show_memory(places)
            case "prepare":
                prepare_frontend(dev=options.dev)
            case "exec":
                return _with_services(places, options.rest)
            case "manage":
                return _with_services(places, [*MANAGE, *others])
            case "verify":
                return _with_services(places, [*MANAGE, "verify_audit", *others])
            case "bot":
                return subprocess.run([*BOT, *others], check=False).returncode
            case "npm":
                return subprocess.run([*npm(), *others], check=False, cwd=npm_home()).returncode
            case "reset":
                _reset(places)
    except AlreadyRunning as running:
        return _complain(f"{running} Stop it with Ctrl-C there.")
    except (ServiceFailed, PermissionError) as failure:
        return _complain(f"Casewright cannot run: {failure}")
    except KeyboardInterrupt:
        return 130
    return 0


def _with_services(places: Locations, command: list[str]) -> int:
    with services_for_one_command(places):
        return subprocess.run(command, check=False).returncode


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
