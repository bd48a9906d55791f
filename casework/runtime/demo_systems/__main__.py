"""`python -m casework.runtime.demo_systems [--port PORT] [--fresh]`: set Tryton up once, and serve it until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from casework.runtime.demo_systems import books
from casework.runtime.demo_systems.environment import Environment, Tryton
from casework.runtime.demo_systems.gateway import server
from casework.runtime.demo_systems.ledger import Ledger
from casework.runtime.demo_systems.rpc import Erp
from casework.runtime.processes import ServiceFailed

READY = """
  Tryton is ready, with the suppliers and orders of the sample invoices. Let the product work with it:

    CASEWRIGHT_SERVER_ERP=http://erp.localhost:{port} make run
    make manage ARGS="real_erp on"        (and "real_erp off" to go back to the stand-in)

  Ctrl-C stops it; its data is kept in {folder}.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8290, help="of the gateway; Tryton listens at the next one")
    parser.add_argument("--fresh", action="store_true", help="begin with a new database")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    here = Environment()
    try:
        serve(here, options.port, fresh=options.fresh)
    except ServiceFailed as failure:
        print(f"The demo's systems cannot run: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def serve(here: Environment, port: int, *, fresh: bool) -> None:
    print("Setting Tryton up (the first time takes some minutes)", flush=True)
    here.install()
    here.postgres.start()
    tryton = Tryton(here, port + 1)
    try:
        ledger = begun(here, tryton, fresh=fresh)
        gateway = server(ledger, port)
        print(READY.format(port=port, folder=here.folder), flush=True)
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        signal.pause()
    finally:
        tryton.stop()
        here.postgres.stop()


def begun(here: Environment, tryton: Tryton, *, fresh: bool) -> Ledger:
    """Tryton running, its books filled where they are new."""
    here.make_template()
    new = fresh or not here.has_database(tryton.database)
    if new:
        here.fresh(tryton.database)
    tryton.start()
    erp = Erp(tryton.address, tryton.database, here.password)
    erp.signs_in()
    ledger = Ledger(erp)
    if new:
        books.fill(erp)
        ledger.book("before", **books.BEFORE)
    else:
        erp.context = {"company": erp.find("company.company", [], "id", most=1)[0]["id"]}
    return ledger


if __name__ == "__main__":
    sys.exit(main())
