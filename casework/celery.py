"""How does work leave a request? Tasks are found in every installed app; the rows say what there is to do."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")

app = Celery("casework")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """A connected receiver is what keeps Celery from setting up logs its own way; the settings have done it."""


@task_prerun.connect
def _replace_a_lost_session(**_: Any) -> None:
    """A session is kept from task to task; one that broke is replaced before the next."""
    from django.db import close_old_connections

    close_old_connections()


@worker_init.connect
def _load_before_the_fork(**_: Any) -> None:
    """What all processes of a worker share is loaded once, before they part; `gc.freeze` keeps their pages shared.

    Models, too, where there are always several; one process alone loads them at their first text, and rests without.
    """
    import gc

    from casework.runtime.scaling import bounds
    from orchestration.actors import kinds
    from orchestration.ground.freed_memory import give_back

    if bounds()[0] > 1:
        kinds.prepare()
    _compile_case_types()
    assert app.connection_for_write().transport  # 9 MB of the broker's library
    give_back()
    gc.freeze()


def _compile_case_types() -> None:
    """Those that new cases follow. No session crosses the fork; without a database each process compiles its own."""
    from contextlib import suppress

    from django.db import DatabaseError, connections

    from casework.studio.rule_versions import newest_types

    with suppress(DatabaseError):
        list(newest_types())
    connections.close_all()
