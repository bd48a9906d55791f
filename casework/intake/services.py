"""How does a case come in? By a form, the API or a file: all of them open it here.

Who may was decided by the door (`access.permissions.may_open`). The answer is a value: opened, or refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from psycopg.errors import UniqueViolation

from audit.db.rows import sought
from audit.db.sql import Part, commit_along, pipeline
from audit.services import Fact, Origin
from casework.access.permissions import origin_of
from casework.access.unit_models import BusinessUnit
from casework.access.units import unit_kept, unit_of_new
from casework.cases.case_row import open_face
from casework.cases.references import CLASH, Arrived, cleaned, digest_of, is_reference
from casework.cases.unit_asks import asks_of
from casework.documents.attachments import attached_to
from casework.documents.services import File, file_add
from casework.forms import answer_validation
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, by_definition, current
from orchestration.casetypes.files import DOCUMENT
from orchestration.documents import store
from orchestration.documents.store import digest_of as digest_of_content
from orchestration.ground.refusals import Refused
from orchestration.models import Definition
from orchestration.shell import services
from orchestration.shell.services import Done

Json = Any


@dataclass(frozen=True, slots=True)
class Opened:
    """A case is there; `created` is false when the sender's reference had brought it in before."""

    case: Case
    created: bool


def case_open(
    *, by: User | None, case_type: str, reference: str, source: str, data: Mapping[str, Json], cause: str = "",
    file: File | None = None, origin: Origin | None = None, unit: str = "",
) -> Opened | Refused:  # fmt: skip
    """Bring a case in. The same source, reference and data twice make one case; with other data it is a clash.

    References are the same that read alike (`privacy.folding`). `by` None: the product itself (a file).
    `file`: the document with which it begins. `origin`: who opens it, where that is neither a person nor the product
    itself. `unit`: the business unit whose channel it came by.
    """
    definition = current(case_type)
    model = by_definition(definition.pk)
    data = answer_validation.typed(model.schema, data)
    if file is not None and not model.document_level:
        return Refused("no-documents", "Cases of this kind take no documents.")
    if errors := _faults(model, data, reference, source):
        return Refused("invalid", "This could not be taken in. Correct it and send it again.", errors)
    arrived = Arrived(case_type, source, cleaned(reference), digest_of(with_file(data, file)))
    if found := arrived.before():
        return _again(found, arrived, by)
    try:
        begun = _begun(definition, arrived, data, by, origin or _author(by, cause), unit, file)
    except store.Away:
        return store.AWAY
    except UniqueViolation:  # the same reference came in at the same moment, by another door
        first = arrived.before()
        assert first is not None
        return _again(first, arrived, by)
    return begun if isinstance(begun, Refused) else Opened(begun, created=True)


def _faults(model: CaseType, data: Mapping[str, Json], reference: str, source: str) -> dict[str, str]:
    """What is wrong with what came in, by field."""
    errors = answer_validation.text_errors({"reference": reference, "source": source})
    errors |= answer_validation.text_errors(data)
    errors |= answer_validation.schema_errors(model, data) if not errors else {}
    if not is_reference(cleaned(reference)):
        errors["reference"] = "A reference of at most 100 characters is needed."
    if not source or len(source) > 64:
        errors["source"] = "A source of at most 64 characters is needed."
    return errors


def _begun(
    definition: Definition, arrived: Arrived, data: Mapping[str, Json], by: User | None, author: Origin, unit: str,
    file: File | None,
) -> Case | Refused:  # fmt: skip
    """The case, with its face and its document, in one transaction."""
    model = by_definition(definition.pk)
    told = {"case_type": arrived.case_type, "source": arrived.source, "reference": arrived.reference}
    with transaction.atomic():
        belongs = _unit(model, data, by, unit)  # kept until the case is there
        opened = Fact("case.opened", told | ({"unit": belongs.key} if belongs else {}))
        face = partial(_face, arrived, belongs)
        with pipeline():
            begins = model.begin(data, None if by is None else by.username)
            done = services.start(definition, begins, author, [opened], face, asks=asks_of(belongs))
            if isinstance(done, Refused):
                return done
            there = sought(Case, "instance_id = %(instance)s", {"instance": done.instance})
            if file is None:
                commit_along()
        (case,) = there()
        if file is not None:
            _begin_with(case, file, by, model.document_level)
    return case


def _face(arrived: Arrived, belongs: BusinessUnit | None, done: Done) -> Part:
    return open_face(done, arrived.source, arrived.reference, arrived.digest, belongs.pk if belongs else None)


def _unit(model: CaseType, data: Mapping[str, Json], by: User | None, channel: str) -> BusinessUnit | None:
    """Where it belongs: as its type's rule says, else the channel, else where whoever opens it does.

    A unit that is named and is not there is none: then only those see the case who see the whole organisation.
    """
    if named := model.unit_of(data) or channel:
        return unit_kept(named)
    return None if by is None else unit_of_new(by, model.may_open)


def _author(by: User | None, cause: str) -> Origin:
    return Origin("system:intake", cause=cause) if by is None else Origin(origin_of(by).actor, cause=cause)


def with_file(data: Mapping[str, Json], file: File | None) -> Mapping[str, Json]:
    """What came in, with what tells the document that came with it from any other."""
    return data if file is None else {**data, DOCUMENT: digest_of_content(file.content)}


def _begin_with(case: Case, file: File, by: User | None, level: str) -> None:
    """Add the document, and what is attached to it. The case asks for the last that is no e-mail to be read."""
    files = (file, *attached_to(file))
    asked = next((one for one in reversed(files) if one.known.key != "email"), file)
    for one in files:
        file_add(by=by, case=case, file=one, level=level, asked_for=one is asked)


def _again(found: Case, arrived: Arrived, by: User | None) -> Opened | Refused:
    """The same once more is no second case; other data under the same reference is told, and kept by its sender."""
    if arrived.is_repeat_of(found):
        return Opened(found, created=False)
    asked = {"command": "open", "source": arrived.source, "reference": arrived.reference}
    detail = {**asked, "code": CLASH.code, "reason": CLASH.message}
    origin = Origin("system:intake") if by is None else origin_of(by)
    services.record(found.instance_id, [Fact("command.refused", detail)], origin)
    return CLASH
