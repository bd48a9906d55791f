"""What does the product do under attack? Findings by class; nothing found is what is hoped for.

Each answer is looked at for what no answer may be: an error of the server, a script or a header that came in and stands
there as it was sent, a way out to another site, a file of the machine, a page without its protections, a door that lets
somebody in whom its rule does not name. Whatever a request does is undone before the next one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from math import inf
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from casework.access.doors import DOORS
from casework.models import SignInLimit
from casework.proof.controls.scene import undone
from tests.attack.crafted import TAG, Crafted, archive, climbing, crafted, entities
from tests.attack.within import within
from tests.leaks.drive import body_of, parts
from tests.leaks.world import World

SLOW: Final = 20.0
"""Seconds, on a machine that does other work beside."""
OPEN: Final = frozenset(name for name, rules in DOORS.items() if "anybody" in rules)
PASSWORD: Final = "correct horse battery staple 4417"  # noqa: S105 - of a person of the test
Files = dict[str, tuple[str, bytes]]


def bombs() -> Iterator[tuple[str, str, Files]]:
    """A door that takes files, a role that may send to it, and what swells once it is opened."""
    swells = b"".join(b"%c: &%c [%s]\n" % (98 + at, 98 + at, b",".join([b"*%c" % (97 + at)] * 9)) for at in range(9))
    yield "model-import", "Administrators", {"file": ("bomb.zip", archive())}
    yield "model-import", "Administrators", {"file": ("climbs.zip", climbing())}
    yield "model-import", "Administrators", {"file": ("bomb.bpmn", entities())}
    yield "model-import", "Administrators", {"file": ("bomb.dmn", entities())}
    yield "connector-openapi", "Administrators", {"file": ("bomb.yaml", b"a: &a [x,x,x,x,x,x,x,x,x]\n" + swells)}
    yield "case-documents", "Analysts", {"files": ("bomb.xml", entities())}
    yield "case-documents", "Analysts", {"files": ("bomb.zip", archive())}
    yield "case-documents", "Analysts", {"files": ("bomb.docx", archive(100, "word/document.xml"))}
    yield "case-documents", "Analysts", {"files": ("../../evil.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100)}


@dataclass
class Findings:
    """`by_class`: what was found, with where; `statuses`: of all answers."""

    by_class: dict[str, set[str]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    requests: int = 0
    bombs: int = 0
    guesses: int = 0
    looked_at: int = 0

    def note(self, kind: str, where: str) -> None:
        self.by_class.setdefault(kind, set()).add(where)

    def lines(self) -> Iterator[str]:
        told = ", ".join(f"{count} answered {status}" for status, count in sorted(self.statuses.items()))
        yield f"{self.requests} crafted requests: {told}"
        yield f"{self.bombs} bombs sent to doors that take files"
        yield f"{self.guesses} guesses at one sign-in; the password was looked at {self.looked_at} times"
        for kind in CLASSES:
            found = sorted(self.by_class.get(kind, ()))
            yield f"{kind}: {len(found)}" + (f" ({'; '.join(found[:8])})" if found else "")


CLASSES: Final = (
    "error of the server", "script that came in", "header that came in", "expression evaluated", "way to another site",
    "file of the machine", "page without its protections", "let in whom no rule names",
    "change without a token of ours", "slow", "guessed",
)  # fmt: skip


def attack(world: World, many: int, seconds: float = inf) -> Findings:
    """So many crafted requests, as far as these seconds reach, then all forged ones and the bombs."""
    found = Findings()
    browsers = {role: Client(raise_request_exception=False) for role in world.people}
    for role, user in world.people.items():
        if user is not None:
            browsers[role].force_login(user)
    cache.clear()
    for one in within(seconds, crafted(sorted(DOORS), list(world.people), many)):
        _sent(world, browsers, one, found)
    _forged(world, found)
    for door, role, files in bombs():
        _bomb(world, door, role, files, found)
    return found


def _sent(world: World, browsers: dict[str, Client], one: Crafted, found: Findings) -> None:
    address = _address(world, one)
    if one.query:
        address += "?" + urlencode(one.query, errors="surrogatepass")
    began = time.monotonic()
    with undone():
        browser = browsers[one.role]
        if one.method in ("POST", "PUT"):
            kind = one.headers.get("Content-Type") or "application/json"
            body: Any = one.body if one.body is not None else urlencode(one.form, errors="surrogatepass")
            kind = kind if one.body is not None else "application/x-www-form-urlencoded"
            answer = browser.generic(one.method, address, body, kind, headers=_headers(one))
        else:
            answer = browser.generic(one.method, address, headers=_headers(one))
        found.requests += 1
        _looked(answer, f"{one.method} {one.door}", one, found, time.monotonic() - began)  # type: ignore[arg-type]


def _headers(one: Crafted) -> dict[str, str]:
    return {name: value for name, value in one.headers.items() if name not in ("Content-Type", "Cookie")}


def _address(world: World, one: Crafted) -> str:
    wild = next(iter((one.query or one.form).values()), "zq")
    usual = parts(one.door, world.planted[0])
    odd = {name: wild if isinstance(value, str) else value for name, value in usual.items()}
    for tried in (odd, usual):
        try:
            return reverse(one.door, kwargs=tried)
        except (NoReverseMatch, UnicodeError):
            continue
    raise LookupError(one.door)


def _looked(answer: HttpResponse, where: str, one: Crafted, found: Findings, seconds: float) -> None:
    found.statuses[answer.status_code] += 1
    body, kind = body_of(answer), answer.headers.get("Content-Type", "")
    if answer.status_code >= 500:
        found.note("error of the server", where)
    if "html" in kind and (TAG.encode() in body or b"<img src=x onerror" in body):
        found.note("script that came in", where)
    if "X-Injected" in answer.headers:
        found.note("header that came in", where)
    if b"13372919" in body and any("7*1910417" in text for text in {**one.query, **one.form}.values()):
        found.note("expression evaluated", where)
    if _leaves(answer):
        found.note("way to another site", where)
    if b"root:x:0:0" in body:
        found.note("file of the machine", where)
    if "html" in kind and not _protected(answer):
        found.note("page without its protections", where)
    let_in = answer.status_code == 200 and "HX-Redirect" not in answer.headers
    if one.role == "" and let_in and one.door not in OPEN:
        found.note("let in whom no rule names", where)
    if seconds > SLOW:
        found.note("slow", f"{where}, {seconds:.0f} s")


def _leaves(answer: HttpResponse) -> bool:
    place = urlsplit(answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", ""))
    return bool(place.netloc) and place.netloc != "testserver"


def _protected(answer: HttpResponse) -> bool:
    said = answer.headers
    return "default-src 'none'" in said.get("Content-Security-Policy", "") and (
        said.get("X-Content-Type-Options"), said.get("X-Frame-Options")) == ("nosniff", "DENY")  # fmt: skip


def _forged(world: World, found: Findings) -> None:
    """Every door that changes something, sent to from another site: without the token of our own form."""
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    user = next(user for user in world.people.values() if user is not None)
    browser.force_login(user)
    for name, (_, sends) in DOORS.items():
        if sends and name not in ("hook", "authzen") and not name.startswith("api-worker"):
            with undone():
                answer = browser.post(reverse(name, kwargs=parts(name, world.planted[0])), {"reason": "zq4417"})
            found.requests += 1
            found.statuses[answer.status_code] += 1
            if answer.status_code < 400 and not answer.headers.get("Location", "").startswith("/login"):
                found.note("change without a token of ours", name)


def _bomb(world: World, door: str, role: str, files: Files, found: Findings) -> None:
    browser, began, user = Client(raise_request_exception=False), time.monotonic(), world.people[role]
    assert user is not None
    browser.force_login(user)
    sent = {name: ContentFile(content, title) for name, (title, content) in files.items()}
    with undone():
        answer = browser.post(reverse(door, kwargs=parts(door, world.planted[0])), {"reason": "zq4417", **sent})
        one = Crafted(door, "POST", role)
        _looked(answer, f"bomb at {door}", one, found, time.monotonic() - began)  # type: ignore[arg-type]
    found.bombs += 1


def guess(found: Findings, many: int, seconds: float = inf) -> None:
    """So many wrong passwords for one name, as far as these seconds reach, and the right one at the end: too late."""
    person = User.objects.create(username="zq-guessed")
    person.set_password(PASSWORD)
    person.save()
    browser = Client(raise_request_exception=False)
    for at, password in enumerate(chain(within(seconds, (f"guess-{at}" for at in range(1, many))), [PASSWORD])):
        given = {"username": person.username, "password": password}
        answer = browser.post("/login/", given, REMOTE_ADDR=f"10.{at % 200}.{at // 200 % 200}.{at % 250 + 1}")
        found.guesses += 1
        if answer.status_code >= 500:
            found.note("error of the server", "guessing")
        if answer.status_code == 302:
            found.note("guessed", f"after {at + 1} guesses")
            return
    found.looked_at = max(SignInLimit.objects.values_list("failures", flat=True))
