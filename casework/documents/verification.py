"""Are the documents of a case those that its history tells of, with the content that they had?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

from audit.reading import Row
from audit.sealed_values import opened_text_or_words
from orchestration.documents import store
from orchestration.shell.verification.cases import Case, with_every_verification
from orchestration.shell.verification.told import Told, on_fact

FACTS: Final = ("document", "name", "digest", "size", "kind", "pages", "level")
DOCUMENTS: Final = """
select c.instance_id, d.id, d.name, d.digest, d.size, d.kind, d.pages, d.level
from casework_document d join casework_case c on c.id = d.case_id where c.instance_id = any(%s)
"""


def _added(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if not detail.get("erased"):
        told.notes.setdefault("documents", {})[str(detail["document"])] = [detail[name] for name in FACTS]


def documents_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for what rows and store say otherwise than the histories."""
    rows: dict[int, dict[str, list[Any]]] = {}
    for number, *row in cursor.execute(DOCUMENTS, [list(cases)], binary=True).fetchall():
        row[1] = opened_text_or_words(row[1])
        rows.setdefault(number, {})[str(row[0])] = row
    for number, case in cases.items():
        told, there = case.told.notes.get("documents", {}), rows.get(number, {})
        for key in sorted(told.keys() | there.keys(), key=int):
            if told.get(key) != there.get(key):
                yield number, f"document {key} is not what the history tells of it"
            elif said := _wrong_with(there[key][2]):
                yield number, f"the content of document {key} {said}"


def _wrong_with(digest: str) -> str:
    """What is wrong with a content; empty where it is what it was."""
    try:
        store.content_of(digest)
    except store.Damaged:
        return "is gone, or is not what was added"
    except store.Away:
        return "could not be looked at: where documents are kept does not answer"
    return ""


def hang_in() -> None:
    if documents_apart not in with_every_verification:
        on_fact(_added, "document.added")
        with_every_verification.append(documents_apart)
