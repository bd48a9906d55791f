"""What are the people and machines called that a history names by id?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from audit.db.sql import cursor

Names = Mapping[str, str]
"""By actor as the history names it: "person:anna", "model:intent"; and by "kind:intent" of which kind a machine is."""

NAMED = """
select 'person:' || username, coalesce(nullif(trim(first_name || ' ' || last_name), ''), username)
from auth_user where username = any(%(people)s)
union all select unnest(array['model:' || key, 'kind:' || key]), unnest(array[name, kind])
from orchestration_actor where key = any(%(actors)s)
"""


def staff_as(instead: str, names: Names) -> Names:
    """The same names, with one for all people: who works here is nothing to whom a text is for, which machine is."""
    return {actor: instead if actor.startswith("person:") else name for actor, name in names.items()}


def machines_in(details: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The machines that events speak of beside who acted: who was called, passed over, moved from and to."""
    for detail in details:
        passed = (detail.get("route") or {}).get("passed") or {}
        for key in (*(detail.get(name) for name in ("actor", "from", "to")), *passed):
            if isinstance(key, str):
                yield f"model:{key}"


def actor_names(actors: Iterable[str]) -> Names:
    """Their names, in one statement; who is not there any more is left out."""
    named = set(actors)
    of = {kind: [each.removeprefix(kind) for each in named if each.startswith(kind)] for kind in ("person:", "model:")}
    if not any(of.values()):
        return {}
    with cursor() as plain:
        return dict(plain.execute(NAMED, {"people": of["person:"], "actors": of["model:"]}).fetchall())
