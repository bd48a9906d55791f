"""What can have happened in a case, as typed values? Every event of the engine, by its class."""

from typing import Final, get_args

from orchestration.engine import events
from orchestration.engine.events import *  # noqa: F403 - all of them, as the engine names them

EVENT_NAMES: Final = tuple(sorted(one.__name__ for one in get_args(events.Event)))
"""As histories name them."""
