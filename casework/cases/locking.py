"""How does a service take hold of a case, and keep what it refuses?

Each service locks the root case once, in the transaction that it opens, and works on what it then read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from audit.services import Fact
from casework.access.permissions import origin_of
from orchestration.ground.refusals import Refused
from orchestration.shell import services
from orchestration.shell.services import Locked

Json = Any


def locked(instance: int) -> Locked:
    """The root case of a row that the caller has fetched; its state is decoded once. Rows of cases are not deleted."""
    found = services.lock(instance)
    if found is None:
        raise LookupError(f"root case {instance} is gone, though its row in casework stands")
    return found


def keep_refusal(case: Locked, by: User, asked: Mapping[str, Json], refused: Refused) -> Refused:
    """A refusal that the engine never saw is kept in the history as well."""
    detail = {**asked, "code": refused.code, "reason": refused.message}
    services.record(case, [Fact("command.refused", detail)], origin_of(by))
    return refused
