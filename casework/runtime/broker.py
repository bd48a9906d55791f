"""How is the broker spoken to, and what is asked of it every few seconds? For web, worker and beat alike.

Nothing of Django is needed here: beat, which only sends, goes without it and takes a third of the memory.
"""

from typing import Any, Final

from celery.schedules import schedule

from casework.runtime.clock import steady

ANSWERS_WITHIN: Final = 2
"""Seconds to connect in. Also a broker that accepts and keeps silent is waited for no longer than a few seconds."""
CLOCK_TASKS: Final = ("sweep", "fire_timers", "sign_histories")
CLOCK_QUEUE: Final = "clock"
EVERY: Final = 5

# What beat sent while no worker was there is forgotten after a minute: more than the clocks of two machines differ.
SCHEDULE: Final = {
    name: {
        "task": f"orchestration.tasks.{name}",
        "schedule": schedule(EVERY, nowfun=steady),
        "options": {"expires": 60, "queue": CLOCK_QUEUE},
    }
    for name in CLOCK_TASKS
}


def time_limits_of(broker: str) -> dict[str, Any]:
    """What the client of this broker is told, so that it waits for no answer longer than a few seconds."""
    if broker.startswith("redis"):
        # Redis is told nothing of who has which message: a receipt that cannot be handed over when it goes away counts
        # as work in hand for ever, and so keeps the worker from asking for more (kombu 5.7).
        return {"ack_emulation": False, "socket_connect_timeout": 2, "socket_timeout": 5, "health_check_interval": 10}
    return {"read_timeout": 5, "write_timeout": 5} if broker.startswith(("amqp", "pyamqp")) else {}
