"""Which kind of case does a text begin?

As what a message is about (`intent`), with the keys of case types as labels.
"""

from typing import Final

from orchestration.actors.kinds.text_model.intent import IntentActor

KIND: Final = "case-kind"


class CaseKindActor(IntentActor):
    """Capability `case-kind`: the case type that a text begins, how sure it is, and what else it might be."""

    kind = KIND
    capability = KIND
