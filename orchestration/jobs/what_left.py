"""Which words did a language model get for a call?

The ledger keeps a keyed digest of them, not the words. They are made anew, in the way they were made then: from what
the job holds, masked and with pseudonyms, in the prompt of that version. Only where they come to the very same digest
are they told; where the case or the actor's card has changed what is masked since, nobody knows them any more.
"""

from __future__ import annotations

from typing import Final

from audit.sealed_values import is_sealed
from orchestration.actors import kinds
from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.language_model.actor import LanguageModelActor
from orchestration.jobs import crossing, trials
from orchestration.jobs.attempt import SENT
from orchestration.models import ActorCall, ActorVersion

KIND: Final = "language-model"


def is_kept(call: ActorCall) -> bool:
    """Whether there is a digest of the words to hold against what is made anew."""
    return isinstance(call.detail, dict) and SENT in call.detail


def words_of(call: ActorCall) -> tuple[str, str] | None:
    """The instructions and the question of the first round; None where they cannot be made again."""
    rows = ActorVersion.objects.select_related("actor").defer("artefact")
    version = rows.filter(actor__key=call.actor, actor__kind=KIND, version=call.version).first()
    if version is None or not is_kept(call) or is_sealed(bytes(call.job.input)):  # whose key is gone says nothing
        return None
    ready = trials.ready_for(call.job, trials.as_it_is(version))
    try:
        actor = kinds.load(KIND, version.version, lambda: crossing.artefact_of(ready.chosen))
        assert isinstance(actor, LanguageModelActor)
        out = crossing.outward(ready, actor)
        words = actor.words_for(out.value)
    except ActorError:
        return None
    return words if actor.digest_of(*words) == call.detail[SENT] else None
