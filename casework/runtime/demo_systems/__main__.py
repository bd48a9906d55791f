"""`python -m casework.runtime.demo_systems [--only NAME] [--port PORT] [--fresh]`; NAME is one of `SYSTEMS`

Set the demo's real systems up once, and serve them until Ctrl-C; one that ends by itself is started again (`watching`).
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from functools import partial
from http.server import ThreadingHTTPServer

from casework.runtime.demo_systems import books, gateway, payment_desk, payment_server
from casework.runtime.demo_systems.alone import ALONE, StandInServer
from casework.runtime.demo_systems.core_server import USER, CoreServer
from casework.runtime.demo_systems.document_server import BUCKET, KEYS, DocumentServer
from casework.runtime.demo_systems.environment import Environment, Tryton
from casework.runtime.demo_systems.folder_server import USER as DAV_USER
from casework.runtime.demo_systems.folder_server import FolderServer
from casework.runtime.demo_systems.ledger import Ledger
from casework.runtime.demo_systems.payment_server import PaymentServer
from casework.runtime.demo_systems.people_server import (
    BEGINS_WITH,
    GROUPS,
    OWNER,
    PASSWORD,
    PEOPLE,
    READER,
    PeopleServer,
)
from casework.runtime.demo_systems.rpc import Erp
from casework.runtime.demo_systems.watching import Running
from casework.runtime.processes import ServiceFailed

SYSTEMS = ("erp", "payments", "documents", "mainframe", "webdav", "directory", *ALONE)
READY_ALONE = """
  A stand-in for {title} is ready, alone in a process of its own. Let the product work with it:

    {variables} \\
      make run

  It is no real one, and says so in each answer. Faults: {address}/faults. What it knows is kept in {folder}.
"""
READY_ERP = """
  Tryton is ready, with the suppliers and orders of the sample invoices. Let the product work with it:

    CASEWRIGHT_SERVER_ERP=http://erp.localhost:{port} make run
    make manage ARGS="real_erp on"        (and "real_erp off" to go back to the stand-in)

  Its data is kept in {folder}.
"""
READY_DOCUMENTS = """
  moto is ready, an S3 server with an empty bucket. Let the product keep the documents of new cases in it:

    DOCUMENTS_BUCKET={bucket} DOCUMENTS_ENDPOINT={address} {keys} make run

  What is in it is gone when it ends: cases whose documents were kept there miss them then.
"""
READY_WEBDAV = """
  WsgiDAV is ready, a WebDAV server with a folder. Let the product keep the documents of new cases in it:

    DOCUMENTS_WEBDAV={address} DOCUMENTS_WEBDAV_USER={user} \\
      DOCUMENTS_WEBDAV_PASSWORD={password} make run

  Its files are kept in {files}.
"""
READY_DIRECTORY = """
  slapd is ready, an LDAP directory with {people}; their password is {their}. Let it keep people here:

    .venv/bin/python -m pip install --require-hashes -r requirements-ldap.txt
    CASEWRIGHT_LDAP={address} CASEWRIGHT_LDAP_WHO={who} CASEWRIGHT_LDAP_PASSWORD={password} \\
      CASEWRIGHT_LDAP_PEOPLE={base} CASEWRIGHT_LDAP_GROUPS={groups} make run

  They come in with the next look at it (manage.py directory, with the same variables). Groups follow once they are
  mapped: People, Sign-in. To change it: ldapmodify -H {address} -D {owner} -w {password}
"""
READY_MAINFRAME = """
  A core system of a bank is ready on a mock of a mainframe. Have the bot key loans in there: put a token of the actor
  "Core system bot" (Actors) in place of cww_..., and your product's address in place of the one below.

    CASEWRIGHT_WORKER_TOKEN=cww_... CASEWRIGHT_SECRET_CORE_PASSWORD={password} \\
      casewright bot terminal --url http://127.0.0.1:8000 \\
      --script casework/casetypes/loan/bots/core-loan-terminal.yaml

  A person can look at it with any 3270 terminal at 127.0.0.1:{port}, as {user} with the same password.
"""
READY_PAYMENTS = """
  localstripe is ready, with the orders of the sample refunds paid for by card. Let the product pay by it:

    CASEWRIGHT_SERVER_PAYMENTS=http://payments.localhost:{port} make run
    make manage ARGS="real_payments on"   (and "real_payments off" to go back to the stand-in)

  What it knows is gone when it ends.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=list(SYSTEMS), help="one of them; the first two without it")
    parser.add_argument("--port", type=int, default=8290, help="of the first gateway; the others follow it")
    parser.add_argument("--fresh", action="store_true", help="begin with a new database")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with Running() as running:
            for name in [options.only] if options.only else SYSTEMS[:2]:
                serve(name, running, options.port, fresh=options.fresh)
            print("  Ctrl-C stops what runs here.", flush=True)
            running.stay(partial(print, flush=True))
    except ServiceFailed as failure:
        print(f"The demo's systems cannot run: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def serve(name: str, running: Running, port: int, *, fresh: bool) -> None:
    match name:
        case "erp":
            serve_erp(running, Environment(), port, fresh=fresh)
        case "payments":
            serve_payments(running, port + 2)
        case "documents":
            serve_documents(running, port + 4)
        case "mainframe":
            serve_mainframe(running, port + 6)
        case "webdav":
            serve_webdav(running, port + 8)
        case "directory":
            serve_directory(running, port + 10)
        case _:
            serve_alone(running, name, port + 12 + 2 * list(ALONE).index(name))


def serve_alone(running: Running, name: str, port: int) -> None:
    here = StandInServer(name, port)
    running.begins(f"The stand-in for {here.of.title}", here, here.start)
    said = " \\\n      ".join(f"{variable}={value}" for variable, value in here.variables.items())
    told = {"title": here.of.title, "variables": said, "address": here.address, "folder": here.folder}
    print(READY_ALONE.format(**told), flush=True)


def serve_documents(running: Running, port: int) -> None:
    print("Setting moto up (the first time takes a minute)", flush=True)
    documents = DocumentServer(port)
    documents.install()
    running.begins("moto (its bucket begins empty)", documents, documents.start)
    keys = " ".join(f"{name}={value}" for name, value in KEYS.items())
    print(READY_DOCUMENTS.format(bucket=BUCKET, address=documents.address, keys=keys), flush=True)


def serve_webdav(running: Running, port: int) -> None:
    print("Setting WsgiDAV up (the first time takes a moment)", flush=True)
    folder = FolderServer(port)
    folder.install()
    running.begins("WsgiDAV", folder, folder.start)
    told = {"address": folder.address, "user": DAV_USER, "password": folder.password, "files": folder.files}
    print(READY_WEBDAV.format(**told), flush=True)


def serve_directory(running: Running, port: int) -> None:
    people = PeopleServer(port)
    running.begins("slapd", people, people.start)
    told = {
        "address": people.address, "who": READER, "password": people.password, "base": PEOPLE, "groups": GROUPS,
        "owner": OWNER, "people": ", ".join(BEGINS_WITH), "their": PASSWORD,
    }  # fmt: skip
    print(READY_DIRECTORY.format(**told), flush=True)


def serve_mainframe(running: Running, port: int) -> None:
    print("Setting the core system up (the first time takes a moment)", flush=True)
    core = CoreServer(port)
    core.install()
    running.begins("The core system", core, core.start)
    print(READY_MAINFRAME.format(port=port, user=USER, password=core.password), flush=True)


def serve_erp(running: Running, here: Environment, port: int, *, fresh: bool) -> None:
    print("Setting Tryton up (the first time takes some minutes)", flush=True)
    here.install()
    running.begins("Tryton's PostgreSQL", here.postgres, here.postgres.start)
    tryton = Tryton(here, port + 1)
    running.callback(tryton.stop)
    _in_background(gateway.server(begun(here, tryton, fresh=fresh), port))
    running.watch("Tryton", tryton, tryton.start)
    print(READY_ERP.format(port=port, folder=here.folder), flush=True)


def serve_payments(running: Running, port: int) -> None:
    print("Setting localstripe up (the first time takes a minute)", flush=True)
    payments = PaymentServer(port + 1)
    payments.install()
    running.begins("localstripe (it knows the sample orders alone)", payments, partial(_filled, payments))
    _in_background(payment_desk.server(payment_desk.Desk(payments.stripe), port))
    print(READY_PAYMENTS.format(port=port), flush=True)


def _filled(payments: PaymentServer) -> None:
    payments.start()
    payment_server.fill(payments.stripe)


def _in_background(server: ThreadingHTTPServer) -> None:
    threading.Thread(target=server.serve_forever, daemon=True).start()


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
