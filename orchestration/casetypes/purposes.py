"""Can what may be read for some purposes only be read by anybody, and does no list know of it?

Lists and the search go by clearance alone, so what is bound to a purpose (`x-purposes`, and `purposes` of a case
type's documents) stands in neither: it is read on the case, by who looks for that. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestration.casetypes.files import MANIFEST
from orchestration.privacy.classification import LEVELS, pointer_of

if TYPE_CHECKING:
    from orchestration.casetypes.case_type import CaseType


def purpose_faults(made: CaseType) -> Iterator[str]:
    """A sentence for each place that lists know and that is bound to a purpose, for documents that are public and bound
    to one, and for each purpose that nobody looks for."""
    for field in made.listed:
        bound = made.classification.rule(pointer_of(field.path)).purposes
        if bound:
            told = ", ".join(sorted(bound))
            yield f"{MANIFEST}, list: {field.path} may be read for {told} only, so no list can know of it."
    if made.document_purposes and made.document_level == LEVELS[0]:
        yield f"{MANIFEST}, documents: they are public, which is for any purpose, and name some purposes only."
    for purpose in sorted(_wanted(made) - _looked_for(made)):
        yield f"{MANIFEST}, roles: nobody looks for {purpose!r}, for which alone a field or a document may be read."


def _wanted(made: CaseType) -> frozenset[str]:
    return made.document_purposes.union(*(rule.purposes for rule in made.classification.paths.values()))


def _looked_for(made: CaseType) -> set[str]:
    of_machines = {one.purpose for one in made.capabilities.values()}
    return of_machines.union(*(role.purposes for role in made.roles))
