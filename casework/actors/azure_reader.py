"""Which actor has documents read by Azure AI Document Intelligence, before the reader of this machine?

A second actor of `read-document` with a lower rank, so that it is asked first; where it fails, the next try goes to the
reader that ships. What it is cleared for stands on its card: a document that is more secret is not sent.
"""

from __future__ import annotations

from typing import Any, Final

from audit.services import Origin
from casework.actors.shipped import made
from orchestration.actors.registry import actor_change, actor_enable
from orchestration.models import Actor

KEY: Final = "azure-document-reader"
BEFORE: Final = -1
"""Its rank: that of the reader that ships is 0."""
REASON: Final = "Documents are to be read elsewhere, or here again (manage.py azure_reader)."
DOCUMENT: Final[dict[str, Any]] = {
    "key": KEY,
    "name": "Document reader (Azure AI Document Intelligence)",
    "kind": "document-intelligence",
    "origin": "Azure AI Document Intelligence; without a resource of yours the stand-in for it",
    "card": {
        "source": "vendor",
        "purpose": "Reads documents, and finds in them what an invoice says.",
        "limits": "The first five pages. The stand-in reads by the programs of this machine and tells it in the "
        "service's shape. A resource of Microsoft's was not tried.",
        "failures": "Where it fails, the reader of this machine is asked next.",
        "procedure": "See docs/systems.md. CASEWRIGHT_SERVER_AZURE_DOCUMENTS and a secret point it at a resource.",
        "clearance": "confidential",
        "leaves": True,
    },
    "file": {
        "capability": "read-document",
        "title": "Read a document",
        "server": "azure-documents",
        "url": "/",
        "auth": {"header": {"name": "Ocp-Apim-Subscription-Key", "secret": "azure-documents-key"}},
        "model": "prebuilt-invoice",
        "api-version": "2024-11-30",
        "timeout": 120,
    },
}


def azure_reader(on: bool, origin: Origin) -> str:
    """Have documents read there first, or by the reader of this machine alone; who is asked first now."""
    if not Actor.objects.filter(key=KEY).exists():
        if not on:
            return "document-reader"
        made(DOCUMENT)
        actor_change(KEY, {"rank": BEFORE}, origin)
    actor_enable(KEY, on, origin, REASON)
    return KEY if on else "document-reader"
