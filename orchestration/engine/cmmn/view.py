"""What can be seen of a case from outside?

For scenario runs, pages and the shell: the case file's content and what may be planned at this moment, by whom. Nothing
here changes anything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orchestration.engine.cmmn import planning
from orchestration.engine.cmmn.behaviour import CaseBehaviour
from orchestration.engine.cmmn.model import CaseModel
from orchestration.engine.cmmn.run import Run
from orchestration.engine.library import Library
from orchestration.engine.state import Instance, State
from orchestration.engine.step import Step

Json = Any


def file(model: CaseModel, instance: Instance) -> dict[str, Json]:
    """The content of each case file item that is there, by name."""
    names = (item.name for item in model.files.values())
    return {name: instance.variables[name] for name in names if name in instance.variables}


def discretionary(library: Library, state: State, instance: int, now: datetime) -> list[dict[str, Json]]:
    """What may be planned now: {"id" of the discretionary item, "name", "def", "roles" (any of them; empty: anybody),
    "parent": the item whose planning table offers it, None for the case}."""
    step = Step(library, state.working(), now, {"case": CaseBehaviour()})
    return [
        {
            "id": offer.node.id,
            "name": offer.node.name,
            "def": offer.node.definition,
            "roles": sorted(offer.role_names),
            "parent": offer.holder,
        }
        for offer in planning.offers(Run.of(step, instance))
    ]
