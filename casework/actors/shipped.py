"""Which connectors and bots does a case type bring along?

A folder of files, one for each actor: who it is, its card, and the file that its version is made of. They are made when
a case type is deployed first. A later release brings what it says otherwise of them (`orchestration.actors.shipping`);
what people have changed stays as they have it, and versions stay as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from casework.access.roles import ADMINISTRATORS
from orchestration.actors.contract import version_of
from orchestration.actors.registry import register_model_version
from orchestration.actors.shipping import actor_ship
from orchestration.models import Actor


def ensure_shipped(folder: Path) -> list[str]:
    """Make the actors whose files stand in the folder and that are not there yet; their names."""
    files = sorted(folder.glob("*.yaml")) if folder.exists() else []
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in files]
    there = set(Actor.objects.filter(key__in=[each["key"] for each in documents]).values_list("key", flat=True))
    for each in documents:
        if each["key"] in there:
            _ship(each)
    return [made(each) for each in documents if each["key"] not in there]


def made(document: dict[str, Any]) -> str:
    """Make an actor of its document; its name."""
    _ship(document)
    artefact = yaml.safe_dump(document["file"], sort_keys=False, allow_unicode=True).encode()
    register_model_version(document["key"], version_of(artefact), artefact, {}, activate=True)
    return str(document["name"])


def _ship(document: dict[str, Any]) -> None:
    actor_ship(
        document["key"], name=document["name"], kind=document["kind"], capability=document["file"]["capability"],
        origin=document["origin"], owner=ADMINISTRATORS, card=document["card"],
    )  # fmt: skip
