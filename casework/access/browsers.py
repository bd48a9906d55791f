"""By which browser, on what, did somebody sign in, as the browser itself says (User-Agent)?

People know their own sign-ins by "Firefox on Linux", not by the header. The order matters: a browser made from another
one names that one, too.
"""

from __future__ import annotations

from typing import Final

BROWSERS: Final = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser/": "Samsung Internet", "Firefox/": "Firefox", "FxiOS/": "Firefox",
    "CriOS/": "Chrome", "HeadlessChrome/": "Chrome without a window", "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
SYSTEMS: Final = {
    "Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "ChromeOS",
    "Macintosh": "macOS", "Linux": "Linux",
}  # fmt: skip


def browser_named(header: str) -> str:
    """What is known of it in words; else the header, cut to what is kept of it."""
    browser, system = _first(BROWSERS, header), _first(SYSTEMS, header)
    if browser:
        return f"{browser} on {system}" if system else browser
    return "".join(letter for letter in header if letter.isprintable())[:100]


def _first(names: dict[str, str], header: str) -> str:
    return next((name for sign, name in names.items() if sign in header), "")
