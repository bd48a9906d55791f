"""What does the case page look like? `python -m tests.acceptance.picture` takes docs/case-page.png from the product."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from casework.runtime.locations import Locations
from casework.runtime.postgres import Postgres
from tests.acceptance.messages import CERTAIN
from tests.acceptance.people import Person
from tests.acceptance.product import LAUNCH, ROOT, chromium, running_product

PICTURE = ROOT / "docs" / "case-page.png"
MESSAGE = f"{CERTAIN} Maria Sandoval"
CUSTOMER = {"Name": "Maria Sandoval", "E-mail": "maria.sandoval@example.org", "IBAN": "DE89 3704 0044 0532 0130 00"}


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
    print(f"{PICTURE.relative_to(ROOT)} is taken")
    return 0


def take(sockets: Path) -> None:
    """A complaint whose draft an analyst is about to check."""
    with running_product(sockets, "picture") as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=LAUNCH)
        context = browser.new_context(base_url=product.url, viewport={"width": 1280, "height": 1000})
        anna = Person(context.new_page(), "anna").signed_in()
        address = anna.opens_a_case(MESSAGE, "R-2026-0117", **CUSTOMER)
        product.settled()
        anna.goes_to(address)
        anna.presses("Take it")
        anna.goes_to(address)
        anna.page.wait_for_load_state("load")
        PICTURE.parent.mkdir(exist_ok=True)
        anna.page.screenshot(path=PICTURE, clip={"x": 0, "y": 0, "width": 1280, "height": 1000}, full_page=True)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
