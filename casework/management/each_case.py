"""How does a command that walks all cases pass over one that cannot be read, and say so?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from audit.data_keys import KeyFault
from orchestration.casetypes.case_type import Faulty
from orchestration.ground.counts import counted


class EachCase:
    """Names on stderr each case that could not be done, and what becomes of it; the command ends as failed then.

    `called`: whose numbers are given.
    """

    def __init__(self, stderr: OutputWrapper, stays: str, called: str = "case") -> None:
        self.stderr, self.stays, self.called, self.missed = stderr, stays, called, 0

    def done(self, case: int, work: Callable[..., object], *given: Any) -> bool:
        """Whether the work was done for this case; work that gives False says that there was none."""
        try:
            return work(*given) is not False
        except (Faulty, KeyFault) as fault:
            why = "the version that it follows cannot be read" if isinstance(fault, Faulty) else fault
            self.stderr.write(f"{self.called} {case}: {why}; {self.stays}.")
            self.missed += 1
            return False

    def end(self) -> None:
        """Raises CommandError where something was passed over."""
        if self.missed:
            raise CommandError(f"{counted(self.missed, 'case')} could not be read: see above.")
