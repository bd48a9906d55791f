"""Where does a system stand that connectors name, rather than spell out?

The same connector is tried against one system and used against another: its file may name a server, whose address is
set where the product runs (`CASEWRIGHT_SERVER_NAME=https://orders.example`).
"""

from __future__ import annotations

import os
import re
from typing import Final

NAME: Final = "^[a-z][a-z0-9-]{0,63}$"
PREFIX: Final = "CASEWRIGHT_SERVER_"


class ServerUnknown(LookupError):
    """No address is set for a server of this name; the message is for administrators."""


def server_address(name: str) -> str:
    """The address of the server, without a slash at its end. Raises ServerUnknown."""
    if not re.fullmatch(NAME, name):
        raise ServerUnknown(f"{name!r} is no name of a server: small letters, digits and hyphens make one.")
    found = os.environ.get(variable(name), "").rstrip("/")
    if not found:
        raise ServerUnknown(f"No address is set for the server {name!r}. Set {variable(name)}.")
    return found


def variable(name: str) -> str:
    """The variable of the environment that holds it."""
    return PREFIX + name.upper().replace("-", "_")
