"""What does a worker of `casewright run` run? Celery's own worker: `python -m casework.runtime.worker [APPLICATION]`.

The same as `celery -A APPLICATION worker` with these options, without the 10 MB of Celery's command line.
"""

import logging
import sys

from celery.app.utils import find_app

from casework.runtime.scaling import bounds


def main(application: str = "casework.celery") -> int:
    """Do what is asked for until told to stop; the exit status."""
    fewest, most = bounds()
    worker = find_app(application).Worker(
        pool_cls="prefork", autoscale=f"{most},{fewest}", without_gossip=True, without_mingle=True,
        without_heartbeat=True, quiet=True, loglevel=logging.WARNING,
    )  # fmt: skip
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
