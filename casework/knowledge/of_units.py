"""For whom is a document of the knowledge base that belongs to a business unit?

For who holds anything in the unit, above it or below it, and for the machines that work on a case of the unit or below.
It is asked in each statement that looks into the knowledge base, so that it is as of that moment.
"""

from __future__ import annotations

from typing import Final, LiteralString

from django.contrib.auth.models import User
from django.db.models import Q

from casework.access import permissions
from casework.access.reach import EVERYWHERE
from casework.access.unit_models import BusinessUnit
from orchestration.knowledge.statements import with_every_search
from orchestration.models import KnowledgeDocument

_IN_REACH: Final[LiteralString] = """exists (
    select from casework_businessunit b where b.key = d.unit and (
        exists (select from casework_case f where f.instance_id = %(instance)s and b.id = any(f.units))
        or exists (select from auth_user u where u.id = %(person)s and u.is_superuser)
        or exists (select from casework_sight s left join casework_businessunit h on h.id = s.unit_id
                   where s.person_id = %(person)s
                         and (s.unit_id = 0 or s.unit_id = any(b.path) or b.id = any(h.path)))))"""


def hang_in() -> None:
    if _IN_REACH not in with_every_search:
        with_every_search.append(_IN_REACH)


def in_reach(user: User) -> Q:
    """Of documents: those that belong to no unit, or to one for whose documents this person is."""
    sight = permissions.reach_seen(user).sight
    if EVERYWHERE in sight:
        return Q()
    above = {one for path in BusinessUnit.objects.filter(pk__in=sight).values_list("path", flat=True) for one in path}
    keys = BusinessUnit.objects.filter(Q(path__overlap=sorted(sight)) | Q(pk__in=above)).values("key")
    return Q(unit="") | Q(unit__in=keys)


def documents_of(unit: BusinessUnit) -> bool:
    """Whether the knowledge base has documents of this unit that are not withdrawn."""
    return KnowledgeDocument.objects.filter(unit=unit.key, withdrawn=None).exists()
