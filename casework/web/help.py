"""Where does a person read how something is done here?

The pages of docs/, rendered from Markdown (CommonMark with tables, by markdown-it-py; HTML in them is text).
`docs/use/` is for those who work with the product, one file a place; the rest for those who build with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from casework.runtime.locations import ROOT
from casework.web.decorators import reads

DOCS: Final = ROOT / "docs"
PLACES: Final = {
    "inbox": "use/inbox", "tasks-many": "use/inbox", "board": "use/inbox", "giving": "use/inbox", "away": "use/inbox",
    "delegations": "use/inbox", "view-as": "use/people",
    "reviews": "use/rules", "today": "use/start",
    "task": "use/task", "cases": "use/cases", "case": "use/case", "case-new": "use/cases",
    "systems": "use/systems", "case-copies": "use/systems", "case-copy-change": "use/systems",
    "case-samples": "use/cases", "cases-stuck": "use/cases", "following": "use/cases", "search": "use/search",
    "tags": "use/case",
    "case-receive": "use/case", "case-reveal": "use/revealing", "glass": "use/revealing",
    "glass-new": "use/revealing", "history": "use/history", "case-verify": "use/history",
    "case-then": "use/history", "case-pdf": "use/case", "case-why": "use/history",
    "case-evidence": "use/history", "case-data": "use/case", "case-documents": "use/documents",
    "case-document": "use/documents",
    "deadlines": "use/deadlines", "case-deadline": "use/deadlines", "calendars": "use/deadlines",
    "calendar": "use/deadlines", "calendar-new": "use/deadlines", "case-review": "use/kyc-review",
    "proposals": "use/agents", "case-proposal": "use/agents", "agents": "use/agents", "agent-run": "use/agents",
    "approvals-worth": "use/agents",
    "approvals-shares": "use/agents",
    "comments-told": "use/comments", "case-comments": "use/comments", "case-comment": "use/comments",
    "case-comment-edit": "use/comments",
    "case-decisions": "use/case", "case-ask": "use/ask", "case-people": "use/case",
    "case-links": "use/mailroom", "case-edit": "use/case",
    "golden-cases": "use/actors", "version-passport": "use/actors",
    "prompts": "language-models", "prompt": "language-models",
    "rules": "use/rules", "rules-texts": "use/rules",
    "rules-version": "use/rules", "rules-edit": "use/rules", "models": "use/models",
    "model-import": "use/models", "model-proposal": "use/models", "model-words": "use/models",
    "model-words-run": "use/models",
    "knowledge": "use/knowledge", "knowledge-document": "use/knowledge",
    "actors": "use/actors", "login": "use/start",
    "ledger": "use/ledger", "ledger-call": "use/ledger", "ledger-rate": "use/ledger", "budgets": "use/ledger",
    "measures": "use/ledger", "actor-measures": "use/ledger",
    "actor": "use/actors", "actor-card": "use/actors", "actor-switch": "use/actors", "capabilities": "use/actors",
    "hosts": "connectors", "connector-new": "connectors", "connector-openapi": "connectors",
    "connector-tools": "connectors",
    "actor-new": "use/actors", "actors-stop": "use/actors", "demo-faults": "use/actors", "actor-version": "use/actors",
    "actor-version-new": "use/actors",
    "people": "use/people", "person": "use/people", "person-new": "use/people", "person-link": "use/people",
    "people-units": "use/units", "people-unit": "use/units", "case-unit": "use/units",
    "people-groups": "use/people", "people-group": "use/people", "people-who": "use/people",
    "people-views": "use/people", "people-view": "use/people",
    "people-matrix": "use/people", "people-services": "use/people",
    "people-sign-in": "use/people", "people-service": "use/people",
    "password-link": "use/start", "account": "use/start", "account-password": "use/start",
    "account-machines": "use/start",
    "account-tokens": "use/start", "account-second": "use/start", "login-second": "use/start",
    "login-saml-back": "use/start", "login-provider": "use/start", "login-provider-back": "use/start",
    "controls": "operations", "access": "operations", "proof": "operations", "liveness": "operations",
    "register": "operations",
    "event-log": "operations",
    "keeping": "use/keeping", "keeping-person": "use/keeping", "keeping-rule": "use/keeping",
    "keeping-order": "use/keeping", "keeping-copy": "use/keeping",
    "contests": "use/contests", "contest": "use/contests", "case-letter": "use/contests",
    "case-contest": "use/contests", "case-hold": "use/keeping",
    "verifier": "operations", "events": "events", "inlet-new": "events",
    "subscriber-new": "events", "subscriber": "events",
}  # fmt: skip
"""The page of help for a page of the product, by the name of its address; `use/start` for any other."""
FOR_USE: Final = (
    "start",
    "inbox",
    "search",
    "task",
    "keys",
    "case",
    "documents",
    "deadlines",
    "systems",
    "cases",
    "revealing",
    "people",
    "units",
    "history",
    "keeping",
    "contests",
    "rules",
    "models",
    "actors",
    "ledger",
    "knowledge",
    "payment-release",
    "kyc-review",
    "refund",
    "complaint",
    "loan",
    "insurance-claim",
    "mailroom",
    "supplier-invoice",
    "contract",
    "retail-advice",
)
FILE: Final = re.compile(r"docs/([\w/-]+)\.md")
LINK: Final = re.compile(r"([\w/.-]+)\.md(#[\w-]+)?")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of docs/ by its path without `.md`, e.g. "use/inbox"."""

    name: str
    title: str
    html: SafeString


def linked(text: str) -> SafeString:
    """A plain text in which the name of a file of docs/ leads to its page of help."""
    parts, at = [], 0
    for found in FILE.finditer(text):
        if found[1] in _names():
            link = format_html('<a href="{}">{}</a>', reverse("help-page", args=[found[1]]), page(found[1]).title)
            parts += [escape(text[at : found.start()]), link]
            at = found.end()
    return SafeString("".join([*parts, escape(text[at:])]))


def place_of(url_name: str | None) -> str:
    """The page of help that belongs to an address."""
    return PLACES.get(url_name or "", "use/start")


@reads
def help_index(request: HttpRequest) -> HttpResponse:
    use = [page(f"use/{name}") for name in FOR_USE]
    building = [page(name) for name in sorted(_names()) if "/" not in name or name.endswith("/README")]
    return render(request, "web/help_index.html", {"use": use, "building": building})


@reads
def help_page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in _names():
        raise Http404
    return render(request, "web/help.html", {"page": page(name)})


@cache
def _names() -> frozenset[str]:
    """Only these are read, so no path of an address ever reaches the disk."""
    # `screens` shows pictures, which are for readers of the files
    found = (str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md"))
    return frozenset(name for name in found if not name.startswith("screens/"))


@cache
def page(name: str) -> Page:
    """One page; the files are part of the product and do not change while it runs."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((DOCS / f"{name}.md").read_text(encoding="utf-8"))
    _give_addresses(tokens, Path(name).parent)
    html: str = markdown.renderer.render(tokens, markdown.options, {})
    for tag in ("pre", "table"):  # they scroll, so the keyboard must reach them
        html = html.replace(f"<{tag}>", f'<{tag} tabindex="0">')
    return Page(name, _title(tokens) or name, mark_safe(html))  # noqa: S308 - HTML in the text is escaped by the renderer


def _title(tokens: list[Token]) -> str:
    """The words of the first heading, without the marks of what is code."""
    return next((after.content.replace("`", "") for token, after in _pairs(tokens) if token.type == "heading_open"), "")


def _pairs(tokens: list[Token]) -> Iterable[tuple[Token, Token]]:
    return pairwise(tokens)


def _give_addresses(tokens: list[Token], folder: Path) -> None:
    """Headings can be linked to; links between the files become links between the pages."""
    for token, after in _pairs(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slugify(after.content))
    for inline in (child for token in tokens for child in token.children or ()):
        if inline.type == "link_open":
            inline.attrSet("href", _address(str(inline.attrGet("href")), folder))


def _address(link: str, folder: Path) -> str:
    found = LINK.fullmatch(link)
    if found is None:
        return link
    target = _normal(folder / found[1])
    return reverse("help-page", args=[target]) + (found[2] or "") if target in _names() else link


def _normal(path: Path) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
