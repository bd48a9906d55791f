"""Which decisions and decision services may a case type call, and by which name? (DMN 1.5, 5.3.2, 6.3.3 and 6.3.10)

All DMN files of a case type are compiled together: they may import one another, in any order. Tasks call a decision or
a service by its id or its name, so two of one key are a fault, whatever order the files come in. Other engines call by
id only: in their files names may repeat, and a name that is not one's own leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestration.engine.compiled_models import Fault
from orchestration.engine.dmn import DecisionModel, Definitions, ModelRefused, compile_model, parse
from orchestration.engine.dmn.model import Decision, DrgElement
from orchestration.engine.feel.problems import quote


def compile_decisions(sources: Mapping[str, bytes], faults: list[Fault]) -> dict[str, DecisionModel]:
    """Models by the ids and names of their decisions and services; what is wrong goes to `faults`."""
    read = _parsed(sources, faults)
    faults.extend(_import_faults(read))
    faults.extend(_idle(read))
    models = {name: model for name, each in read.items() if (model := _compiled(name, each, faults)) is not None}
    return _by_key(models, faults)


# ---------------------------------------------------------------- reading


def _parsed(sources: Mapping[str, bytes], faults: list[Fault]) -> dict[str, Definitions]:
    """The files that can be read, each after those that it imports."""
    read: dict[str, Definitions] = {}
    waiting = dict(sources)
    while waiting:
        progress = False
        for name, source in list(waiting.items()):
            last_try = not progress and name == next(reversed(waiting))
            try:
                definitions = parse(source, read.values())
            except ModelRefused as refused:
                faults.extend(Fault(one.element, one.message, one.line, name) for one in refused.faults)
                del waiting[name]
                continue
            known = {each.namespace for each in read.values()}
            if last_try or all(each.namespace in known for each in definitions.imports if _is_dmn(each.import_type)):
                read[name] = definitions
                del waiting[name]
                progress = True
    return read


def _is_dmn(import_type: str) -> bool:
    return "DMN" in import_type.upper() or not import_type


def _import_faults(read: Mapping[str, Definitions]) -> Iterator[Fault]:
    """Imports of a namespace that several files have: which one is meant cannot be told."""
    for name, definitions in read.items():
        for each in definitions.imports:
            having = [other for other, model in read.items() if model.namespace == each.namespace]
            if len(having) > 1 and _is_dmn(each.import_type):
                sentence = (
                    f"It imports {quote(each.namespace)}, which is the namespace of {' and of '.join(having[:2])}."
                )
                yield Fault(each.name or each.reference, sentence, each.line, name)


def _idle(read: Mapping[str, Definitions]) -> Iterator[Fault]:
    """Files that nobody can call, and that no other file takes anything from."""
    imported = {each.namespace for definitions in read.values() for each in definitions.imports}
    for name, definitions in read.items():
        if not definitions.decisions and not definitions.services and definitions.namespace not in imported:
            sentence = "There is no decision in this file, so nothing in it can be called."
            yield Fault(definitions.reference, sentence, definitions.line, name, severe=False)


def _compiled(name: str, definitions: Definitions, faults: list[Fault]) -> DecisionModel | None:
    try:
        model = compile_model(definitions)
    except ModelRefused as refused:
        faults.extend(Fault(one.element, one.message, one.line, name) for one in refused.faults)
        return None
    found = (*model.faults, *model.warnings)
    faults.extend(Fault(one.element, one.message, one.line, name, severe=one.severe) for one in found)
    return model


# ---------------------------------------------------------------- keys


@dataclass(frozen=True, slots=True)
class _Claim:
    """One decision or service under one of its keys. Keys of rank 0 are ids, of rank 1 names."""

    rank: int
    element: DrgElement
    file: str
    model: DecisionModel


def _by_key(models: Mapping[str, DecisionModel], faults: list[Fault]) -> dict[str, DecisionModel]:
    claims: dict[str, list[_Claim]] = {}
    for name, model in models.items():
        for key, claim in _claims(name, model):
            claims.setdefault(key, []).append(claim)
    found: dict[str, DecisionModel] = {}
    for key, all_of_it in claims.items():
        first, *others = sorted(all_of_it, key=lambda claim: claim.rank)
        clash = next((other for other in others if _clash(first, other)), None)
        if clash is None:
            found[key] = first.model
        elif not _either_may_be_named_so(first, clash):
            faults.append(_twice(key, first, clash))
            found[key] = all_of_it[-1].model  # what was deployed before there was this fault decided so
    return found


def _clash(first: _Claim, other: _Claim) -> bool:
    """Whether two claims are of different elements and neither counts more: inside a file, an id does."""
    if other.element is first.element:
        return False
    by_id_only = first.file == other.file or _vendor(first) or _vendor(other)
    return first.rank == other.rank or not by_id_only


def _either_may_be_named_so(first: _Claim, other: _Claim) -> bool:
    return first.rank == other.rank == 1 and (_vendor(first) or _vendor(other))


def _claims(name: str, model: DecisionModel) -> Iterator[tuple[str, _Claim]]:
    definitions = model.definitions
    for element in (*definitions.decisions, *definitions.services):
        keys = {element.id: 0} if element.id else {}
        for key in (element.name, element.variable.name):
            keys.setdefault(key, 1)
        for key, rank in keys.items():
            if key in model.decisions or key in model.services:
                yield key, _Claim(rank, element, name, model)


def _vendor(claim: _Claim) -> bool:
    return claim.model.definitions.vendor is not None


def _twice(key: str, first: _Claim, other: _Claim) -> Fault:
    what = "id" if other.rank == 0 else "name"
    if first.file == other.file:
        where = f"of another {_kind(first)}, in line {first.element.line}, too"
    else:
        where = f"of a {_kind(first)} in {first.file} too"
    sentence = f"The {what} {quote(key)} of this {_kind(other)} is that {where}; whoever calls it could mean either."
    return Fault(other.element.reference, sentence, other.element.line, other.file)


def _kind(claim: _Claim) -> str:
    return "decision" if isinstance(claim.element, Decision) else "decision service"
