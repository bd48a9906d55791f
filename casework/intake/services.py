"""How does a case come in? By a form, the API or a file: all of them open it here.

Who may was decided by the door (`access.permissions.may_open`). The answer is a value: opened, or refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from psycopg.errors import UniqueViolation

from audit.services import Fact, Origin
from casework.access.permissions import origin_of
from casework.cases.case_row import open_face
from casework.forms import answer_validation
from casework.models import Case
from orchestration.casetypes.case_type import by_definition, current
from orchestration.ground.refusals import Refused
from orchestration.shell import services

Json = Any


@dataclass(frozen=True, slots=True)
class Opened:
    """A case is there; `created` is false when the sender's reference had brought it in before."""

    case: Case
    created: bool


def case_open(
    *, by: User | None, case_type: str, reference: str, source: str, data: Mapping[str, Json], cause: str = ""
) -> Opened | Refused:
    """Bring a case in. The same source and reference twice make one case. `by` None: the product itself (a file)."""
    definition = current(case_type)
    model = by_definition(definition.pk)
    data = answer_validation.typed(model.schema, data)
    errors = answer_validation.text_errors({"reference": reference, "source": source}) | answer_validation.text_errors(
        data
    )
    errors |= answer_validation.schema_errors(model, data) if not errors else {}
    if not reference or len(reference) > 100:
        errors["reference"] = "A reference of at most 100 characters is needed."
    if not source or len(source) > 64:
        errors["source"] = "A source of at most 64 characters is needed."
    if errors:
        return Refused("invalid", "This could not be taken in. Correct it and send it again.", errors)
    if found := Case.objects.filter(case_type=case_type, source=source, reference=reference).first():
        return Opened(found, created=False)
    origin = Origin("system:intake", cause=cause) if by is None else Origin(origin_of(by).actor, cause=cause)
    opened = Fact("case.opened", {"case_type": case_type, "source": source, "reference": reference})
    try:
        done = services.start(
            definition,
            model.begin(data, None if by is None else by.username),
            origin,
            [opened],
            lambda done: open_face(done, source, reference),
        )
    except UniqueViolation:  # the same reference came in at the same moment, by another door
        return Opened(Case.objects.get(case_type=case_type, source=source, reference=reference), created=False)
    return done if isinstance(done, Refused) else Opened(Case.objects.get(instance=done.instance), created=True)
