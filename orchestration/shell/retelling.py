"""How are state and data of a case rewritten when an order has taken something out of its history?

What the events lead to now, written over what the row has. Nothing is decided, and nothing happens in the case.
"""

from __future__ import annotations

from audit.reading import links_upto
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.codec import encode
from orchestration.models import Instance
from orchestration.shell.sealing import seal_of
from orchestration.shell.verification.told import Told

ALL = 2**31 - 1


def retell(instance: int, case_type: CaseType) -> Told:
    """Of a case that the caller has locked; what its history tells."""
    told = Told(instance)
    for link in links_upto(instance, ALL):
        told.read(link)
    seal = seal_of(instance)
    items, _ = encode(told.state)
    data, _ = told.state.root.variables.encode()
    Instance.objects.filter(pk=instance).update(items=seal(items), data=seal(data))
    return told
