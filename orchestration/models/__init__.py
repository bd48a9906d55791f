"""Which rows does orchestration keep, and which of them is the truth?

`Instance` holds the state of a root case and the head of its history; every other row of a case (tasks, jobs, timers,
subscriptions, incidents) is written in the same transaction as the step that wanted it, from the step's events.
"""

from orchestration.models.actors import Actor, ActorVersion, AllowedHost, Budget, Gauge, Spending, Trial, WorkerToken
from orchestration.models.agents import AgentProposal, AgentRun
from orchestration.models.definitions import Definition, StartTimer
from orchestration.models.events import EventDelivery, EventSubscriber, Inlet, Receipt
from orchestration.models.golden import GoldenAnswer, GoldenCase
from orchestration.models.instances import Instance
from orchestration.models.jobs import ActorCall, Evaluation, Incident, Job, Judgement
from orchestration.models.knowledge import KnowledgeDocument, KnowledgePiece, KnowledgeUse
from orchestration.models.leases import Lease
from orchestration.models.questions import Question
from orchestration.models.stops import Replay, Stop
from orchestration.models.tasks import HumanTask, TaskCandidate
from orchestration.models.waits import Outbox, Subscription, Timer

__all__ = [
    "Actor",
    "ActorCall",
    "ActorVersion",
    "AgentProposal",
    "AgentRun",
    "AllowedHost",
    "Budget",
    "Definition",
    "Evaluation",
    "EventDelivery",
    "EventSubscriber",
    "Gauge",
    "GoldenAnswer",
    "GoldenCase",
    "HumanTask",
    "Incident",
    "Inlet",
    "Instance",
    "Job",
    "Judgement",
    "KnowledgeDocument",
    "KnowledgePiece",
    "KnowledgeUse",
    "Lease",
    "Outbox",
    "Question",
    "Receipt",
    "Replay",
    "Spending",
    "StartTimer",
    "Stop",
    "Subscription",
    "TaskCandidate",
    "Timer",
    "Trial",
    "WorkerToken",
]
