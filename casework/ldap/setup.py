"""Which LDAP directory keeps people here, and how is it asked? What the environment says.

The settings import this module: nothing of Django's apps is needed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_SECONDS: Final = re.compile("[1-9][0-9]{0,6}")
ISSUER: Final = "ldap"
"""Under which its people's ids stand with identities, whichever server answers and wherever they stand in it."""


@dataclass(frozen=True, slots=True)
class Directory:
    """`address`: ldaps://, or ldap:// with `starttls`; in clear to this machine alone.

    `who` and `password`: as whom we read. `people` and `groups`: where they stand (base DN), each with the filter that
    says which of them; `name`, `id`, `member`: the attributes for sign-in names, for what never changes about
    somebody, and for who is in a group. `every`: seconds from one look to the next.
    """

    address: str
    people: str
    people_filter: str = "(objectClass=inetOrgPerson)"
    name: str = "uid"
    id: str = "entryUUID"
    groups: str = ""
    groups_filter: str = "(objectClass=groupOfNames)"
    member: str = "member"
    who: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    ca: str = ""
    every: int = 3600


def directory_of(env: Any) -> Directory | None:
    """As the environment says; None where no directory is named. Raises ImproperlyConfigured."""
    address = env.str("CASEWRIGHT_LDAP", default="")
    if not address:
        return None
    every = env.str("CASEWRIGHT_LDAP_EVERY", default="3600")
    if not _SECONDS.fullmatch(every):
        raise ImproperlyConfigured("CASEWRIGHT_LDAP_EVERY is a number of seconds, such as 3600")
    given = {
        name: env.str(f"CASEWRIGHT_LDAP_{name.upper()}", default="")
        for name in ("people", "people_filter", "name", "id", "groups", "groups_filter", "member", "ca")
    }
    found = Directory(
        address=address, who=env.str("CASEWRIGHT_LDAP_WHO", default=""),
        password=env.str("CASEWRIGHT_LDAP_PASSWORD", default=""),
        starttls=env.bool("CASEWRIGHT_LDAP_STARTTLS", default=False),
        every=int(every),
        **{"people": "", **{name: value for name, value in given.items() if value}},
    )  # fmt: skip
    if wrong := _wrong(found):
        raise ImproperlyConfigured(wrong)
    return found


def _wrong(found: Directory) -> str:
    try:
        parts = urlsplit(found.address)
        is_address = parts.port != 0
    except ValueError:  # a host in brackets that is none, or a port beyond the last
        is_address = False
    if (
        not is_address
        or parts.scheme not in ("ldap", "ldaps")
        or not parts.hostname
        or parts.path.strip("/")
        or parts.username
    ):
        return "CASEWRIGHT_LDAP is an address such as ldaps://directory.example"
    if parts.scheme == "ldap" and not found.starttls and not _is_here(parts.hostname):
        return "Passwords go to a directory over ldaps://, or with CASEWRIGHT_LDAP_STARTTLS=yes, only"
    if not found.people:
        return "CASEWRIGHT_LDAP_PEOPLE says where people stand in the directory, such as ou=people,dc=example,dc=org"
    if found.who and not found.password:
        return "CASEWRIGHT_LDAP_WHO needs CASEWRIGHT_LDAP_PASSWORD: without one, a directory takes anybody for nobody"
    return ""


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
