"""Does every list say what is so when there is nothing in it? Read from the templates, all of them.

A list or table whose rows come from a loop says so in it (`{% empty %}`) or beside it (`{% else %}`), or the whole
panel is left out where there is nothing, also by whoever includes the list. Those that are never empty are named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.template import Engine, Node, NodeList
from django.template.base import TextNode
from django.template.defaulttags import ForNode, IfNode
from django.template.loader_tags import IncludeNode

from casework.runtime.locations import ROOT

TEMPLATES = ROOT / "templates"
OPENS = re.compile(r"<(?:table class=\"sheet|ul class=\"list[ \"]|ol class=\"thread\")")
CLOSES = re.compile(r"</(?:table|ul|ol)>")
"""Loops inside a row belong to the row."""
NEVER_EMPTY = {
    "account/account.html: sessions": "who reads it has signed in",
    "actors/capabilities.html: policy": "it holds for every call, whatever is set up",
    "erasure/keeping.html: kept": "what can be kept is known beforehand",
    "people/sign_in.html: settings": "each is set or has its default",
    "people/matrix.html: groups": "groups ship with the product",
    "people/matrix.html: lines": "addresses ship with the product",
    "web/help_index.html: use": "help ships with the product",
    "web/help_index.html: building": "help ships with the product",
    "web/notices.html: notices": "the product is made of packages",
}


def templates() -> list[str]:
    return sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))


def silent_lists(name: str) -> Iterator[str]:
    """The loops that fill a list of this template and say nothing where there is nothing."""
    guarded = name in left_out_elsewhere()
    yield from _silent(Engine.get_default().get_template(name).nodelist, guarded, inside=[False])


@cache
def left_out_elsewhere() -> set[str]:
    """The templates that are included only where there is something to show."""
    found: dict[str, bool] = {}
    for name in templates():
        for included, guarded in _included(Engine.get_default().get_template(name).nodelist, guarded=False):
            found[included] = found.get(included, True) and guarded
    return {name for name, guarded in found.items() if guarded}


def _included(nodes: NodeList, guarded: bool) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        if isinstance(node, IncludeNode):
            yield str(node.template.var), guarded
        for name in node.child_nodelists:
            if (below := getattr(node, name, None)) is not None:
                yield from _included(below, guarded or isinstance(node, IfNode))


def _silent(nodes: NodeList, guarded: bool, inside: list[bool]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, TextNode):
            for mark in re.finditer(f"{OPENS.pattern}|{CLOSES.pattern}", node.s):
                inside[0] = bool(OPENS.fullmatch(mark[0]) or OPENS.match(mark[0]))
        elif isinstance(node, ForNode):
            if inside[0] and not guarded and not node.nodelist_empty:
                yield str(node.sequence)
        elif isinstance(node, IfNode):
            for _, branch in node.conditions_nodelists:
                yield from _silent(branch, True, inside)
        else:
            yield from _below(node, guarded, inside)


def _below(node: Node, guarded: bool, inside: list[bool]) -> Iterator[str]:
    for name in node.child_nodelists:
        if (below := getattr(node, name, None)) is not None:
            yield from _silent(below, guarded, inside)


@pytest.mark.parametrize("name", templates())
def test_a_list_says_what_is_so_when_there_is_nothing_in_it(name: str) -> None:
    assert [loop for loop in silent_lists(name) if f"{name}: {loop}" not in NEVER_EMPTY] == []


def test_no_list_is_named_as_never_empty_that_is_gone() -> None:
    there = {f"{name}: {loop}" for name in templates() for loop in silent_lists(name)}
    assert set(NEVER_EMPTY) <= there


def test_a_silent_list_would_be_found(tmp_path: Path) -> None:
    made = Engine.get_default().from_string
    loop = '<ul class="list">{% for one in many %}<li>{{ one }}</li>{% endfor %}</ul>'
    assert list(_silent(made(loop).nodelist, False, [False])) == ["many"]
    said = loop.replace("{% endfor %}", "{% empty %}<li>None.</li>{% endfor %}")
    assert list(_silent(made(said).nodelist, False, [False])) == []
