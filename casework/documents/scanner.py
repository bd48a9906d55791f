"""Is there a virus in a file that comes in? Asks the scanner that the installation names, if it names one.

`CASEWRIGHT_SCANNER`: a command that gets the file on its standard input and ends with 0 where it found nothing, with 1
where it found something (as `clamdscan -` does). Where one is named and does not answer so, no file is taken.
"""

from __future__ import annotations

import shlex
import subprocess
from typing import Final

import structlog
from django.conf import settings

from orchestration.ground.refusals import Refused

PATIENCE: Final = 60.0
"""Seconds."""
CLEAN: Final = 0
INFECTED: Final = 1
FOUND: Final = Refused("infected", "The virus scanner has found something in this file, so it is not taken.")
ABSENT: Final = Refused(
    "scanner", "The virus scanner does not answer, so no file is taken now. Try again later, or tell an administrator."
)

log = structlog.get_logger()


def scanned(content: bytes) -> Refused | None:
    """Why this file is not taken; None where the scanner found nothing, or where none is named."""
    command = shlex.split(settings.DOCUMENT_SCANNER)
    if not command:
        return None
    try:
        # whoever runs the product names the command
        ended = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("scanner does not answer", reason=type(error).__name__)
        return ABSENT
    if ended.returncode == INFECTED:
        return FOUND
    if ended.returncode != CLEAN:
        log.error("scanner does not answer", status=ended.returncode)
        return ABSENT
    return None
