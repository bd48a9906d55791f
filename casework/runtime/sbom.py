"""Under which licences is what the product is made of? (CycloneDX)

The pins say exactly what is delivered, with hashes, but no licence; the installed packages say their licences, but also
hold tools of development. `python -m casework.runtime.sbom PINS INSTALLED` writes the first with what the second knows.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

Bom = dict[str, Any]


def with_licences(pins: Bom, installed: Bom) -> Bom:
    """The components of `pins`, each with the licences that `installed` names of the same version."""
    known = {_key(each): each["licenses"] for each in installed.get("components", ()) if each.get("licenses")}
    found = [
        each | ({"licenses": known[_key(each)]} if _key(each) in known else {}) for each in pins.get("components", ())
    ]
    return pins | {"components": found}


def _key(component: Bom) -> tuple[str, str]:
    """A package's name as the index compares it (PEP 503), and its version."""
    return re.sub(r"[-_.]+", "-", component["name"]).lower(), component.get("version", "")


def main(pins: str, installed: str) -> None:
    read = (json.loads(Path(file).read_text()) for file in (pins, installed))
    print(json.dumps(with_licences(*read), indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:3])
