"""A directory for tests: a real slapd of the test's own, changed as its owner changes it."""

from __future__ import annotations

from typing import Any

import ldap3

from casework.ldap.setup import Directory
from casework.runtime.demo_systems.people_server import GROUPS, OWNER, PASSWORD, PEOPLE, READER, PeopleServer


def directory_at(server: PeopleServer, **other: Any) -> Directory:
    """As the environment would name it."""
    given: dict[str, Any] = {
        "address": server.address, "people": PEOPLE, "groups": GROUPS, "who": READER, "password": server.password,
    }  # fmt: skip
    return Directory(**given | other)


class Owner:
    """Who changes the directory."""

    def __init__(self, server: PeopleServer) -> None:
        self.connection = ldap3.Connection(
            ldap3.Server("127.0.0.1", server.port, get_info=ldap3.NONE), OWNER, server.password, auto_bind=True
        )

    def hires(self, uid: str, password: str = PASSWORD, **more: str) -> None:
        given = {"uid": uid, "cn": uid, "sn": uid.title(), "userPassword": password} | more
        self._did(self.connection.add(f"uid={uid},{PEOPLE}", "inetOrgPerson", given))

    def lets_go(self, uid: str) -> None:
        self._did(self.connection.delete(f"uid={uid},{PEOPLE}"))

    def sets(self, uid: str, name: str, value: str) -> None:
        self._did(self.connection.modify(f"uid={uid},{PEOPLE}", {name: [(ldap3.MODIFY_REPLACE, [value])]}))

    def puts(self, group: str, *uids: str) -> None:
        """These are in the group, and nobody else."""
        members = [f"UID={uid}, {PEOPLE}" for uid in uids]
        self._did(self.connection.modify(f"cn={group},{GROUPS}", {"member": [(ldap3.MODIFY_REPLACE, members)]}))

    def moves(self, uid: str, to: str) -> None:
        """They are called otherwise: their entry has another name."""
        self._did(self.connection.modify_dn(f"uid={uid},{PEOPLE}", f"uid={to}"))

    def _did(self, done: bool) -> None:
        assert done, self.connection.result
