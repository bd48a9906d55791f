"""Which kinds of actors are declared in a file that administrators bring, and is such a file sound?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any, Final

from orchestration.actors.kinds.files import FileRefused, read_file
from orchestration.actors.kinds.text_model.schemas import Schemas


@dataclass(frozen=True, slots=True)
class FileKind:
    """`faults`: what tells all that is wrong with a file of the kind, a sentence each. `card`: what is declared of an
    actor of the kind where nobody has said otherwise."""

    words: str
    faults: str
    card: Mapping[str, Any] = field(default_factory=dict)


FILE_KINDS: Final = {
    "agent": FileKind("an agent", "orchestration.actors.kinds.agent.file:agent_faults", {"leaves": True}),
    "a2a": FileKind(
        "an agent outside (A2A)", "orchestration.actors.kinds.remote_agent.file:remote_faults", {"leaves": True}
    ),
    "http": FileKind("another system over HTTP", "orchestration.actors.kinds.http_connector.file:connector_faults"),
    "soap": FileKind("another system over SOAP", "orchestration.actors.kinds.soap.file:soap_faults"),
    "sql": FileKind("a database (SQL)", "orchestration.actors.kinds.sql.file:sql_faults"),
    "language-model": FileKind(
        "a language model",
        "orchestration.actors.kinds.language_model.file:language_faults",
        {"source": "language-model", "leaves": True},
    ),
    "document-intelligence": FileKind(
        "a reader of documents at Azure AI Document Intelligence",
        "orchestration.actors.kinds.document_intelligence.file:azure_faults",
        {"source": "vendor", "leaves": True, "clearance": "internal"},
    ),
    "gist": FileKind("the gist of a document", "orchestration.actors.kinds.reader.gist:gist_faults"),
    "mcp": FileKind("a tool of an MCP server", "orchestration.actors.kinds.tool_server.file:tool_faults"),
    "knowledge": FileKind("the knowledge base", "orchestration.actors.kinds.knowledge.file:finder_faults"),
    "support": FileKind("the check of sources", "orchestration.actors.kinds.knowledge.file:checker_faults"),
    "served-model": FileKind("a model served elsewhere", "orchestration.actors.kinds.served_model.file:served_faults"),
}


def file_faults(kind: str, content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it may become a version."""
    if kind not in FILE_KINDS:
        return [f"{kind!r} is no kind of connector; {', '.join(FILE_KINDS)} are."]
    found: list[str] = resolve_name(FILE_KINDS[kind].faults)(content)
    return found


def file_schemas(kind: str, content: bytes) -> Schemas | None:
    """What goes in and comes out, as the file says; None where it is no such file."""
    try:
        given = read_file(content) if kind in FILE_KINDS else None
    except FileRefused:
        return None
    return None if given is None else Schemas(given.get("input", {}), given.get("output", {}))


def file_fault(kind: str, content: bytes) -> str:
    """The same in one text; empty where the file is sound."""
    return " ".join(file_faults(kind, content))
