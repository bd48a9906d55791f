"""What does beat run? A Celery application that only sends: `celery -A casework.runtime.beat beat`."""

import os

from celery import Celery
from kombu import Queue

from casework.runtime.broker import ANSWERS_WITHIN, CLOCK_QUEUE, SCHEDULE, time_limits_of
from casework.runtime.locations import locations

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
