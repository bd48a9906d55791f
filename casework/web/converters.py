"""Which numbers may stand in an address?

Those of rows and of an engine's elements: 64 bits hold them. Longer ones name nothing, so that no view, query or
encoder ever meets one.
"""

from __future__ import annotations

from django.urls.converters import IntConverter


class NumberConverter(IntConverter):
    """`<number:case_id>`: up to 18 digits, which always fit into 64 bits."""

    regex = "[0-9]{1,18}"
