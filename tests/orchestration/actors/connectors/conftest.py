"""What does a test about connectors start from? A system to call, its host on the list, and connectors of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from audit.services import Origin
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from tests.orchestration.actors.connectors.server import System, running


@pytest.fixture
def system() -> Iterator[System]:
    with running() as found:
        yield found


@pytest.fixture
def listed(system: System, db: None) -> System:
    """The system, its host on the list as a private one."""
    host_allow("127.0.0.1", system.port, private=True, origin=Origin("system:test"))
    return system


@pytest.fixture
def connector(listed: System) -> Callable[[str], HttpConnector]:
    """A connector of a file's text, in which HERE is the system's address."""
    return lambda text: HttpConnector("http", "1", text.replace("HERE", listed.url).encode())
