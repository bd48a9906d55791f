"""How does a monitoring system learn that a control or a history does not hold, or that nobody looked for long?"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from casework.governance.proof import newest_run
from casework.proof.controls.rounds import board
from casework.web.metrics_read import with_every_reading
from orchestration.ground import clock


def controls_told() -> Iterator[Metric]:
    """Of each control whether it held, and how long ago they were fired."""
    holds = GaugeMetricFamily(
        "casewright_control_holds", "0 where a control did not hold when fired.", labels=["control"]
    )
    fired = GaugeMetricFamily("casewright_controls_fired_seconds", "How long ago all controls were fired.")
    found = board()
    for row in () if found is None else found.rows:
        holds.add_metric([row.key], 0.0 if row.said else 1.0)
    if found is not None:
        fired.add_metric([], (clock.utc_now() - found.at).total_seconds())
    return iter((holds, fired))


def histories_told() -> Iterator[Metric]:
    """How many histories did not hold when all were verified last, and how long ago that was."""
    broken = GaugeMetricFamily("casewright_histories_broken", "Histories that did not hold when verified last.")
    verified = GaugeMetricFamily("casewright_histories_verified_seconds", "How long ago all histories were verified.")
    run = newest_run()
    if run is not None and run.ended is not None:
        broken.add_metric([], float(run.faults))
        verified.add_metric([], (clock.utc_now() - run.ended).total_seconds())
    return iter((broken, verified))


def hang_in() -> None:
    for told in (controls_told, histories_told):
        if told not in with_every_reading:
            with_every_reading.append(told)
