"""How does what breaks for one row not hold up the rows behind it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Model

log = structlog.get_logger()


def tried(
    what: str, row: Model | None, work: Callable[..., Any], *given: Any, but: type[Exception] | tuple[()] = ()
) -> Any:
    """What the work gives, or None where it broke: all that it wrote is undone, and the log says which row it was.

    Raises what `but` names.
    """
    try:
        with transaction.atomic():
            return work(*given)
    except but:
        raise
    except Exception as error:  # whatever it is: the rows behind this one must have their turn
        log.error(what, kind=type(row).__name__, row=row and row.pk, error=type(error).__name__, exc_info=True)
        return None
