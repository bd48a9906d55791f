"""Does the knowledge base hold the documents that the chain of rules, roles and actors tells of, as they were added?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestration.knowledge.register import told
from orchestration.models import KnowledgeDocument
from orchestration.shell.verification.change import Change


def knowledge_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each document that is otherwise than its last change says."""
    added, withdrawn = {}, {}
    for change in changes:
        if change.action == "knowledge.added":
            added[change.detail["document"]] = change.actor, change.detail
        elif change.action == "knowledge.withdrawn":
            withdrawn[change.detail["document"]] = change.at
    for row in KnowledgeDocument.objects.order_by("pk"):
        if added.pop(row.pk, None) != (row.by, told(row)):
            yield f"{row} is not what was added, or nobody added it"
        if withdrawn.get(row.pk) != row.withdrawn:
            yield f"{row} is withdrawn otherwise than its last change says"
    for key in added:
        yield f"the document {key} of the knowledge base was added, but is gone"
