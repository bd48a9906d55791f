"""What of a case is nobody shown until people have said what they think by themselves?

In a share of cases a question is put first without what a machine says, or with what it did not say
(`orchestration.casetypes.asked_first`). Until it is answered what the machine says is there for nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from audit.selectors import Entry
from casework.models import FirstAnswer
from orchestration.agents.checking import AS_IT_IS, Put
from orchestration.casetypes.case_type import CaseType
from orchestration.view.state import INSTANCE_ENDED, State

Json = Any
DECIDED: Final = "engine.DecisionEvaluated"


def as_read(case_type: CaseType, instance: int, state: State) -> CaseType:
    """The case type as it says what readers of this case may see now. A statement more where its case is of the
    share and the question is open."""
    first, root = case_type.asked_first, state.root
    if first is None or not first.put(instance, root.variables, root.state in INSTANCE_ENDED).check:
        return case_type
    if first.readers is None or FirstAnswer.objects.filter(instance=instance).exclude(put="").exists():
        return case_type
    return replace(case_type, classification=first.readers)


def tells_withheld(read: CaseType, entry: Entry) -> bool:
    """Whether an event is a decision that looked at what is withheld: its rule would tell it."""
    if not read.classification.withheld or entry.action != DECIDED:
        return False
    inputs = entry.detail.get("inputs") or {}
    return any(place.partition(".")[0] in inputs for place in read.classification.withheld)


def put_now(read: CaseType, instance: int, data: Mapping[str, Json]) -> Put:
    """How the question is put now in a case that is read so; `data`: of its root, in clear."""
    first = read.asked_first
    return AS_IT_IS if first is None or not read.classification.withheld else first.put(instance, data)
