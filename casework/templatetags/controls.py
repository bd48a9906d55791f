"""Which sign do auditors see on all their pages when a control does not hold?"""

from __future__ import annotations

from django import template

from casework.proof.controls.rounds import board

register = template.Library()


@register.simple_tag
def dead_controls() -> int:
    """How many controls did not hold when they were fired last."""
    found = board()
    return 0 if found is None else len(found.dead)
