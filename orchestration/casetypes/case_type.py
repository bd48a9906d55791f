"""What is a case type, once its folder of open files is read?

A case type is a folder (manifest, models, tables, schema, forms, samples) deployed as one immutable version with a
content hash. `checked` turns files that somebody wants to deploy into one frozen value with everything compiled, or
into all their faults at once; `read` does it for what was deployed before, and asks only for what it takes to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from audit.db.sql import asked
from orchestration.actors.capability import Capability, shipped, undeclared
from orchestration.casetypes.asked_first import AskedFirst
from orchestration.casetypes.asked_first import declared as declared_first
from orchestration.casetypes.capabilities import capability_faults, declared
from orchestration.casetypes.checks import check
from orchestration.casetypes.clear_keys import clear_key_faults
from orchestration.casetypes.deadlines import Declared, declared_deadlines
from orchestration.casetypes.files import (
    FORMS,
    MANIFEST,
    MODELS,
    READ,
    REGISTRY,
    SAMPLES,
    name_faults,
    parsed,
)
from orchestration.casetypes.files import checked as checked_file
from orchestration.casetypes.forms import Form as Form
from orchestration.casetypes.forms import FormField as FormField
from orchestration.casetypes.forms import Judges as Judges
from orchestration.casetypes.forms import Scored as Scored
from orchestration.casetypes.forms import choice_words, form_of, known
from orchestration.casetypes.owners import Owner, declared_owners
from orchestration.casetypes.purposes import purpose_faults
from orchestration.casetypes.separation import Bars, declared_bars
from orchestration.engine.approval_chains import ChainRule
from orchestration.engine.commands import StartCase, StartProcess
from orchestration.engine.compile_models import build, compiled
from orchestration.engine.compiled_models import CompiledModels
from orchestration.ground.limits import engine_limits
from orchestration.ground.schemas import SchemaValidator
from orchestration.models import Definition
from orchestration.privacy.classification import Classification, classify


@dataclass(frozen=True, slots=True)
class NamedState:
    """A state that people speak of, and when a case is in it: `ended`, `otherwise`, or while an item is open."""

    name: str
    when: str = ""
    items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Role:
    """A group of people: its rights on every case of the type, how much it sees unmasked, and what it looks for."""

    group: str
    may: frozenset[str]
    clearance: str
    intake: bool = False
    purposes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class External:
    """What may come in from outside while an item waits for it: the item's id, the form that takes it, its name."""

    item: str
    form: str
    label: str


@dataclass(frozen=True, slots=True)
class Intake:
    required: tuple[str, ...]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListField:
    """A place in the data that lists of work may show; `kind`: number, money, date, choice, text or person."""

    path: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class EditableField:
    """A place in the data that people may change outside a task. `by`: only these groups; `reason`: they say why."""

    path: str
    by: tuple[str, ...] = ()
    reason: bool = False


@dataclass(frozen=True, slots=True)
class UnitRule:
    """To which part of the organisation a new case belongs: `place` in its data, and what stands there -> key of it."""

    place: str = ""
    of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long its cases might be kept, as an example: days after the end of a case, and the law (`RetentionRule`)."""

    floor: int
    keep: int
    law: str


@dataclass(frozen=True)
class CaseType:
    """One version of a case type, compiled. `label` is how people and the history name it: "complaint v4".

    `document_level`: how secret a document is at least; empty: none are taken. `document_purposes`: for which alone it
    may be read; none: for any. `document_fields`: its field -> place.
    `chain`: by which decisions its approvals are asked for; None: a unit asks for none beside.
    `document_event`: what the model is told by with each new document, as `event_of` has it; empty: nothing.
    """

    key: str
    version: int
    name: str
    goal: str
    case: str
    title: str
    states: tuple[NamedState, ...]
    stages: tuple[str, ...]
    key_facts: tuple[str, ...]
    listed: tuple[ListField, ...]
    editable: tuple[EditableField, ...]
    headline: tuple[str, ...]
    reasons: Mapping[str, str]
    roles: tuple[Role, ...]
    may_open: frozenset[str]
    fallback_group: str
    intake: Intake
    external: tuple[External, ...]
    routing: str
    assignment: str
    urgent: str
    unit: UnitRule
    chain: ChainRule | None
    document_level: str
    document_purposes: frozenset[str]
    document_fields: Mapping[str, str]
    document_event: str
    deadlines: tuple[Declared, ...]
    owners: tuple[Owner, ...]
    keeping: Keeping | None
    capabilities: Mapping[str, Capability]
    forms: Mapping[str, Form]
    asked_first: AskedFirst | None
    schema: Mapping[str, Any]
    classification: Classification
    library: CompiledModels
    files: Mapping[str, str]

    @property
    def label(self) -> str:
        return f"{self.key} v{self.version}"

    @cached_property
    def validator(self) -> Draft202012Validator:
        return SchemaValidator(self.schema)

    @cached_property
    def asks_for_load(self) -> bool:
        """Whether a rule may ask how much work waits (`work.waiting`), which is counted for such rules alone."""
        return any("waiting" in text for name, text in self.files.items() if name.endswith(".dmn"))

    @cached_property
    def bars(self) -> Mapping[str, Bars]:
        """By the id of an item whom its model keeps from it."""
        return declared_bars(self.library)

    def capability(self, key: str) -> Capability:
        """The contract of a capability: the case type's own, else the shipped one, else what actors say of it."""
        return self.capabilities.get(key) or shipped().get(key) or undeclared(key)

    @cached_property
    def copied(self) -> Mapping[str, Owner]:
        """Whose copy each field is that another system owns, by JSON Pointer."""
        return {"/" + path.replace(".", "/"): owner for owner in self.owners for path in owner.copies}

    def in_lists(self, instance: int, data: Mapping[str, Any], is_over: bool = False) -> dict[str, Any]:
        """The data of a case as far as lists and the search are told of it; `is_over`: it has ended."""
        return dict(data if self.asked_first is None else self.asked_first.in_lists(instance, data, is_over))

    @cached_property
    def choice_words(self) -> Mapping[str, Mapping[str, str]]:
        return choice_words(self.forms, self.schema)

    def is_urgent(self, variables: Mapping[str, Any]) -> bool:
        """Whether a case with these variables goes before others: its type names the field that says so."""
        return bool(self.urgent) and variables.get(self.urgent) is True

    def unit_of(self, data: Mapping[str, Any]) -> str:
        """To which part of the organisation a case with this data belongs, by its key; "": the type does not say."""
        value: Any = data
        for step in self.unit.place.split(".") if self.unit.place else ():
            value = value.get(step) if isinstance(value, Mapping) else None
        return self.unit.of.get(value, "") if isinstance(value, str) else ""

    def begin(self, data: Mapping[str, Any], by: str | None = None) -> StartCase | StartProcess:
        """The command by which somebody begins a case of this type, be its model a case or a process."""
        kind = StartCase if self.case in self.library.cases else StartProcess
        return kind(self.case, data, by=by)

    def state_name(self, open_items: set[str], ended: bool) -> str:
        """The first named state that holds, given the ids of the open items."""
        for state in self.states:
            holds = ended if state.when == "ended" else state.when == "otherwise" or bool(state.items & open_items)
            if holds:
                return state.name
        return "Completed" if ended else "Open"


class Faulty(ValueError):
    """The files do not make a case type; `faults` says everything that is wrong, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def folder_files(folder: Path) -> dict[str, str]:
    """The files of a case type's folder that make a version: what lies in it directly, in open formats, and samples."""
    found = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix in READ]
    found += sorted(folder.glob(f"{SAMPLES}*.csv"))
    return {  # `checked` refuses what is no text
        path.relative_to(folder).as_posix(): path.read_text("utf-8", "surrogateescape") for path in found
    }


def read(files: Mapping[str, str], version: int = 0) -> CaseType:
    """files by name of a version that is deployed -> the compiled case type.

    Checks only what it takes to run: whatever a later release has come to refuse, running cases go on. Raises Faulty.
    """
    faults: list[str] = []
    manifest, forms = parsed(files, MANIFEST, faults), parsed(files, FORMS, faults)
    schema = parsed(files, _schema_file(manifest), faults)
    classification = _classified(schema or {}, faults)
    library = compiled(_models(files))
    if faults or manifest is None or forms is None or schema is None:
        raise Faulty(faults)
    return _case_type(files, version, manifest, forms, schema, classification, library)


def checked(files: Mapping[str, str], now: datetime) -> CaseType:
    """files by name of a version that is to be deployed now -> the compiled case type, still without a version.

    Raises Faulty with all that is wrong.
    """
    faults = name_faults(files)
    if faults:
        raise Faulty(faults)
    manifest, forms = checked_file(files, MANIFEST, faults), checked_file(files, FORMS, faults)
    schema = checked_file(files, _schema_file(manifest), faults) or {}
    classification = _classified(schema, faults)
    built = build(_models(files), engine_limits())
    if isinstance(built, list):
        faults += [f"{fault.file}, {fault.element}: {fault.sentence}" for fault in built if fault.severe]
    faults += capability_faults(files)
    faults += check(files, manifest, forms, schema, None if isinstance(built, list) else built, now)
    faults += [] if isinstance(built, list) else clear_key_faults(built, classification)
    if faults or manifest is None or forms is None or isinstance(built, list):
        raise Faulty(faults)
    made = _case_type(files, 0, manifest, forms, schema, classification, built)
    if wrong := list(purpose_faults(made)):
        raise Faulty(wrong)
    return made


def _schema_file(manifest: Mapping[str, Any] | None) -> str:
    return str((manifest or {}).get("schema", "data.schema.json"))


def _models(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items() if name.endswith((*MODELS, *REGISTRY))}


def _case_type(
    files: Mapping[str, str],
    version: int,
    manifest: Mapping[str, Any],
    forms: Mapping[str, Any],
    schema: Mapping[str, Any],
    classification: Classification,
    library: CompiledModels,
) -> CaseType:
    intake, asked = manifest.get("intake", {}), {key: form_of(key, form) for key, form in forms.items()}
    return CaseType(
        key=manifest["key"],
        version=version,
        name=manifest["name"],
        goal=manifest.get("goal", ""),
        case=manifest["case"],
        title=manifest.get("title", manifest["name"] + " {reference}"),
        states=tuple(
            NamedState(s["name"], s.get("when", ""), frozenset(s.get("while", ()))) for s in manifest.get("states", ())
        ),
        stages=tuple(manifest.get("stages", ())),
        key_facts=tuple(manifest.get("key-facts", ())),
        listed=tuple(ListField(**known(ListField, one)) for one in manifest.get("list", {}).get("fields", ())),
        editable=tuple(
            EditableField(one["path"], tuple(one.get("by", ())), bool(one.get("reason")))
            for one in manifest.get("editable", ())
        ),
        headline=tuple(manifest.get("list", {}).get("headline", ())),
        reasons=_reasons(manifest, library),
        roles=tuple(_role(group, role) for group, role in manifest.get("roles", {}).items()),
        may_open=frozenset(manifest.get("may_open", ())),
        fallback_group=manifest.get("fallback_group", ""),
        intake=Intake(tuple(intake.get("required", ())), intake.get("columns", {})),
        routing=manifest.get("routing", ""),
        assignment=manifest.get("assignment", ""),
        urgent=manifest.get("urgent", ""),
        unit=UnitRule(**known(UnitRule, manifest.get("unit", {}))),
        chain=ChainRule(**known(ChainRule, manifest["approval-chain"])) if "approval-chain" in manifest else None,
        document_level=manifest.get("documents", {}).get("level", ""),
        document_purposes=frozenset(manifest.get("documents", {}).get("purposes", ())),
        document_fields=manifest.get("documents", {}).get("fields", {}),
        document_event=manifest.get("documents", {}).get("event", ""),
        deadlines=declared_deadlines(manifest, library),
        owners=declared_owners(manifest),
        keeping=Keeping(**known(Keeping, manifest["keeping"])) if "keeping" in manifest else None,
        capabilities=declared(files),
        external=tuple(External(**known(External, waited)) for waited in manifest.get("external", ())),
        forms=asked,
        asked_first=declared_first(manifest, asked, classification),
        schema=schema,
        classification=classification,
        library=library,
        files=files,
    )


def _classified(schema: Mapping[str, Any], faults: list[str]) -> Classification:
    """How secret each field is; where the schema does not say it well, `faults` says so."""
    try:
        return classify(schema)
    except (ValueError, TypeError, AttributeError) as error:
        faults.append(f"The schema's classification: {error}")
        return classify({})


def _reasons(manifest: Mapping[str, Any], library: CompiledModels) -> dict[str, str]:
    """Where it is said why a task is there, by the id under which tasks are kept: of CMMN that of the definition."""
    defined = {node.id: node.definition for model in library.cases.values() for node in model.nodes.values()}
    named = manifest.get("list", {}).get("why", {})
    return {defined.get(item, item): path for path, items in named.items() for item in items}


def _role(group: str, role: Mapping[str, Any]) -> Role:
    return Role(
        group, frozenset(role.get("may", ())), role.get("clearance", "public"), bool(role.get("intake")),
        frozenset(role.get("purposes", ())),
    )  # fmt: skip


@lru_cache(maxsize=64)
def by_definition(definition: int) -> CaseType:
    """The compiled case type of a deployed version, compiled once a process: versions never change.

    Raises Definition.DoesNotExist.
    """
    row = Definition.objects.get(pk=definition)
    return read(row.files, row.version)


NEWEST: Final = """
select id, key, version from orchestration_definition where key = %(key)s order by version desc limit 1"""


def current(key: str) -> Definition:
    """The version that new cases follow. Raises Definition.DoesNotExist where the type was never deployed."""
    newest = asked(NEWEST, {"key": key}).fetchone()
    if newest is None:
        raise Definition.DoesNotExist(f"no case type {key!r} is deployed; `manage.py deploy` deploys those that ship")
    return Definition.from_db("default", ("id", "key", "version"), newest)
