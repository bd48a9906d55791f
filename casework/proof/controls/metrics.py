"""How does a monitoring system learn that a control does not hold, or that none was fired for long?"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

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


def hang_in() -> None:
    if controls_told not in with_every_reading:
        with_every_reading.append(controls_told)
