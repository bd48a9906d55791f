"""Whose work is in the product, and under which licences?

Third-party notices, read from what is installed: the distribution metadata of the Python packages that the product
depends on (PEP 566, PEP 639), and the lock file of npm.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from casework.runtime.frontend import MODULES
from casework.runtime.locations import CHECKOUT, IS_INSTALLED, ROOT
from casework.web.decorators import reads

LICENCE_FILES: Final = ("licen", "copying", "notice")
CLASSIFIER: Final = "License :: "


@dataclass(frozen=True, slots=True)
class Notice:
    """One package. `system`: Python or npm; `texts`: the licence files that came with it, by their name."""

    name: str
    version: str
    licence: str
    home: str
    system: str
    texts: tuple[tuple[str, str], ...]


@reads
def notices_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/notices.html", {"notices": notices()})


@reads
def notice_page(request: HttpRequest, system: str, name: str) -> HttpResponse:
    found = next((each for each in notices() if (each.system.lower(), each.name) == (system, name)), None)
    if found is None:
        raise Http404
    return render(request, "web/notice.html", {"notice": found})


@cache
def notices() -> tuple[Notice, ...]:
    """Everything that the product runs on, by name; what only tests need is not part of it."""
    return tuple(sorted((*_python(), *_npm()), key=lambda each: (each.name.lower(), each.system)))


def _python() -> Iterator[Notice]:
    told: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    ahead = [Requirement(text) for text in _own_requirements()]
    while ahead:
        wanted = ahead.pop()
        name = canonicalize_name(wanted.name)
        asked = name, frozenset(wanted.extras)  # one package may ask for another with an extra, and one without
        if asked in seen or not (found := _installed(name)):
            continue
        seen.add(asked)
        if name not in told:
            told.add(name)
            yield _notice(name, found)
        ahead += [each for text in found.requires or () if _applies(each := Requirement(text), wanted.extras)]


def _own_requirements() -> list[str]:
    if not IS_INSTALLED:
        return list(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["dependencies"])
    return [text for text in distribution("casewright").requires or () if _applies(Requirement(text), set())]


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    """Whether it is asked for here: on this system and Python, with one of the extras or none."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _notice(name: str, found: Distribution) -> Notice:
    texts = [path for path in found.files or () if path.name.lower().startswith(LICENCE_FILES)]
    read = ((str(path.name), path.locate().read_text(errors="replace")) for path in texts if path.locate().is_file())  # type: ignore[attr-defined]
    return Notice(name, found.version, _licence(found), _home(found), "Python", tuple(read))


def _licence(found: Distribution) -> str:
    """The licence expression (PEP 639), else what the classifiers or the older field say."""
    if expression := _told(found, "License-Expression"):
        return expression[0]
    spoken = [text.split(" :: ")[-1] for text in _told(found, "Classifier") if text.startswith(CLASSIFIER)]
    older = "".join(_told(found, "License")[:1]).strip()
    return ", ".join(spoken) or older.partition("\n")[0] or "see its texts"


def _home(found: Distribution) -> str:
    addresses = [text.partition(", ")[2] for text in _told(found, "Project-URL")]
    return next(iter((*_told(found, "Home-page"), *addresses)), "")


def _told(found: Distribution, name: str) -> list[str]:
    """What the metadata say under a name, as often as they say it."""
    return [str(text) for text in found.metadata.get_all(name) or () if text]


def _npm() -> Iterator[Notice]:
    for place, package in json.loads((ROOT / "package-lock.json").read_text())["packages"].items():
        if place and not package.get("dev"):
            folder = MODULES.parent / place
            files = sorted(folder.iterdir()) if folder.is_dir() else []
            texts = ((path.name, path.read_text()) for path in files if path.name.lower().startswith(LICENCE_FILES))
            name = place.rpartition("node_modules/")[2]
            licence = package.get("license", "see its texts")
            yield Notice(
                name, package["version"], licence, f"https://www.npmjs.com/package/{name}", "npm", tuple(texts)
            )
