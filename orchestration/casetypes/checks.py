"""Do the files of a case type fit together?

Each is well-formed by now; what one names must stand in another: items, forms, groups and places in the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.casetypes.asked_first import faults as first_faults
from orchestration.casetypes.deadlines import SUSPENDED, deadline_faults
from orchestration.casetypes.effective import effective_faults
from orchestration.casetypes.files import DOCUMENT, FORMS, MANIFEST, MODELS
from orchestration.casetypes.owners import manifest_groups, owner_faults
from orchestration.casetypes.routing_checks import routing_faults
from orchestration.engine import xml
from orchestration.engine.bpmn.model import Event, Starter
from orchestration.engine.bpmn.view import first_moment, starters
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.decisions import input_names
from orchestration.engine.dialect import vendor
from orchestration.engine.timers import BadTimer

Json = Any

LONGEST_ID = 200  # as the tables of tasks, jobs and timers keep it
TASKS = ("humanTask", "userTask")
EXPRESSION = ("=", "${", "#{")


@dataclass(frozen=True, slots=True)
class Named:
    """What the models name: ids of items that can be open, and (file, task id, name) of forms, groups and steps.

    `long`: (file, id) of ids that are too long to keep. `files`: the file of each process, by its id. `heard`: names of
    messages and of items of a case file.
    """

    items: frozenset[str]
    files: Mapping[str, str]
    forms: tuple[tuple[str, str, str], ...]
    groups: tuple[tuple[str, str, str], ...]
    steps: tuple[tuple[str, str, str], ...]
    long: tuple[tuple[str, str], ...]
    named: tuple[tuple[str, str, str], ...] = ()
    heard: frozenset[str] = frozenset()


def check(
    files: Mapping[str, str],
    manifest: Mapping[str, Json] | None,
    forms: Mapping[str, Json] | None,
    schema: Json,
    library: CompiledModels | None,
    now: datetime,
) -> Iterator[str]:
    """Each thing that one file names and another does not have, as a sentence; None: a file that cannot be asked.

    `library` is None where a model has faults of its own: what does not need it is checked all the same, so that its
    author sees everything at once. `now` is when the version is to be deployed.
    """
    named = _named(files)
    if named is not None:
        yield from _long(named)
    if library is not None and named is not None:
        yield from _starts(library, named, now)
    if manifest is not None and named is not None:
        if library is not None and manifest["case"] not in library.cases and manifest["case"] not in library.processes:
            known = ", ".join([*library.cases, *library.processes]) or "none"
            yield f"{MANIFEST}, case: no case or process is called {manifest['case']!r}; the models have: {known}."
        yield from _items(manifest, named)
        if (event := manifest.get("documents", {}).get("event", "")) and event not in named.heard:
            yield f"{MANIFEST}, documents/event: no message and no item of a case file is called {event!r}."
        for by in ("routing", "assignment") if library is not None else ():
            if library is not None and manifest.get(by, "") not in ("", *library.decisions):
                yield f"{MANIFEST}, {by}: no decision is called {manifest[by]!r}."
        if library is not None:
            yield from _chain(manifest, library)
            if (routing := manifest.get("routing", "")) in library.decisions:
                yield from routing_faults(library.decisions[routing], routing, manifest.get("roles", {}), now)
        yield from deadline_faults(manifest)
        if (kept := manifest.get("keeping")) and kept["keep"] < kept["floor"]:
            yield f"{MANIFEST}, keeping: a case cannot have to go before it may: keep is less than floor."
        yield from owner_faults(manifest, schema)
        yield from effective_faults(schema)
        yield from _groups(manifest, named)
        yield from _steps(named)
        yield from _named_people(named, schema)
    if forms is not None and named is not None:
        yield from _forms(manifest or {}, forms, named)
    yield from (f"{MANIFEST}, {fault}" for fault in first_faults(manifest or {}, forms or {}))
    yield from _places(manifest or {}, forms or {}, schema)


def _chain(manifest: Mapping[str, Json], library: CompiledModels) -> Iterator[str]:
    """What a case type says of its approval chain: that the decisions are there, with these inputs."""
    said = manifest.get("approval-chain", {})
    for decision, reads in (("decision", "amount"), ("way", "chain")):
        if (name := said.get(decision, "")) == "":
            continue
        first = said.get(reads, "").partition(".")[0]
        if name not in library.decisions:
            yield f"{MANIFEST}, approval-chain/{decision}: no decision is called {name!r}."
        elif (first or decision == "way") and first not in input_names(library.decisions[name], name):
            yield f"{MANIFEST}, approval-chain/{reads}: the decision {name!r} has no such input."
    if "way" in said and "needed" not in said:
        yield f"{MANIFEST}, approval-chain/needed: say which output of {said['way']!r} says how many are needed."


def _named(files: Mapping[str, str]) -> Named | None:
    """What the models name; None where one of them is no XML, so that nobody knows all of it."""
    try:
        return _read(files)
    except xml.XmlRefused:
        return None


def _read(files: Mapping[str, str]) -> Named:
    items: set[str] = set()
    processes: dict[str, str] = {}
    forms: list[tuple[str, str, str]] = []
    groups: list[tuple[str, str, str]] = []
    steps: list[tuple[str, str, str]] = []
    long: list[tuple[str, str]] = []
    places: list[tuple[str, str, str]] = []
    heard: set[str] = set()
    for name in (name for name in files if name.endswith(MODELS) and not name.endswith(".dmn")):
        for element in xml.parse(files[name].encode()).walk():
            id = element.get("id") or ""
            if name.endswith(".bpmn") or element.name in ("planItem", "discretionaryItem", "casePlanModel"):
                items.add(id)
            if element.name in ("message", "caseFileItem"):
                heard.add(element.get("name") or "")
            if len(id) > LONGEST_ID:
                long.append((name, id))
            if element.name == "process":
                processes[id] = name
            if element.name in TASKS:
                form = vendor(element, "form", "formKey")
                forms += [(name, id, form)] if form and not form.startswith(EXPRESSION) else []
                groups += [(name, id, group) for group in _listed(vendor(element, "candidateGroups"))]
                steps += [(name, id, step) for step in _listed(vendor(element, "otherThan"))]
                places += [(name, id, path) for path in _listed(vendor(element, "notNamedIn"))]
    listed = (tuple(forms), tuple(groups), tuple(steps), tuple(long), tuple(places))
    return Named(frozenset(items), processes, *listed, frozenset(heard))


def _long(named: Named) -> Iterator[str]:
    for name, id in named.long:
        yield f"{name}, {id[:40]}…: This id has {len(id)} characters; at most {LONGEST_ID} are possible."


def _listed(groups: str | None) -> list[str]:
    if not groups or groups.startswith(EXPRESSION):
        return []
    return [group.strip() for group in groups.split(",") if group.strip()]


def _starts(library: CompiledModels, named: Named, now: datetime) -> Iterator[str]:
    """A process that events begin: only by what can occur before there is a case (BPMN 2.0, 10.4.2)."""
    for process, starter in starters(library):
        node = library.processes[process].nodes[starter.at]
        sentence = ""
        if starter.kind in ("conditional", "variable"):
            sentence = "A condition begins no case: before there is one, it has no data by which to become true."
        elif isinstance(node, Event) and node.parallel:
            sentence = "Several events together begin no case: before there is one, nothing keeps which have come."
        elif starter.kind == "timer":
            sentence = _moment_fault(starter, now)
        if sentence:
            yield f"{named.files.get(process, process)}, {starter.at}: {sentence}"


def _moment_fault(starter: Starter, now: datetime) -> str:
    try:
        first_moment(starter, now)
    except BadTimer as error:
        return f"The timer cannot be set: {error}"
    return ""


def _items(manifest: Mapping[str, Json], named: Named) -> Iterator[str]:
    wanted = [(f"states/{s['name']}", item) for s in manifest.get("states", ()) for item in s.get("while", ())]
    wanted += [("stages", item) for item in manifest.get("stages", ())]
    wanted += [("external", external["item"]) for external in manifest.get("external", ())]
    wanted += [("list/why", item) for items in manifest.get("list", {}).get("why", {}).values() for item in items]
    wanted += [("approval-chain/tasks", item) for item in manifest.get("approval-chain", {}).get("tasks", ())]
    for one in manifest.get("deadlines", ()):
        wanted += [
            (f"deadlines/{one['key']}", item)
            for item in (*one.get("paused-while", ()), *one.get("met-by", ()))
            if item != SUSPENDED
        ]
    for place, item in wanted:
        if item not in named.items:
            yield f"{MANIFEST}, {place}: no model has an item {item!r}."


def _steps(named: Named) -> Iterator[str]:
    for file, task, step in named.steps:
        if step not in named.items:
            yield f"{file}, {task}: no model has an item {step!r}, whose doer may not do this."


def _named_people(named: Named, schema: Json) -> Iterator[str]:
    for file, task, path in named.named:
        if not _leads_somewhere(schema, path):
            yield f"{file}, {task}: the schema has no place {path!r} in the data, whose person may not do this."


def _forms(manifest: Mapping[str, Json], forms: Mapping[str, Json], named: Named) -> Iterator[str]:
    for file, task, form in named.forms:
        if form not in forms:
            yield f"{file}, {task}: {FORMS} has no form {form!r}."
    for external in manifest.get("external", ()):
        if external["form"] not in forms:
            yield f"{MANIFEST}, external/{external['item']}: {FORMS} has no form {external['form']!r}."


def _groups(manifest: Mapping[str, Json], named: Named) -> Iterator[str]:
    roles = manifest.get("roles", {})
    wanted = [(MANIFEST, "may_open", group) for group in manifest.get("may_open", ())]
    wanted += [(MANIFEST, "fallback_group", manifest["fallback_group"])] if manifest.get("fallback_group") else []
    wanted += [(MANIFEST, "editable", group) for one in manifest.get("editable", ()) for group in one.get("by", ())]
    wanted += [
        (MANIFEST, f"owners/{path}", group)
        for one in manifest.get("owners", ())
        for path, group in manifest_groups(one)
    ]
    for file, place, group in (*wanted, *named.groups):
        if group not in roles:
            yield f"{file}, {place}: the manifest's roles have no group {group!r}."


def _places(manifest: Mapping[str, Json], forms: Mapping[str, Json], schema: Json) -> Iterator[str]:
    """Every dotted path must lead to somewhere in the data, as far as the schema says what there is."""
    intake = manifest.get("intake", {})
    columns = [path for path in intake.get("columns", {}).values() if path not in (intake.get("reference"), DOCUMENT)]
    paths = [(MANIFEST, "intake", path) for path in (*columns, *intake.get("required", ()))]
    paths += [(MANIFEST, "urgent", manifest["urgent"])] if "urgent" in manifest else []
    paths += [(MANIFEST, "unit", manifest["unit"]["place"])] if "unit" in manifest else []
    first = manifest.get("asked-first", {})
    paths += [(MANIFEST, "asked-first", path) for path in (*first.get("withholds", ()), first.get("machine")) if path]
    paths += [(MANIFEST, "key-facts", path) for path in manifest.get("key-facts", ())]
    paths += [(MANIFEST, "editable", field["path"]) for field in manifest.get("editable", ())]
    paths += [(MANIFEST, "deadlines", one["starts"]) for one in manifest.get("deadlines", ()) if "starts" in one]
    paths += [(MANIFEST, "owners", path) for one in manifest.get("owners", ()) for path in one["copies"]]
    listed = manifest.get("list", {})
    paths += [(MANIFEST, "list", field["path"]) for field in listed.get("fields", ())]
    paths += [(MANIFEST, "list/headline", path) for path in listed.get("headline", ())]
    paths += [(MANIFEST, "list/why", path) for path in listed.get("why", ())]
    paths += [(MANIFEST, "documents", path) for path in manifest.get("documents", {}).get("fields", {}).values()]
    paths += [(MANIFEST, "documents/event", path) for path in [manifest.get("documents", {}).get("event")] if path]
    for key, form in forms.items():
        asked = form.get("fields", ())
        paths += [(FORMS, key, field["path"]) for field in asked]
        paths += [(FORMS, key, field["initial"]) for field in asked if "initial" in field]
        paths += [(FORMS, key, path) for field in asked for path in field.get("fills", ())]
        paths += [(FORMS, f"{key}/suggestion", path) for path in form.get("suggestion", {}).values()]
        scored = form.get("score", {})
        paths += [(FORMS, f"{key}/score", path) for path in ([scored["path"]] if scored else [])]
        paths += [(FORMS, f"{key}/score", path) for path in scored.get("inputs", ())]
        laid = form.get("findings", {})
        paths += [(FORMS, f"{key}/findings", path) for path in (*laid.get("of", ()), laid.get("advice")) if path]
        yield from _conditions(key, asked)
        yield from _judges(key, form)
    for file, place, path in dict.fromkeys(paths):
        if not _leads_somewhere(schema, path):
            yield f"{file}, {place}: the schema has no place {path!r} in the data."


def _conditions(form: str, asked: list[dict[str, Json]]) -> Iterator[str]:
    paths = {field["path"] for field in asked}
    for field in asked:
        for kind in ("asked_when", "required_when", "required_unless", "unchanged_when"):
            for other in sorted(field.get(kind, {}).keys() - paths):
                yield f"{FORMS}, {form}/{field['path']}: {kind} names {other!r}, which the form does not ask for."


def _judges(key: str, form: Mapping[str, Json]) -> Iterator[str]:
    """A field that judges is asked for and has the answers that mean something; none is judged twice by one form."""
    paths, judged = {field["path"]: field.get("choices", {}) for field in form.get("fields", ())}, set()
    for one in form.get("judges", ()):
        for path in (one["field"], *one.get("unless", {})):
            if path not in paths:
                yield f"{FORMS}, {key}/judges: it names {path!r}, which the form does not ask for."
        for answer in sorted(one.get("means", {}).keys() - paths.get(one["field"], {}).keys()):
            yield f"{FORMS}, {key}/judges: {answer!r} means something, but is no answer to {one['field']!r}."
        if one["capability"] in judged:
            yield f"{FORMS}, {key}/judges: {one['capability']!r} is judged twice."
        judged.add(one["capability"])


def _leads_somewhere(schema: Json, path: str) -> bool:
    """False only where the schema rules out that there is anything at the path."""
    for name in path.split("."):
        if not isinstance(schema, Mapping):
            return schema is not False
        properties = schema.get("properties", {})
        if name not in properties:
            return schema.get("additionalProperties", True) is not False
        schema = properties[name]
    return True
