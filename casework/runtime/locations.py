"""Where does an embedded service keep its files, and where is it reached?

Everything follows from the state folder, so that any process finds the running services without asking.
Standard library only: the settings import this module.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Locations:
    """The places of one running product. `sockets` is short whatever the length of `state`.

    A unix socket's path may have about 100 bytes, so sockets stand in a folder of their own under /tmp.
    """

    state: Path
    sockets: Path

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def database_url(self) -> str:
        return f"postgresql://casewright@/casewright?host={self.sockets}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.valkey_socket}"


def locations(state: Path | None = None) -> Locations:
    """The locations below `state` (default: CASEWRIGHT_STATE, else `.state` in the checkout)."""
    folder = Path(state or os.environ.get("CASEWRIGHT_STATE") or ROOT / ".state").resolve()
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]
    return Locations(state=folder, sockets=Path(f"/tmp/casewright-{os.getuid()}-{mark}"))  # noqa: S108


def embedded_database_is_missing() -> bool:
    """Whether the product would use the embedded database, and it is not there."""
    return not os.environ.get("DATABASE_URL") and not locations().postgres_socket.exists()
