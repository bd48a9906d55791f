"""Somebody's sign-ins are told apart by the names that they know their browsers by."""

from __future__ import annotations

import pytest

from casework.access.browsers import browser_named

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
EDGE = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Version/18.1 Safari/604.1"


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (EDGE, "Edge on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        ("Firefox/133.0", "Firefox"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("a\u202eb" + "c" * 200, "ab" + "c" * 98),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_called_as_people_call_it(header: str, named: str) -> None:
    """One made from another by its own name; what is not known by what it says, cut and printable."""
    assert browser_named(header) == named
