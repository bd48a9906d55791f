"""What does one round of an agent cost, from its job to what it did, without the time of what thinks for it?

CPU of this process and of the database's together, on complaints of upset customers, by the shipped agent without its
search. `ROUNDS=50 python -m tests.benchmarks rounds` works on fewer.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import yaml

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import made
from orchestration.agents.scripted import Scripted
from orchestration.agents.thoughts import Thought, View
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteJob, StartCase
from orchestration.jobs import runner
from orchestration.models import AgentRun, Definition, Job
from orchestration.shell import nudges, services
from orchestration.shell.services import Done
from tests.benchmarks.workers import server_cpu

Json = dict[str, Any]
MOST: Final = 40.0  # milliseconds of CPU
CASES: Final = int(os.environ.get("ROUNDS", "200"))
BENCH: Final = Origin("system:bench")
MESSAGE: Final = {
    "message": "This is the third letter about my card. Nobody answers, and I am furious.",
    "customer": {"name": "Maria Sandoval", "phone": "020 7946 0321"},
}
ANSWERS: Final = {
    "intent": {"label": "refund_request", "confidence": 0.93, "alternatives": []},
    "sentiment": {"label": "negative", "confidence": 0.9, "score": 0.0},
}


def figures(dsn: str) -> Iterator[str]:
    """The middle of all runs, and of the slowest in twenty; the database's part is counted over all of them."""
    definition, thinking = deployed(_without_search), _counted()
    jobs = [waiting(definition, MESSAGE, ANSWERS) for _ in range(CASES)]
    server = server_cpu(dsn)
    spent = sorted(_round(case, job, thinking) for case, job in jobs)
    rounds = sum(AgentRun.objects.values_list("calls", flat=True))
    database = 1000 * (server_cpu(dsn) - server) / rounds
    middle, slow = (1000 * spent[int(len(spent) * share)] for share in (0.5, 0.95))
    yield f"{middle:.1f} ms of CPU a round in the middle, {slow:.1f} at 95 %, and {database:.1f} ms of the database's"
    yield f"of {rounds} rounds in {len(spent)} runs; aim: {MOST:.0f} ms"
    assert middle + database <= MOST, f"a round takes more than {MOST} ms"


def deployed(alter: Callable[[dict[str, str], Json], None]) -> Definition:
    """Complaints whose agent acts by itself; `alter` changes the files of the case type, and the agent's, before."""
    nudges._send = lambda *message: None  # no broker in this measurement
    files = folder_files(CASE_TYPES / "complaint")
    files["routing.dmn"] = re.sub(r'(id="\w8"><text>)[^<]*', r'\1"by itself"', files["routing.dmn"])
    document = yaml.safe_load((CASE_TYPES / "complaint/actors/next-steps.yaml").read_text("utf-8"))
    alter(files, document["file"])
    published = deploy(files, BENCH)
    assert isinstance(published, Published), published
    made(document)
    return published.definition


def _without_search(files: dict[str, str], agent: Json) -> None:
    agent["tools"] = [tool for tool in agent["tools"] if tool["do"] != "search"]
    agent["rules"] = [rule for rule in agent["rules"] if rule.get("use") != "search"]


def _counted() -> list[float]:
    """CPU that is spent in thinking from now on."""
    spent, think = [0.0], Scripted.think

    def thought(mind: Scripted, view: View, key: str) -> Thought:
        began = time.process_time()
        try:
            return think(mind, view, key)
        finally:
            spent[0] += time.process_time() - began

    Scripted.think = thought  # type: ignore[method-assign]  # measured from here on
    return spent


def waiting(definition: Definition, data: Json, answers: Mapping[str, Json]) -> tuple[int, int]:
    """A case whose agent is asked for, and the number of the job. `answers`: of the machines before it."""
    started = services.start(definition, StartCase("complaint", dict(data)), BENCH)
    assert isinstance(started, Done)
    case = started.instance
    for row in Job.objects.filter(instance=case, capability__in=answers):
        services.send(case, CompleteJob(row.job, answers[row.capability]), BENCH)
    return case, Job.objects.get(instance=case, capability="consider-steps").job


def _round(case: int, job: int, thinking: list[float]) -> float:
    """Seconds of CPU of one round: those of a whole run, its job's handoff included, by its thoughts."""
    thinking[0], began = 0.0, time.process_time()
    assert isinstance(runner.run(case, job), Done)
    spent = time.process_time() - began - thinking[0]
    run = AgentRun.objects.get(instance=case)
    assert run.outcome == "reached"
    return spent / run.calls
