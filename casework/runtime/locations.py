"""Where does an embedded service keep its files, and where is it reached?

Everything follows from the state folder, so that any process finds the running services without asking.
Standard library only: the settings import this module.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
INSTALLED = Path(__file__).resolve().parents[1] / "product"
"""The files of the product beside the code, as `pip install` lays them down (pyproject.toml maps them there)."""
IS_INSTALLED = INSTALLED.is_dir()
ROOT = INSTALLED if IS_INSTALLED else CHECKOUT
"""Has `templates/`, `static/`, `docs/` and the front end's lock file; it may be read-only when installed."""


@dataclass(frozen=True, slots=True)
class Locations:
    """The places of one running product. `sockets` is short whatever the length of `state`.

    A unix socket's path may have about 100 bytes, so sockets stand in a folder of their own under /tmp.
    """

    state: Path
    sockets: Path

    @property
    def mark(self) -> str:
        """Tells this state folder from others, in a few letters."""
        return _mark_of(self.state)

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def ailing(self) -> Path:
        """Which programs do not stay up, as JSON: name to words. Not there while all do."""
        return self.state / "ailing.json"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

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


def _mark_of(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]


def locations(state: Path | None = None) -> Locations:
    """The locations below `state` (default: CASEWRIGHT_STATE, else as `own_state` says)."""
    folder = Path(state or os.environ.get("CASEWRIGHT_STATE") or own_state()).resolve()
    sockets = Path(f"/tmp/casewright-{os.getuid()}-{_mark_of(folder)}")  # noqa: S108
    return Locations(state=folder, sockets=sockets)


def own_state() -> Path:
    """`.state` in a checkout; when installed a folder of the user's (XDG Base Directory Specification 0.8)."""
    if not IS_INSTALLED:
        return CHECKOUT / ".state"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "casewright"


def vendor_folder() -> Path:
    """Where the front end's files of npm stand: in the checkout, or with the state when installed."""
    return locations().state / "frontend" / "vendor" if IS_INSTALLED else CHECKOUT / "static" / "vendor"


def embedded_database_is_missing() -> bool:
    """Whether the product would use the embedded database, and it is not there."""
    return not os.environ.get("DATABASE_URL") and not locations().postgres_socket.exists()
