"""How does a bot follow its script for one job, and what is said where the system does not do as the script expects?

The same for a browser and without one: what fails before something was saved is worth another try, what fails after it
is not, since it may have been keyed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin, urlsplit

from casework.bots.log import Log
from casework.bots.script import SAVED, Script, Step
from casework.worker_client import BusinessError, Failed, Job, Result

Read = dict[str, str]
Does = Callable[[Step, Read], bytes | None]
"""Does one step, puts what it reads into the second, and gives a picture of what it touched, where there is one."""
FAILING: Final = 500
"""From this status on an answer says that the system itself fails, so not what became of what was sent."""
OUT: Final = "The script leads out of its system."


class Unexpected(Exception):
    """What the page did not do; words that end a sentence."""


def followed(script: Script, job: Job, log: Log, does: Does) -> Result:
    """Do each step. Raises Failed (temporary, as long as nothing was saved) or BusinessError."""
    read, saved = Read(), False
    for step in script.steps:
        if job.lost.is_set() and not saved:
            raise Failed("The job was taken back while it was typed in.", temporary=True)
        saved = saved or step.verb == "save"
        try:
            log.add(step, does(step, read))
        except Unexpected as error:
            said = f"The page did not do as expected at “{step.told}”: {error}"
            raise Failed(f"{said} {SAVED}" if saved else said, temporary=not saved) from None
        except (Failed, BusinessError):
            raise
        except Exception as error:
            if not saved:
                raise
            raise in_doubt(step, error) from error
    return Result(read, detail=log.detail)


def in_doubt(step: Step, error: Exception) -> Failed:
    """What nobody foresaw failed after something was saved: a worker would have it tried again."""
    return Failed(f"It failed at “{step.told}” ({type(error).__name__}). {SAVED}")


def address(script: Script, path: str) -> str:
    """Within the system that the script names, and nowhere else. Raises Failed."""
    found = urljoin(script.system, path)
    if urlsplit(found)[:2] != urlsplit(script.system)[:2]:
        raise Failed(OUT)
    return found
