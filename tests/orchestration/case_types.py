"""What is the smallest case type around a model? For tests of the shell that need no forms, roles or schema."""

from __future__ import annotations

from pathlib import Path

from audit.services import Origin
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import Definition

MODELS = Path(__file__).parent / "models"
TEST = Origin("system:test")


def files(*models: str, root: str, key: str = "trial") -> dict[str, str]:
    """The files of a case type with these models; `root` is the case or process that its cases run."""
    return {
        "manifest.yaml": f"key: {key}\nname: A trial\ncase: {root}\n",
        "forms.yaml": "{}",
        "data.schema.json": '{"type": "object"}',
        **{name: (MODELS / name).read_text("utf-8") for name in models},
    }


def deployed(*models: str, root: str, key: str = "trial") -> Definition:
    """The case type, deployed."""
    outcome = deploy(files(*models, root=root, key=key), TEST)
    assert isinstance(outcome, Published), outcome
    return outcome.definition
