"""How is the product's database reached by a session, or a program, that is not Django's own?

Exactly as Django reaches it: with every parameter of DATABASE_URL that PostgreSQL's client library (libpq) knows, such
as the certificates of `sslmode=verify-full`, and with what the environment says besides.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from django.db import connections
from psycopg import pq


def parameters() -> dict[str, Any]:
    """libpq's keywords with a value, for a session of one's own, outside any pool."""
    return {keyword: value for keyword, _, value in _given()}


def environment() -> dict[str, str]:
    """The environment by which PostgreSQL's programs reach it, so that no command line has a password."""
    return dict(os.environ) | {variable: str(value) for _, variable, value in _given() if variable}


def _given() -> Iterator[tuple[str, str, Any]]:
    """(keyword, environment variable or "", value)."""
    known = connections["default"].get_connection_params()
    for option in pq.Conninfo.get_defaults():
        keyword = option.keyword.decode()
        if known.get(keyword) not in (None, ""):
            yield keyword, (option.envvar or b"").decode(), known[keyword]
