"""What does the product look like? `python -m tests.acceptance.picture` takes docs/screens/*.png from the product."""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import sync_playwright

from casework.runtime.locations import Locations
from casework.runtime.postgres import Postgres
from tests.acceptance.messages import CERTAIN
from tests.acceptance.people import Person
from tests.acceptance.product import LAUNCH, ROOT, Product, chromium, running_product

FOLDER: Final = ROOT / "docs" / "screens"
WIDTH: Final = 1280
HEIGHT: Final = 1000
COLOURS: Final = 128
"""Enough for pages of few colours, in a third of the bytes."""
SAMPLES: Final = 8
"""Of each case type, so that lists have something in them."""
MESSAGE = f"{CERTAIN} Maria Sandoval"
CUSTOMER = {"Name": "Maria Sandoval", "E-mail": "maria.sandoval@example.org", "IBAN": "DE89 3704 0044 0532 0130 00"}


@dataclass(frozen=True)
class Screen:
    """A page as somebody sees it, kept as `name`.png."""

    name: str
    who: str
    address: str


SCREENS: Final = (
    Screen("case", "anna", "{case}"),
    Screen("inbox", "anna", "/?tab=groups&sort=next"),
    Screen("cases", "anna", "/cases/"),
    Screen("decisions", "axel", "{case}decisions/"),
    Screen("handoffs", "axel", "{case}handoffs/"),
    Screen("time-machine", "axel", "{case}then/"),
    Screen("document", "anna", "/cases/{INVOICE_005}/documents/{INVOICE_005_document}/"),
    Screen("money-flows", "clara", "/cases/{KYC_005}/review/"),
    Screen("rules", "ada", "/rules/{type}/routing_table/"),
    Screen("actors", "ada", "/actors/"),
)


def main() -> int:
    if chromium() is None:
        print("There is no Chromium on this machine (on Debian: apt-get install chromium).", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="cw-picture-", dir="/tmp"))
    folder.chmod(0o755)  # for root, the server runs as `nobody`
    server = Postgres(Locations(state=folder, sockets=folder / "s"), fast=True)
    server.start()
    try:
        take(folder / "s")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def take(sockets: Path) -> None:
    """Each screen, as whoever works with it sees it; the complaint's draft is about to be checked."""
    with running_product(sockets, "picture", cases=SAMPLES) as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=LAUNCH)
        people = {}
        for name in sorted({screen.who for screen in SCREENS}):
            context = browser.new_context(base_url=product.url, viewport={"width": WIDTH, "height": HEIGHT})
            people[name] = Person(context.new_page(), name).signed_in()
        anna = people["anna"]
        address = anna.opens_a_case(MESSAGE, "R-2026-0117", **CUSTOMER)
        product.settled()
        anna.goes_to(address)
        anna.presses("Take it")
        for screen in SCREENS:
            shown(people[screen.who], screen, _address(product, screen, address))
        browser.close()


def _address(product: Product, screen: Screen, case: str) -> str:
    """Where a screen is: `{case}` is the complaint, `{REFERENCE}` the number of the case with that reference,
    `{REFERENCE_document}` that of its first document, `{type}` the newest version of complaints."""
    numbers = dict(product.asks("select reference, id from casework_case"))
    first = (
        "select c.reference || '_document', min(d.id) from casework_document d join casework_case c on c.id = d.case_id"
    )
    numbers |= dict(product.asks(f"{first} group by 1"))
    known = product.asks("select max(id) from orchestration_definition where key = 'complaint'")[0][0]
    return screen.address.format(case=case, type=known, **{name.replace("-", "_"): at for name, at in numbers.items()})


def shown(person: Person, screen: Screen, address: str) -> None:
    person.goes_to(address)
    person.page.wait_for_load_state("load")
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{screen.name}.png"
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}
    person.page.screenshot(path=path, clip=clip, full_page=True)  # type: ignore[arg-type]
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)} is taken", flush=True)


if __name__ == "__main__":
    sys.exit(main())
