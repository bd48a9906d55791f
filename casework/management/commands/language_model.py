"""How does a language model get to work by a prompt that ships? `manage.py language_model CAPABILITY --url U ...`, or
`--local` for the small one that `make llm` serves on this machine.

Registers a version of an actor made of the prompt and the address; where golden cases speak of its capability, it is
put to work by the gate that they are, not past it. Exit status: 0 it is there, 2 it is not at work, and why.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from audit.services import Origin
from casework.runtime.local_model import PORT
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.declared import FILE_KINDS
from orchestration.actors.kinds.language_model.file import SPEAKS
from orchestration.actors.registry import card_change
from orchestration.actors.shipped_prompts import Server, shipped_prompts
from orchestration.ground.refusals import Refused
from orchestration.jobs.golden import put_to_work
from orchestration.models import ActorVersion

ORIGIN = Origin("system:setup")
LOCAL: Final = Server(f"http://127.0.0.1:{PORT}/v1/chat/completions", "local")
PATIENCE: Final = 280.0
"""Seconds for a model that runs here, on one core: its capability gives it no longer either."""


class Command(BaseCommand):
    help = "Have a language model do something by the prompt that ships for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("capability", choices=sorted(shipped_prompts()))
        server_arguments(parser)
        parser.add_argument("--key", default="", help="of the actor; CAPABILITY-model")

    def handle(self, *, capability: str, **given: Any) -> None:
        server, timeout = server_of(given)
        content = shipped_prompts()[capability].file_for(server, timeout)
        key = given["key"] or f"{capability}-model"
        host_asked(server, given)
        outcome = connector_register(Wanted("language-model", key, content), ORIGIN)
        if isinstance(outcome, ActorVersion) and outcome.actor.card == FILE_KINDS["language-model"].card:
            card_change(key, shipped_prompts()[capability].card, ORIGIN, "as its prompt says")
        self.stdout.write(used(outcome, given))


def server_arguments(parser: ArgumentParser) -> None:
    """Which model, where it answers, and whether it is put to work."""
    parser.add_argument("--local", action="store_true", help=f"the one of `make llm`, at {LOCAL.url}")
    parser.add_argument("--url", default="", help="where it answers, with its path")
    parser.add_argument("--model", default="", help="its name there")
    parser.add_argument("--speaks", choices=SPEAKS, default="openai")
    parser.add_argument("--typed", choices=("schema", "json", "words"), default="schema")
    parser.add_argument("--reasoning", action="store_true", help="takes neither temperature nor max_tokens")
    parser.add_argument("--secret", default="", help="the name of the secret that holds its key")
    parser.add_argument("--timeout", type=float, help="seconds for an answer with all its mending")
    parser.add_argument("--allow-host", action="store_true", help="put its host on the list of hosts")
    parser.add_argument("--private", action="store_true", help="the host is one of a private network")
    parser.add_argument("--reason", default="", help="why it is used where golden cases come out otherwise")
    parser.add_argument("--register-only", action="store_true", help="do not put it to work yet")


def host_asked(server: Server, given: Mapping[str, Any]) -> None:
    """Put its host on the list of hosts, where that was asked for or it runs here."""
    if given["allow_host"] or given["local"]:
        split, private = urlsplit(server.url), given["private"] or given["local"]
        host_allow(str(split.hostname), split.port, private=private, origin=ORIGIN)


def used(outcome: ActorVersion | Refused, given: Mapping[str, Any]) -> str:
    """Put the version to work unless it shall only be registered; how it stands. Raises CommandError."""
    if isinstance(outcome, ActorVersion) and not given["register_only"] and not outcome.active:
        outcome = put_to_work(outcome, ORIGIN, given["reason"])
    if isinstance(outcome, Refused):
        raise CommandError(outcome.message, returncode=2)
    said = "is at work" if outcome.active else "is registered, and not at work"
    return f"{outcome.actor.key}: version {outcome.version} {said}."


def server_of(given: Mapping[str, Any]) -> tuple[Server, float | None]:
    """Where it answers, and in how many seconds; the one that runs here may have another port."""
    local, url = given["local"], given["url"] or (LOCAL.url if given["local"] else "")
    if not url or not (given["model"] or local):
        raise CommandError("Say where it answers (--url and --model), or --local for the one of `make llm`.")
    name = given["model"] or LOCAL.model
    server = Server(url, name, given["speaks"], given["typed"], given["secret"], given["reasoning"])
    return server, given["timeout"] or (PATIENCE if local else None)
