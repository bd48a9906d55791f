"""Which hosts are on the list, and who put them there?

Each change is a fact on the chain of rules, roles and actors, against which the rows are verified.
"""

from __future__ import annotations

from django.db import transaction

from audit.services import Fact, Origin, record_control
from orchestration.actors.hosts.addresses import HIGHEST_PORT, HostRefused, Listed, plain_host
from orchestration.ground import clock
from orchestration.ground.refusals import NO_SUCH, Refused
from orchestration.models import AllowedHost

MOST: int = 500


def listed_hosts() -> tuple[Listed, ...]:
    """The list as it is now; one statement."""
    return tuple(Listed(*row) for row in AllowedHost.objects.values_list("host", "port", "private"))


def host_allow(
    host: str, port: int | None, *, private: bool = False, note: str = "", origin: Origin
) -> AllowedHost | Refused:
    """Put a host on the list, or change what its entry says."""
    try:
        name = plain_host(host)
    except HostRefused as refused:
        return Refused("host", str(refused), {"host": str(refused)})
    if port is not None and not 0 < port <= HIGHEST_PORT:
        wrong = f"A port is a number from 1 to {HIGHEST_PORT}."
        return Refused("port", wrong, {"port": wrong})
    with transaction.atomic():
        row = AllowedHost.objects.select_for_update().filter(host=name, port=port).first()
        if row is None and AllowedHost.objects.count() >= MOST:
            return Refused("full", f"The list holds {MOST} hosts already.")
        if row is not None and (row.private, row.note) == (private, note[:200]):
            return row
        row, _ = AllowedHost.objects.update_or_create(
            host=name, port=port, defaults={"private": private, "note": note[:200]}
        )
        _tell({"host": name, "port": port, "private": private, "note": row.note}, origin)
    return row


def host_forget(pk: int, origin: Origin) -> AllowedHost | Refused:
    """Take a host off the list: the next call to it is refused."""
    with transaction.atomic():
        row = AllowedHost.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            return Refused(NO_SUCH, "This host is not on the list, or not any more.")
        row.delete()
        _tell({"host": row.host, "port": row.port, "removed": True}, origin)
    return row


def _tell(detail: dict[str, object], origin: Origin) -> None:
    record_control([Fact("host.changed", detail)], origin, clock.utc_now())
