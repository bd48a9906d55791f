"""Which connectors and bots does a case type bring along?

A folder of files, one for each actor: who it is, its card, and the file that its version is made of. They are made when
a case type is deployed first. A later release brings what it says otherwise of them (`orchestration.actors.shipping`);
what people have changed stays as they have it, and another file waits as a version in quarantine.

The prompts of language models that were set up by the command are brought in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from casework.access.roles import ADMINISTRATORS
from orchestration.actors.contract import version_of
from orchestration.actors.registry import SETUP, register_model_version
from orchestration.actors.shipped_prompts import shipped_prompts
from orchestration.actors.shipping import actor_ship, version_ship
from orchestration.models import Actor, ActorVersion


def ensure_shipped(folder: Path) -> list[str]:
    """Make the actors whose files stand in the folder and that are not there yet; a line for each that is new."""
    documents = _documents(folder)
    there = set(Actor.objects.filter(key__in=[each["key"] for each in documents]).values_list("key", flat=True))
    return [line for each in documents if (line := _brought(each) if each["key"] in there else _begun(each))]


def _documents(folder: Path) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]


def _begun(document: dict[str, Any]) -> str:
    return f"{made(document)}: an actor, registered"


def _brought(document: dict[str, Any]) -> str:
    """What this release brings to an actor that is there, in a line; "" where no file of it is new."""
    _ship(document)
    return told(version_ship(document["key"], _artefact(document)))


def told(row: ActorVersion | None) -> str:
    """That a version came with this release, in a line; "" where none did."""
    return f"{row.actor.name}: version {row.version} ships now, and waits in quarantine" if row else ""


def ensure_prompts(folders: Iterable[Path]) -> list[str]:
    """Bring the prompts that ship now to the language models that the command has set up; a line for each that is new.
    `folders`: of the case types, which bring their own models' files."""
    theirs = [each["key"] for folder in folders for each in _documents(folder / "actors")]
    set_up = ActorVersion.objects.filter(
        actor__kind="language-model", state=ActorVersion.State.IN_USE, registered_by=SETUP.actor
    )
    rows = set_up.exclude(actor__key__in=theirs).select_related("actor")
    return [line for row in rows if (line := told(_prompt_brought(row)))]


def _prompt_brought(row: ActorVersion) -> ActorVersion | None:
    prompt = shipped_prompts().get(row.actor.capability)
    file = None if prompt is None else prompt.renewed(bytes(row.artefact))
    return None if file is None else version_ship(row.actor.key, file)


def made(document: dict[str, Any]) -> str:
    """Make an actor of its document; its name."""
    _ship(document)
    artefact = _artefact(document)
    register_model_version(document["key"], version_of(artefact), artefact, {}, activate=True)
    return str(document["name"])


def _artefact(document: dict[str, Any]) -> bytes:
    return yaml.safe_dump(document["file"], sort_keys=False, allow_unicode=True).encode()


def _ship(document: dict[str, Any]) -> None:
    actor_ship(
        document["key"], name=document["name"], kind=document["kind"], capability=document["file"]["capability"],
        origin=document["origin"], owner=ADMINISTRATORS, card=document["card"],
    )  # fmt: skip
