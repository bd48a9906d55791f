"""`python -m casework.runtime.stand_ins --folder FOLDER (--listener FD | --port PORT) [--only SYSTEM]`

Serve until told to end: all systems, or one.
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from pathlib import Path

from casework.runtime.stand_ins.faults import SYSTEMS
from casework.runtime.stand_ins.server import serve
from casework.runtime.stand_ins.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--listener", type=int, help="an open socket that listens")
    where.add_argument("--port", type=int)
    parser.add_argument("--only", choices=SYSTEMS, help="the one system that it answers for")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    given = options.listener is not None
    listener = socket.socket(fileno=options.listener) if given else socket.create_server(("127.0.0.1", options.port))
    serve(Store(options.folder / "stand-ins.sqlite"), listener, options.only)


main()
