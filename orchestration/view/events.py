"""What can have happened in a case, as typed values? Every event of the engine, by its class."""

from orchestration.engine.events import *  # noqa: F403 - all of them, as the engine names them
