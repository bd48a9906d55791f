"""Is the list of hosts that connectors may call the one that the chain of rules, roles and actors tells of?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestration.models import AllowedHost
from orchestration.shell.verification.change import Change


def hosts_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each host that stands on the list otherwise than its last change says."""
    told: dict[tuple[str, int | None], tuple[bool, str] | None] = {}
    for change in changes:
        if change.action == "host.changed":
            detail = change.detail
            kept = None if detail.get("removed") else (detail["private"], detail["note"])
            told[detail["host"], detail["port"]] = kept
    for row in AllowedHost.objects.order_by("host", "port"):
        kept = told.pop((row.host, row.port), None)
        if kept is None:
            yield f"{row} may be called, though nobody put it on the list"
        elif kept != (row.private, row.note):
            yield f"{row} is on the list otherwise than it was put there"
    for (host, port), kept in told.items():
        if kept is not None:
            yield f"{host}{'' if port is None else f':{port}'} was put on the list, but is gone"
