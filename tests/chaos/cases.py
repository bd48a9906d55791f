"""Who opens the cases? This process: each line `PROCESS NUMBER` on its input begins so many, and is answered."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

import django

django.setup()

from django.db import close_old_connections  # noqa: E402

from audit.services import Origin  # noqa: E402
from orchestration.actors.kinds import version_of  # noqa: E402
from orchestration.actors.registry import actor_ensure, register_model_version  # noqa: E402
from orchestration.casetypes.deployment import Published, deploy  # noqa: E402
from orchestration.engine.commands import StartProcess  # noqa: E402
from orchestration.models import Definition  # noqa: E402
from orchestration.shell import services  # noqa: E402
from tests.chaos import team  # noqa: E402

MODELS = Path(__file__).parent / "models"
STEPS = ("reserve", "pay", "pack", "ship", "thank")
ORIGIN = Origin("system:chaos")
ARTEFACT = b"nothing to learn"


def prepared() -> Definition:
    """The case type with its models, and an actor for each step."""
    for step in STEPS:
        actor_ensure(step, name=step.title(), kind=f"machine.{step}", capability=step)
        register_model_version(step, version_of(ARTEFACT), ARTEFACT, {}, activate=True)
    files = {
        "manifest.yaml": "key: errand\nname: Errands\ncase: errand\n",
        "forms.yaml": "{}",
        "data.schema.json": '{"type": "object"}',
        **{file.name: file.read_text("utf-8") for file in sorted(MODELS.iterdir())},
    }
    outcome = deploy(files, ORIGIN)
    assert isinstance(outcome, Published), outcome
    return outcome.definition


def main() -> None:
    definition, orders = prepared(), count(1)
    team.heard(ORIGIN)
    print("ready", team.registered(ORIGIN), flush=True)
    for line in sys.stdin:
        close_old_connections()  # the database may have been restarted
        process, number = line.split()
        for _ in range(int(number)):
            done = services.start(definition, StartProcess(process, {"order": next(orders)}), ORIGIN)
            assert isinstance(done, services.Done), done
        print("opened", flush=True)


if __name__ == "__main__":
    main()
