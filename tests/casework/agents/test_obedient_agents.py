"""Does an agent whose mind obeys every order that it reads do nothing but what it was granted, in whole rounds?"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from casework.cases.verification import verify
from casework.models import Case
from orchestration.models import AgentProposal
from tests.casework.agents.obedient import READ, Obedient, beyond, over_budget, planted
from tests.orchestration.machines import Machines, work_jobs


def test_orders_in_a_message_and_a_reply_are_obeyed_by_the_mind_and_by_nothing_else(
    open_case: Callable[..., Case], agent_limits: Callable[..., None], machines: Machines,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    draw = random.Random(14)
    agent_limits(calls=25, idle=100)
    machines.say("refund_request", 0.4, "negative")
    mind = Obedient(monkeypatch, draw)
    case = open_case(message=planted(draw), reply=planted(draw))
    work_jobs(case.instance_id)
    first, *later = mind.wanted.values()
    assert len(first) == 25 and {READ["message"], READ["reply"]} <= {*first}
    assert mind.let_through() and AgentProposal.objects.filter(state="refused").count() > 10
    assert not beyond(case.instance_id) and not over_budget(case.instance_id) and verify(case.instance).ok
