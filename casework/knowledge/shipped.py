"""Which documents does a case type bring along for the knowledge base?

A folder of Markdown files, each named by its first heading; those of a folder below it belong to the base of that name.
One is added when the case type is deployed and nothing of
its name was there before: what people have withdrawn or replaced since stays as they have it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from audit.services import Origin
from orchestration.ground.refusals import Refused
from orchestration.knowledge.register import knowledge_add
from orchestration.models import KnowledgeDocument

LEVEL: Final = "internal"
SETUP: Final = Origin("system:setup")


def ensure_knowledge(folder: Path) -> list[str]:
    """Add the documents of the folder that were never there; their names."""
    files = {_name(path): path for path in sorted(folder.rglob("*.md"))} if folder.exists() else {}
    there = set(KnowledgeDocument.objects.filter(name__in=files).values_list("name", flat=True))
    bases = {name: "" if path.parent == folder else path.parent.name for name, path in files.items()}
    return [name for name, path in files.items() if name not in there and _added(name, path, bases[name])]


def _added(name: str, path: Path, base: str) -> bool:
    outcome = knowledge_add(name=name, content=path.read_bytes(), level=LEVEL, groups=(), by=SETUP, base=base)
    return not isinstance(outcome, Refused)


def _name(path: Path) -> str:
    return path.read_text("utf-8").splitlines()[0].lstrip("# ").strip()
