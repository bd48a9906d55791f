"""How does a language model come to think for an agent that works by rules?

`manage.py agent_model AGENT --url U --model M`, or `--local` for the small one that `make llm` serves on this machine.

Registers a further version of the agent: goal, tools, limits and approval as they are at work, the model in place of
the rules. It is put to work by the gate of golden cases; the version with the rules is taken back on the agent's page.
Exit status: 0 it is there, 2 it is not at work, and why.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

import yaml
from django.core.management.base import BaseCommand, CommandError

from casework.management.commands.language_model import ORIGIN, host_asked, server_arguments, server_of, used
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.registry import card_change
from orchestration.actors.shipped_prompts import Server, asked_of
from orchestration.models import ActorVersion

BY_RULES: Final = ("rules", "findings")
SAID: Final = {
    "leaves": True,
    "failures": "A language model may want a step that does not help, or miss one. People read why.",
}  # fmt: skip
WHY: Final = "A language model thinks for it: names leave as pseudonyms."


class Command(BaseCommand):
    help = "Have a language model think for an agent, in place of its rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agent", help="the key of the agent, next-steps for example")
        server_arguments(parser)

    def handle(self, *, agent: str, **given: Any) -> None:
        row = ActorVersion.objects.filter(actor__key=agent, actor__kind="agent", state="in-use").first()
        if row is None:
            raise CommandError(f"No agent {agent!r} is at work.", returncode=2)
        server, timeout = server_of(given)
        host_asked(server, given)
        content = thought_for(bytes(row.artefact), server, timeout)
        outcome = connector_register(Wanted("agent", agent, content), ORIGIN)
        if isinstance(outcome, ActorVersion):
            card_change(agent, row.actor.card | SAID, ORIGIN, WHY)
        self.stdout.write(used(outcome, given))


def thought_for(file: bytes, server: Server, timeout: float | None) -> bytes:
    """The file of the agent, with this model in place of what thought for it."""
    kept = {name: value for name, value in yaml.safe_load(file).items() if name not in (*BY_RULES, "model")}
    steady = {"seed": 7} if server.reasoning else {"seed": 7, "temperature": 0}
    timed = {} if timeout is None else {"timeout": timeout}
    document = kept | {"model": asked_of(server) | {"repairs": 1} | steady | timed}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120).encode()
