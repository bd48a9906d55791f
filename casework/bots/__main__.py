"""How is a bot run? `casewright bot browser --url URL --script FILE`, with its token in CASEWRIGHT_WORKER_TOKEN.

`bot form` follows the same script without a browser, `bot terminal` is the same for a mainframe. It goes from job to
job until SIGTERM or Ctrl-C.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from casework.bots.browser import BrowserBot
from casework.bots.form import FormBot
from casework.bots.script import BROWSER, TERMINAL, BadScript, script_of
from casework.bots.terminal import TerminalBot
from casework.worker_client import Worker
from casework.worker_client.calls import Refused

FORM = "form"
TOKEN = "CASEWRIGHT_WORKER_TOKEN"  # noqa: S105 - the name of it


def main(words: list[str]) -> int:
    """Run the bot that the words ask for; 0 when it was stopped in order."""
    parser = argparse.ArgumentParser(prog="casewright bot", description=__doc__)
    parser.add_argument("kind", choices=[BROWSER, FORM, TERMINAL])
    parser.add_argument("--url", required=True, help="where Casewright is")
    parser.add_argument("--script", required=True, type=Path, help="what to do (YAML)")
    parser.add_argument("--name", default="bot", help="what it is called, for people")
    parser.add_argument("--most", type=int, help="stop after so many jobs")
    given = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        return _work(given)
    except (BadScript, Refused, OSError) as error:
        print(f"The bot cannot work: {error}", file=sys.stderr)  # noqa: T201 - its terminal
        return 1


def _work(given: argparse.Namespace) -> int:
    script = script_of(given.script.read_text("utf-8"), TERMINAL if given.kind == TERMINAL else BROWSER)
    token = os.environ.get(TOKEN, "")
    if not token:
        raise BadScript(f"Its token is missing: give it in {TOKEN}.")
    worker = Worker(given.url, token, name=given.name)
    if given.kind != BROWSER:
        worker.run(TerminalBot(script) if given.kind == TERMINAL else FormBot(script), most=given.most)
        return 0
    with BrowserBot(script, worker.attach) as bot:
        worker.run(bot, most=given.most)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
