"""What does every test run on? A PostgreSQL of the session's own, in a temporary folder that is removed at the end.

Tests that need no database start none. With xdist the workers share one server, each with a database of its own.
"""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from casework.runtime.locations import Locations
from casework.runtime.postgres import Postgres
from tests.marks import is_unwanted, longest_first, unnamed

# How long an example takes depends on what else the machine does, so no test fails by it.
hypothesis.settings.register_profile(
    "casewright", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("casewright")

SERVER = pytest.StashKey[Postgres]()
DOCUMENTS = pytest.StashKey[str]()


def _start_server(config: pytest.Config) -> Postgres:
    """The session's server, started on first use."""
    if SERVER not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="cw-test-", dir="/tmp"))
        folder.chmod(0o755)  # for root, the server runs as `nobody`
        server = Postgres(Locations(state=folder, sockets=folder / "s"), fast=True)
        config.stash[SERVER] = server
        server.start()
    return config.stash[SERVER]


def pytest_configure(config: pytest.Config) -> None:
    """Nudges go nowhere in a test, like any message may: a test that wants the work done calls for it."""
    from casework.celery import app
    from tests.compiled import compile_once

    app.conf.update(broker_url="memory://", broker_transport_options={})
    _sign_nothing()
    _keep_documents_apart(config)
    _hash_passwords_in_a_moment()
    _look_for_static_files_once()
    compile_once()


def _hash_passwords_in_a_moment() -> None:
    """As the product does, with fewer rounds: that many are for guessers, and cost a test half a second a password."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 1000


def _look_for_static_files_once() -> None:
    """Each browser of a test has a web server of its own, which would look through all folders of static files."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    look, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(server: WhiteNoiseMiddleware) -> None:
        how = server.static_prefix, server.max_age, server.charset, server.allow_all_origins
        if how not in found:
            before = set(server.files)
            look(server)
            found[how] = {url: file for url, file in server.files.items() if url not in before}
        server.files.update(found[how])

    WhiteNoiseMiddleware.add_files_from_finders = look_once  # type: ignore[method-assign]


def _sign_nothing() -> None:
    """Checkpoints and keys of the product on this machine are none of a test's database. A test that wants some has a
    folder."""
    from django.conf import settings

    settings.CHECKPOINT_KEY = settings.DATA_KEY = ""
    settings.STORAGES["checkpoints"]["OPTIONS"]["location"] = tempfile.gettempdir() + "/cw-test-no-checkpoints"


def _keep_documents_apart(config: pytest.Config) -> None:
    """Documents are kept by what is in them, so that tests share a folder; none of them reaches the product's own."""
    from django.conf import settings

    config.stash[DOCUMENTS] = tempfile.mkdtemp(prefix="cw-test-documents-")
    settings.STORAGES["documents"]["OPTIONS"]["location"] = config.stash[DOCUMENTS] + "/documents"
    settings.DATA_KEYS = config.stash[DOCUMENTS] + "/keys"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m "slow or browser"`, modules that have nothing of it are not imported."""
    return is_unwanted(collection_path, config.getoption("markexpr")) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if wrong := unnamed(items):
        raise pytest.UsageError("\n".join(wrong))


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def order_tests(items: list[pytest.Item], config: pytest.Config) -> None:
    """After what is not wanted was left out, and the rest was put in its random order."""
    items[:] = longest_first(items, getattr(config, "workerinput", {"workercount": 1})["workercount"])


def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """The product, the tests and their libraries stay to the end: a garbage collector that goes through them again and
    again takes a seventh of the time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """xdist: the controller, which outlives its workers, has the server."""
    node.workerinput["database_host"] = str(_start_server(node.config).places.sockets)


def pytest_unconfigure(config: pytest.Config) -> None:
    if DOCUMENTS in config.stash:
        shutil.rmtree(config.stash[DOCUMENTS], ignore_errors=True)
    if SERVER in config.stash:
        server = config.stash[SERVER]
        server.stop()
        shutil.rmtree(server.places.state, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix) -> None:
    """Point Django's connection at the session's server (pytest-django calls this before the first database test),
    where the test's database begins as a copy of one that is migrated."""
    from django.db import connections

    from tests.acceptance.prepared import migrated

    worker = getattr(request.config, "workerinput", None)
    host = worker["database_host"] if worker else str(_start_server(request.config).places.sockets)
    place = {"HOST": host, "PORT": "", "USER": "casewright", "PASSWORD": "", "NAME": "casewright"}
    for settings in (connections["default"].settings_dict, connections.settings["default"]):
        settings.update(place)
        settings.setdefault("TEST", {})["TEMPLATE"] = migrated(Path(host))
        settings.setdefault("OPTIONS", {}).pop("host", None)


@pytest.fixture
def sealing(tmp_path: Path) -> Iterator[None]:
    """What is kept of cases is sealed, under keys of the test's own."""
    from django.test import override_settings

    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        yield
