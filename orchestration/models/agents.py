"""Which runs of agents are there, what did each want to do, and which of that waits for a person?

What was decided stands in the history of the case; these rows are what pages list and what a run goes on from.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.db.sealed_fields import SealedJSON, SealedText
from orchestration.models.instances import Instance


class AgentRun(models.Model):
    """One run of an agent: a job of a case, or work that an agent outside reports (`job` empty).

    `memory`: references into the case and the knowledge base, never what stands there. `limits`: as its version has
    them. Money in `currency`.
    """

    class State(models.TextChoices):
        WORKING = "working"
        WAITING = "waiting", "waits for a person"
        ENDED = "ended"

    instance = models.ForeignKey(Instance, models.CASCADE, null=True, related_name="agent_runs")
    job = models.IntegerField(null=True, blank=True)
    reference = models.CharField(max_length=100, blank=True, help_text="an outside agent's own name of the run")
    actor = models.CharField(max_length=100)
    version = models.CharField(max_length=100, blank=True)
    goal = SealedText(max_length=2000, of="instance_id")
    state = models.CharField(max_length=8, choices=State, default=State.WORKING)
    outcome = models.CharField(max_length=20, blank=True, help_text="reached, given-up, asks or stopped")
    why = SealedText(max_length=1000, blank=True, of="instance_id")
    laid_out = SealedJSON(
        default=dict, help_text="its answer and findings, with where they stand in the case", of="instance_id"
    )
    plan = SealedJSON(default=list, of="instance_id")
    memory = SealedJSON(default=list, of="instance_id")
    limits = models.JSONField(default=dict)
    verdicts = SealedJSON(default=list, help_text="what guardrails had against what it said", of="instance_id")
    calls = models.IntegerField(default=0)
    tokens = models.BigIntegerField(default=0)
    cost = models.DecimalField(max_digits=16, decimal_places=6, default=0)
    currency = models.CharField(max_length=3, blank=True)
    stop_asked = SealedText(max_length=500, blank=True, help_text="why a person wants it to end", of="instance_id")
    began = models.DateTimeField()
    seen = models.DateTimeField(help_text="when it last did something")
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instance", "job"], condition=~Q(job=None), name="agent_run_of_job"),
            models.UniqueConstraint(
                fields=["actor", "reference"], condition=~Q(reference=""), name="agent_run_reported_once"
            ),
        ]
        indexes = [models.Index(fields=["-began"], condition=Q(ended=None), name="agent_run_open")]

    def __str__(self) -> str:
        return f"{self.actor}: {self.state}"


class AgentProposal(models.Model):
    """One thing that an agent wanted to do, and what became of it.

    `digest`: of exactly what would be done, on which version of the model. `rule`: why it waits for a person. `price`:
    what the step itself would cost, as known when it was held. `opened`: when a person first looked at it. `items` of
    one that opened a case: that case.
    """

    class State(models.TextChoices):
        DECIDED = "decided"  # by the agent alone; it is about to be done
        HELD = "held", "waits for approval"
        DONE = "done"
        REFUSED = "refused"  # by a rule, or by the engine
        REJECTED = "rejected"  # by a person
        EXPIRED = "expired"
        UNDONE = "undone"

    run = models.ForeignKey(AgentRun, models.CASCADE, related_name="proposals")
    number = models.IntegerField()
    tool = models.CharField(max_length=250)
    name = models.CharField(max_length=300)
    chosen = SealedJSON(default=dict, of="run.instance_id")
    changed = SealedJSON(null=True, help_text="what a person put in place of what was chosen", of="run.instance_id")
    reason = SealedText(max_length=500, of="run.instance_id")
    evidence = SealedJSON(default=list, of="run.instance_id")
    conditions = SealedJSON(default=list, of="run.instance_id")
    state = models.CharField(max_length=8, choices=State)
    outcome = SealedText(max_length=500, blank=True, of="run.instance_id")
    rule = SealedText(max_length=500, blank=True, of="run.instance_id")
    price = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    made = models.DateTimeField()
    opened = models.DateTimeField(null=True, blank=True)
    looked = models.DateTimeField(null=True, blank=True, help_text="when the page came up on which it was decided")
    expires = models.DateTimeField(null=True, blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    put = models.CharField(max_length=5, blank=True, help_text="blind, known or nothing: how it is put to a person")
    decoy = SealedJSON(default=dict, help_text="what is put in its place, which is never done", of="run.instance_id")
    check_opened = models.DateTimeField(null=True, blank=True)
    checked = models.DateTimeField(null=True, blank=True, help_text="when a person answered what is never done")
    check_answer = SealedText(
        max_length=300, blank=True, help_text="what they answered, or chose blindly", of="run.instance_id"
    )
    items = models.JSONField(default=list, help_text="the open items that came of it, so that it can be undone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="agent_proposal_once")]
        indexes = [models.Index(fields=["expires"], condition=Q(state="held"), name="agent_proposal_held")]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"
