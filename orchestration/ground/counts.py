"""How does a count read: one task, or several tasks?"""

from __future__ import annotations


def counted(number: float, one: str, several: str = "") -> str:
    """ "1 task", "3 tasks", "0.5 seconds"; `several`: where more than one is not said by an s."""
    shown = f"{number:g}" if isinstance(number, float) else str(number)
    return f"{shown} {one if number == 1 else several or one + 's'}"
