"""Which numbers and which words may stand in an address?

Numbers of rows and of an engine's elements: 64 bits hold them. Longer ones name nothing, and no more does a word with a
NUL, which no text of the database can hold; so that no view, query or encoder ever meets one.
"""

from __future__ import annotations

from django.urls.converters import IntConverter, StringConverter


class NumberConverter(IntConverter):
    """`<number:case_id>`: up to 18 digits, which always fit into 64 bits."""

    regex = "[0-9]{1,18}"


class WordConverter(StringConverter):
    """`<word:capability>`: what stands between two slashes, without a NUL."""

    regex = r"[^/\x00]+"
