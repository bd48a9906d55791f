"""How does a person decide what an agent wants, so that they sign what they saw?

*Seen is signed*: the page carries a mark of each value as this person sees it, of the documents, of the rules' version
and of the proposal; where one is another when the answer comes, nothing is decided and it is said which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from casework.access.permissions import origin_of
from casework.cases import shown
from casework.cases.answers import Seen, seen, seen_in
from casework.cases.locking import keep_refusal, locked
from casework.cases.read.agent_work import Wanted, cited
from casework.forms import came_up
from casework.forms.answer_validation import tells, text_errors
from casework.knowledge.views import reader_of
from casework.models import Case
from casework.tasks import signing
from orchestration.agents import approvals, looking
from orchestration.agents.approvals import Verdict
from orchestration.agents.checking import BLIND
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import AgentProposal
from orchestration.shell import selectors

Json = Any
NOTHING: Final = "nothing"
PROPOSAL: Final = "proposal"
REASON: Final = "Say in 3 to 500 characters why: the agent gets it, and it is kept."
REMARK: Final = "Beside an approval a reason has at most 500 characters: it is kept."


MOST_CHANGED: Final = 5000
"""Characters of a text as a person changed it."""


@dataclass(frozen=True, slots=True)
class Given:
    """A person's answer as it was sent. `marks`: what the page carried of what they saw; `opened`: of when it came
    up."""

    verdict: Verdict
    marks: str
    opened: str = ""


def marks(by: User, case: Case, row: AgentProposal, look: Seen) -> dict[str, str]:
    """The mark of each thing that stands on the page of a proposal."""
    said = {PROPOSAL: [row.name, row.reason, row.evidence, row.chosen, row.rule, row.price, row.digest, row.put,
                         row.decoy, row.check_answer, row.run.plan, sorted(cited([row], reader_of(by)))]}  # fmt: skip
    return shown.marks_of(_key(by, row), look, shown.papers_in(case.instance_id), said)


def marks_now(by: User, case: Case, row: AgentProposal) -> str:
    """As the page carries them."""
    case_type = by_definition(case.instance.definition_id)
    look = seen_in(case_type, selectors.state_of(case.instance), clock.utc_now(), case, by)
    return shown.carried(marks(by, case, row, look))


def _key(by: User, row: AgentProposal) -> str:
    return f"proposal {row.pk}/{by.pk}"


def texts_changed(row: AgentProposal, wanted: Wanted, typed: Mapping[str, str]) -> dict[str, str]:
    """What was written in place of the texts that the agent chose and this reader sees as they are."""
    own = {
        name for (name, value), (_, seen) in zip(row.chosen.items(), wanted.chosen, strict=False)
        if isinstance(value, str) and seen == value
    }  # fmt: skip
    return {name: text for name, text in typed.items() if name in own}


def proposal_decide(*, by: User, case: Case, proposal: int, given: Given) -> AgentProposal | Refused:
    """Approve, change and approve, or reject. Who may work the case may; that was decided when it was fetched."""
    if wrong := _reason_amiss(given.verdict):
        return Refused("invalid", wrong, {"reason": wrong})
    with transaction.atomic():
        held = locked(case.instance_id)
        row = AgentProposal.objects.select_related("run").get(pk=proposal, run__instance=case.instance_id)
        look = seen(held, case, by)
        found = marks(by, case, row, look)
        apart = signing.not_as_seen(given.marks, found, look) if row.state == AgentProposal.State.HELD else None
        if apart is not None:
            return keep_refusal(held, by, {"command": "decide", "proposal": proposal}, apart)
        looked = came_up.read(given.opened, _about(proposal), by)
        eyes = shown.eyes(_key(by, row), case.pk, look, None, more={PROPOSAL: found[PROPOSAL]})
        verdict = replace(given.verdict, seen=shown.whole(found), looked=looked, eyes=eyes)
        return approvals.decide(proposal, verdict, origin_of(by))


def page_opened(by: User, proposal: int) -> str:
    """What the page of a proposal carries of when it came up."""
    return came_up.carried(_about(proposal), by)


def _about(proposal: int) -> str:
    return f"proposal {proposal}"


def _reason_amiss(verdict: Verdict) -> str:
    """Why this reason cannot be kept; who approves need not give one."""
    if unclean := text_errors({"reason": verdict.reason}):
        return unclean["reason"]
    least, said = (0, REMARK) if verdict.approve else (3, REASON)
    return "" if tells(verdict.reason.strip(), least, 500) else said


def is_blind(row: AgentProposal) -> bool:
    """Whether whoever decides is not told what the agent wants."""
    return bool(row.put == BLIND and row.state == AgentProposal.State.HELD)


def choices(row: AgentProposal) -> tuple[tuple[str, str], ...]:
    """What the case offers the agent now, by the names of the steps, and that nothing of it should be done."""
    if not is_blind(row) or row.run.instance_id is None:
        return ()
    case_type, state = looking.read(row.run.instance_id)
    agent = approvals.agent_behind(row.run)
    offered = looking.offered_now(row.run.instance_id, case_type, state, agent)
    steps = {one.key: one.name for one in offered if one.command is not None and row.tool not in (one.key, one.step)}
    named = sorted((steps | {row.tool: row.name}).items(), key=lambda one: one[1])
    return (*named, (NOTHING, "None of these"))


def blind_verdict(row: AgentProposal, choice: str, name: str, digest: str) -> Verdict:
    """Approved where it is what the agent wants; else the agent hears what was chosen."""
    return Verdict(choice == row.tool, digest, "", f"Chosen without knowing what it wants: {name}."[:500], None, name)


def proposal_undo(*, by: User, proposal: AgentProposal) -> AgentProposal | Refused:
    """Take back what an agent did."""
    return approvals.undo(proposal.pk, origin_of(by))
