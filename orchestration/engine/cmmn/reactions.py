"""Who is told that something occurred in a case?

On-parts of sentries and start triggers of timers (CMMN 1.1, 8.5 and 5.4.2): each transition of a plan item or a case
file item plans what waits for it. `case_run_of` gives the one case at work of an instance in a step, which tells its
transitions here.
"""

from __future__ import annotations

from orchestration.engine.cmmn import listeners, sentries
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.step import Step


def occurred(run: CaseRun, source: str, event: str, parent: int | None, criterion: str = "") -> None:
    """Tell those who wait for this transition, from the agenda."""
    reactions = run.model.reactions.get((source, event))
    starts = run.model.timer_starts.get((source, event))
    if reactions or starts:
        lineage = run.lineage(parent)
        if reactions:
            run.step.plan(sentries.react, run, reactions, lineage, criterion)
        if starts:
            run.step.plan(listeners.start_timers, run, starts, lineage)


def case_run_of(step: Step, instance: int) -> CaseRun:
    """The one case at work of this instance in this step."""
    run: CaseRun | None = step.runs.get(instance)
    if run is None:
        run = step.runs[instance] = CaseRun(step, instance, occurred)
    return run
