"""What does beat run? A Celery application that only sends: `python -m casework.runtime.beat`.

Its schedule is in memory: nothing that a killed beat could leave behind. (`celery -A casework.runtime.beat beat
--scheduler celery.beat:Scheduler` does the same, with 15 MB of Celery's command line.)
"""

import os

from celery import Celery
from kombu import Queue

from casework.runtime.broker import ANSWERS_WITHIN, CLOCK_QUEUE, SCHEDULE, time_limits_of
from casework.runtime.locations import locations
from orchestration.ground.freed_memory import give_back

app = Celery("casework.beat")
broker = os.environ.get("CELERY_BROKER_URL") or locations().broker_url
app.conf.update(
    broker_url=broker,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # for as long as it takes
    broker_connection_timeout=ANSWERS_WITHIN,
    broker_transport_options=time_limits_of(broker),
    task_ignore_result=True,
    task_queues=[Queue("celery"), Queue(CLOCK_QUEUE)],
    beat_schedule=SCHEDULE,
)


def main() -> None:
    """Send what is due until told to stop."""
    assert app.connection_for_write().transport  # with its libraries: what reading them took goes back
    give_back()
    app.Beat(scheduler="celery.beat:Scheduler", loglevel="WARNING", quiet=True).run()


if __name__ == "__main__":
    main()
