"""How is a case opened by an agent, from the case on which it works, and how do the two know of each other?

As any case is (`intake`), under the reference of the case that it comes from, so that the same is opened once; with the
last document of that case, in its business unit. Both histories keep the link, so that it is as verifiable as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit.services import Fact
from casework.access.units import key_of
from casework.documents.models import Document
from casework.documents.services import File
from casework.intake.services import case_open
from casework.models import Case
from orchestration.agents.opening import Begun, Wanted, nested, openers
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.documents import store
from orchestration.documents.kinds import KINDS
from orchestration.ground.refusals import Refused
from orchestration.models import Definition
from orchestration.shell import services

LINKED: Final = "case.linked"
UNKNOWN: Final = Refused("unknown", "There is no such case type here.")
DENIED: Final = Refused("denied", "The agent has none of the roles that may open such cases.")


def opened(wanted: Wanted) -> Begun | Refused:
    """Open it and link both, in the transaction that is open and on whose behalf the agent acts."""
    model = _newest(wanted.case_type)
    if model is None:
        return UNKNOWN
    if not set(wanted.roles) & set(model.may_open):
        return DENIED
    case = Case.objects.select_related("instance", "unit").get(instance=wanted.instance)
    found = case_open(
        by=None, case_type=wanted.case_type, reference=case.reference, source=case.case_type, data=nested(wanted.data),
        file=_document(case, model), origin=wanted.origin, unit=key_of(case.unit),
    )  # fmt: skip
    if isinstance(found, Refused):
        return Refused(found.code, " ".join([found.message, *map(_said, found.errors.items())])[:500])
    if found.created:
        _link(case, found.case, wanted)
    return Begun(found.case.pk, found.case.reference, found.created)


def _said(error: tuple[str, str]) -> str:
    return f"{error[0]}: {error[1]}"


def _newest(key: str) -> CaseType | None:
    found = Definition.objects.filter(key=key).order_by("-version").first()
    return None if found is None else by_definition(found.pk)


def _document(case: Case, model: CaseType) -> File | None:
    """The last document of the case, as it was looked at when it came; none where the other case would keep it for more
    purposes than this one does."""
    row = Document.objects.filter(case=case).exclude(kind="email").order_by("-pk").first()
    bound = by_definition(case.instance.definition_id).document_purposes
    opens = bool(bound) and not (model.document_purposes and model.document_purposes <= bound)
    if row is None or opens or not model.document_level:
        return None
    return File(row.name, store.content_of(row.digest), KINDS[row.kind], row.pages)


def _link(case: Case, other: Case, wanted: Wanted) -> None:
    """Each history names the other case."""
    ways: Sequence[tuple[Case, Case, str]] = ((case, other, "opened from here"), (other, case, "opened from there"))
    for here, there, how in ways:
        detail = {"case": there.pk, "case_type": there.case_type, "reference": there.reference, "how": how}
        services.record(here.instance_id, [Fact(LINKED, detail)], wanted.origin)


def hang_in() -> None:
    if opened not in openers:
        openers.append(opened)
