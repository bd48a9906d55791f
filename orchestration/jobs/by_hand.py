"""What does a machine's work consist of when a person does it, and may what they give count as its result?

A human task in the place of a job (`AskPerson`): what is asked is the output that the capability promises (JSON
Schema), the machine's suggestion stands beside it, and what the person gives passes the guardrails *after* that make
sense for people. How sure they are is not asked: where the contract wants a number, a person's word is the surest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors import guardrails
from orchestration.actors.capability import FORM, Capability
from orchestration.actors.card import Card
from orchestration.actors.contract_schemas import output_of
from orchestration.actors.handoff import CaseFacts, Handoff, Outcome, Verdict
from orchestration.casetypes.case_type import CaseType
from orchestration.ground.schemas import SchemaValidator
from orchestration.jobs.crossing import given
from orchestration.models import ActorCall, HumanTask, Job

Json = Any
Schema = Mapping[str, Json]

CONFIDENCE: Final = "confidence"


@dataclass(frozen=True)
class ByHand:
    """A machine's work in a person's hands. `call`: the suggestion that waits for their word, if there is one."""

    job: Job
    case_type: CaseType
    capability: Capability
    promised: Schema
    call: ActorCall | None

    @cached_property
    def asked(self) -> Schema:
        """The schema of what a person is asked for."""
        properties = {name: one for name, one in self.promised.get("properties", {}).items() if name != CONFIDENCE}
        required = [name for name in self.promised.get("required", ()) if name != CONFIDENCE]
        return {**self.promised, "properties": properties, "required": required}

    @cached_property
    def validator(self) -> Draft202012Validator:
        return SchemaValidator(self.asked)

    @property
    def draft(self) -> dict[str, Json]:
        """What the machine suggests, as far as a person is asked for it."""
        output = self.call.output if self.call is not None else None
        known = self.asked.get("properties", {})
        return {name: value for name, value in (output or {}).items() if name in known}

    def result(self, answer: Mapping[str, Json]) -> dict[str, Json]:
        """What goes into the case in the machine's place."""
        sure = self.promised.get("properties", {}).get(CONFIDENCE)
        return dict(answer) if sure is None else {**answer, CONFIDENCE: sure.get("maximum", 1)}


def is_by_hand(task: HumanTask) -> bool:
    """Whether a person does a machine's work in this task."""
    return task.form.startswith(FORM)


def by_hand(task: HumanTask, case_type: CaseType) -> ByHand | None:
    """The work of such a task; None where no machine was ever asked for it."""
    job = Job.objects.filter(instance=task.instance_id, item=task.item).order_by("-job").first()
    if job is None:
        return None
    capability = case_type.capability(task.form.removeprefix(FORM))
    call = ActorCall.objects.filter(job=job, outcome="suggested").order_by("-pk").first()
    return ByHand(job, case_type, capability, output_of(capability, "" if call is None else call.actor), call)


def checked(work: ByHand, by: str, answer: Json, data: Mapping[str, Json]) -> tuple[Verdict, ...]:
    """What the guardrails say of a person's answer; `data`: the case's, in clear."""
    handoff = Handoff(
        work.capability, by, Card(), {}, work.promised, actor_capability=work.capability.key, name=by,
        case=CaseFacts(lambda: data, work.case_type.classification, work.case_type.key),
        purpose=work.capability.purpose,
    )  # fmt: skip
    return guardrails.by_person(handoff, given(work.job), work.result(answer)).verdicts


def objection(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    """The guardrail that does not let it through. Who is to look at it is a person already."""
    return next((one for one in verdicts if one.outcome in (Outcome.BLOCK, Outcome.REPAIR)), None)
