"""What is a version made of, what uses what in it, and who does the work that it asks of machines?"""

from __future__ import annotations

from dataclasses import dataclass

from casework.studio.rule_versions import newest_types
from orchestration.casetypes.case_type import by_definition
from orchestration.casetypes.usage import Asked, Model, Usage, Use, usage
from orchestration.ground.counts import counted
from orchestration.models import Actor, Definition

KINDS = {"case": "Cases", "process": "Processes", "decision": "Decisions", "form": "Forms"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is used, or what a step uses: the step's name, the model's name, its file and its anchor."""

    step: str
    kind: str
    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    kind: str
    key: str
    name: str
    file: str
    anchor: str
    made_of: str
    used_by: tuple[Place, ...]
    uses: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class AskedRow:
    """Work for a machine: the step, where it stands, what it asks for and the actors in use that can do it."""

    asked: Asked
    model: str
    anchor: str
    actors: tuple[Actor, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    models: tuple[ModelRow, ...]
    asked: tuple[AskedRow, ...]

    def of_kind(self) -> list[tuple[str, list[ModelRow]]]:
        """The models under their kinds, in words; kinds of which there is none left out."""
        grouped = [(words, [row for row in self.models if row.kind == kind]) for kind, words in KINDS.items()]
        return [(words, rows) for words, rows in grouped if rows]


@dataclass(frozen=True, slots=True)
class Asker:
    """A step of a case type's newest version that asks for a capability."""

    case_type: str
    definition: int
    step: str
    outputs: tuple[str, ...]
    on_failure: tuple[str, ...]


def overview(definition: Definition) -> Overview:
    """All models of a version."""
    case_type = by_definition(definition.pk)
    found = usage(case_type)
    able: dict[str, list[Actor]] = {}
    for actor in Actor.objects.filter(enabled=True):
        able.setdefault(actor.capability, []).append(actor)
    names = {model.at: model.name for model in found.models} | {("case type", case_type.key): case_type.name}
    asked = (
        AskedRow(each, names[each.by], _anchor(each.by), tuple(able.get(each.capability, ()))) for each in found.asked
    )
    ordered = sorted(found.models, key=lambda model: (model.key != case_type.case, model.name.casefold()))
    return Overview(tuple(_row(model, found, names) for model in ordered), tuple(asked))


def askers() -> dict[str, list[Asker]]:
    """The steps of the newest versions by the capability that they ask for."""
    found: dict[str, list[Asker]] = {}
    for definition, case_type in newest_types():
        for asked in usage(case_type).asked:
            asker = Asker(case_type.name, definition, asked.name, asked.outputs, asked.on_failure)
            found.setdefault(asked.capability, []).append(asker)
    return found


def _row(model: Model, found: Usage, names: dict[tuple[str, str], str]) -> ModelRow:
    used = tuple(_place(use, use.by, names) for use in found.used_by(model.at))
    uses = tuple(_place(use, use.what, names) for use in found.uses_of(model.at))
    return ModelRow(model.kind, model.key, model.name, model.file, _anchor(model.at), _made_of(model), used, uses)


def _made_of(model: Model) -> str:
    """What stands in it, in words: "2 user tasks, 1 sub-process"."""
    return ", ".join(counted(count, what, _several(what)) for what, count in model.counts)


def _several(what: str) -> str:
    if what.endswith("y") and what[-2] not in "aeiou":
        return what[:-1] + "ies"
    return what + ("es" if what.endswith("s") else "s")


def _place(use: Use, at: tuple[str, str], names: dict[tuple[str, str], str]) -> Place:
    known = at in names and not (use.computed and at == use.what)
    anchor = _anchor(at) if known and at[0] != "case type" else ""
    name = names.get(at, at[1]) if known or not use.computed else f"as it is computed: {at[1]}"
    return Place(use.name, at[0], name, anchor)


def _anchor(at: tuple[str, str]) -> str:
    return f"{at[0]}-{at[1]}".replace(" ", "-")
