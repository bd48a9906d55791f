"""Which group gets in at which address? The access matrix, as a page and as a file, from the policy itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver

from casework.access.doors import DOORS, RULES, Rule
from casework.actors.ledger.csv_file import csv_answer
from casework.people.read import GroupRow, group_rows
from casework.people.rights import looks
from casework.web.decorators import person, reads

METHODS: Final = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Line:
    """One address by one method. `cells`: for each group yes, no, or "its cases": where a case gives it the right."""

    address: str
    method: str
    rule: str
    cells: tuple[str, ...]


@reads
def matrix(request: HttpRequest) -> HttpResponse:
    """For administrators and auditors."""
    looks(person(request))
    groups = group_rows()
    return render(request, "people/matrix.html", {"groups": groups, "lines": lines(groups)})


@reads
def matrix_download(request: HttpRequest) -> HttpResponse:
    """The same as a table of a spreadsheet."""
    looks(person(request))
    groups = group_rows()
    head = ("Address", "Method", "For whom", *(group.name for group in groups))
    rows = ((line.address, line.method, line.rule, *line.cells) for line in lines(groups))
    table = csv_answer([head, *rows], "access-matrix")
    return HttpResponse(table.getvalue(), headers=dict(table.headers))


def lines(groups: list[GroupRow]) -> list[Line]:
    """Every address by each method that it takes, in the order of the product's own list."""
    return [
        Line(address, method, RULES[rule].words, tuple(_cell(RULES[rule], group) for group in groups))
        for name, address in _addresses()
        for method, rule in zip(METHODS, DOORS.get(name, ("", "")), strict=True)
        if rule
    ]


def _cell(rule: Rule, group: GroupRow) -> str:
    if rule.for_all or any(right in group.rights for right in rule.everywhere):
        return "yes"
    return "its cases" if rule.on_case else "no"


def _addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, str]]:
    """Name and path of each address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), path
