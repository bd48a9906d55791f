"""When are two spellings of what a person is known by one and the same? Pure."""

from __future__ import annotations


def folded(text: str) -> str:
    """As the database folds what it looks through (`casework_folded`)."""
    return "".join(text.lower().split())
