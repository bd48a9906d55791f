"""Where do the stand-ins listen, and how do connectors know?"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

AFTER: Final = 100
HERE: Final = "127.0.0.1"
STAND_IN_HOST: Final = "stand-in.localhost"
"""A name that leads to this machine and nowhere else (RFC 6761): what is allowed for it is allowed for nothing else."""
STAND_IN: Final = "CASEWRIGHT_SERVER_STAND_IN"
"""The variable that holds their address, for connectors whose file says `server: stand-in`."""
SALESFORCE: Final = "CASEWRIGHT_SERVER_SALESFORCE"
SALESFORCE_CLIENT: Final = "CASEWRIGHT_SECRET_SALESFORCE_CLIENT"
SALESFORCE_SECRET: Final = "CASEWRIGHT_SECRET_SALESFORCE_SECRET"  # noqa: S105 - a name
"""Where an org is and who asks it: a real one, where somebody has set it, else the stand-in with the demo's words."""
AZURE_DOCUMENTS: Final = "CASEWRIGHT_SERVER_AZURE_DOCUMENTS"
AZURE_DOCUMENTS_KEY: Final = "CASEWRIGHT_SECRET_AZURE_DOCUMENTS_KEY"
AZURE_OPENAI: Final = "CASEWRIGHT_SERVER_AZURE_OPENAI"
AZURE_OPENAI_KEY: Final = "CASEWRIGHT_SECRET_AZURE_OPENAI_KEY"
POLICY: Final = "CASEWRIGHT_SERVER_POLICY"
"""Where the policy system is; it asks for no words."""
SHOP_DATABASE: Final = "CASEWRIGHT_SECRET_SHOP_DATABASE"
"""The connection string of the made-up shop's database, for connectors whose file says `database: shop-database`."""
BOTS: Final = "bots.json"
"""In the state folder: the tokens of the bots that type into the stand-ins' forms."""
DISTURBED: Final = "CASEWRIGHT_DISTURBED"
"""The file that says which actors are made slow or wrong (`orchestration.actors.disturbed`)."""
OF_THE_DEMO: Final = {SALESFORCE_CLIENT: "stand-in-client", SALESFORCE_SECRET: "stand-in-client-secret"}
BY_SERVER: Final = {
    SALESFORCE: OF_THE_DEMO,
    AZURE_DOCUMENTS: {AZURE_DOCUMENTS_KEY: "stand-in-documents-key"},
    AZURE_OPENAI: {AZURE_OPENAI_KEY: "stand-in-openai-key"},
    POLICY: {},
}
"""The services that a stand-in follows, each with the words by which the demo is let in."""


def connected(address: str) -> dict[str, str]:
    """What connectors have to know to find the stand-ins at this address."""
    known = {STAND_IN: address}
    for server, words in BY_SERVER.items():
        if not os.environ.get(server):
            known |= {server: address, **words}
    return known


@dataclass(frozen=True, slots=True)
class StandIns:
    """The systems that the demo calls: the socket on which they listen, which outlives them, and their folder."""

    listener: socket.socket
    folder: Path
    shop: str = ""
    """The connection string of the made-up shop's database; empty where there is none."""

    @property
    def address(self) -> str:
        return f"http://{STAND_IN_HOST}:{self.listener.getsockname()[1]}"

    def known(self) -> dict[str, str]:
        """What the product's programs have to know to find them."""
        more = {SHOP_DATABASE: self.shop} if self.shop else {}
        return connected(self.address) | more | {DISTURBED: str(self.folder / "disturbed.json")}

    def arguments(self) -> list[str]:
        """Of the Python that runs them."""
        listener = str(self.listener.fileno())
        return ["-m", "casework.runtime.stand_ins", "--folder", str(self.folder), "--listener", listener]

    def bots(self, url: str) -> list[str]:
        """Of the Python that runs the bots which type into them; empty where nobody has made them known."""
        tokens = self.folder / BOTS
        return ["-m", "casework.bots.house", "--url", url, "--tokens", str(tokens)] if tokens.exists() else []


def stand_ins_near(port: int, folder: Path) -> StandIns | None:
    """The stand-ins at the hundredth port from this one, or at any where that is taken; none in production."""
    if os.environ.get("CASEWRIGHT_ENV") == "production":
        return None
    for wanted in (port + AFTER, 0):
        with suppress(OSError, OverflowError):
            return StandIns(socket.create_server((HERE, wanted)), folder)
    return None
