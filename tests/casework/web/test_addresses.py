"""Are the addresses that lists write row by row those of Django?"""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.urls import reverse, set_script_prefix


@pytest.mark.parametrize("route", ["task", "case", "task-claim", "task-release"])
@pytest.mark.parametrize("prefix", ["/", "/a&b/"])
def test_the_address_of_a_row_is_the_one_that_django_writes_below_any_path(route: str, prefix: str) -> None:
    set_script_prefix(prefix)
    try:
        for number in (0, 7, 10**18 - 1):
            ours, djangos = (
                Template("{% load casewright %}{% " + tag + " route number %}").render(
                    Context({"route": route, "number": number})
                )
                for tag in ("address", "url")
            )
            assert ours == djangos
            assert reverse(route, args=[number]).replace("&", "&amp;") == ours
    finally:
        set_script_prefix("/")
