"""How does a person ask a question about a case, and who may?

Who may work the case. What goes along is what they see themselves, cut to what any actor that may answer may see; a
value that was revealed to them for a reason stays with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.asking.pieces import Colleagues, as_kept, chosen
from casework.cases.read.case_view import Look, look
from casework.models import Case
from orchestration.actors.card import card_of
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs.questions import CAPABILITY, Asked, question_ask
from orchestration.models import Actor, Question
from orchestration.models.actors import ActorVersion
from orchestration.privacy.classification import rank
from orchestration.privacy.principal import Principal

SHORTEST, LONGEST = 3, 1000
READ: Final = 300
"""Events through which is looked for what fits."""
NOBODY: Final = Refused(
    "nobody", "No language model is set up for such questions. An administrator can bring one in at Actors."
)
NO_QUESTION: Final = Refused("question", "Write a question of 3 to 1,000 characters.")


def those_who_answer() -> list[Actor]:
    """The actors that may be asked now: switched on, with a version at work."""
    at_work = (ActorVersion.State.IN_USE, ActorVersion.State.SHARE)
    able = Actor.objects.filter(capability=CAPABILITY, enabled=True, versions__state__in=at_work)
    return list(able.distinct().order_by("rank", "key"))


def case_ask(*, by: User, case: Case, text: str) -> Question | Refused:
    """Ask; the answer comes in the background. `case`: fetched for work."""
    question, able = text.replace("\0", "").strip(), those_who_answer()
    if not SHORTEST <= len(question) <= LONGEST:
        return NO_QUESTION
    if not able:
        return NOBODY
    seen = _seen(by, case, able)
    colleagues = Colleagues.of(seen)
    pieces = as_kept(chosen(question, seen, colleagues))
    names = {token: actor for actor, token in colleagues.tokens.items()}
    asked = Asked(colleagues.put_in(question, seen.names), pieces, names)
    return question_ask(case.instance_id, asked, permissions.origin_of(by))


def _seen(by: User, case: Case, able: Iterable[Actor]) -> Look:
    """The case under the eyes of somebody who sees no more than who asks, nor than any of those who may answer."""
    levels = [permissions.clearance(by), *(card_of(one.card).clearance for one in able)]
    reader = Principal(min(levels, key=rank))
    return look(user=by, case=case, now=clock.utc_now(), most=READ, reader=reader)
