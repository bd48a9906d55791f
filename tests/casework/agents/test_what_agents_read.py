"""Is it known which answers of agents rest on a document that proves wrong?"""

from __future__ import annotations

from collections.abc import Callable

from audit.services import Origin
from casework.models import Case
from orchestration.knowledge.register import index, knowledge_add
from orchestration.knowledge.uses import uses_of
from orchestration.models import KnowledgeDocument

ADA = Origin("person:ada")


def test_what_an_agent_has_read_is_noted_with_its_answer_so_that_its_case_is_told_when_that_proves_wrong(
    upset: Callable[..., Case],
) -> None:
    row = knowledge_add(
        name="Calls", content=b"Call an upset customer on the same day.", level="internal", groups=(), by=ADA
    )
    assert isinstance(row, KnowledgeDocument)
    index(row.pk)
    case = upset("by itself", message="I am an upset customer. Call me on the same day!")
    (use,) = uses_of(row)
    assert (use.instance, use.capability, use.cited) == (case.instance_id, "consider-steps", True)
