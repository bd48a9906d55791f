"""What does a token do at each kind of node?

Flow nodes of BPMN 2.0 (13.3): activities begin, gateways choose, split and join, events are thrown or waited for. A
boundary event stands at an activity and is never arrived at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orchestration.engine.bpmn import activities, catching, gateways, throwing
from orchestration.engine.bpmn.elements import ACTIVITIES
from orchestration.engine.bpmn.tokens import Enter

ON_ARRIVAL: Final[Mapping[str, Enter]] = {
    **dict.fromkeys(ACTIVITIES, activities.enter),
    "exclusiveGateway": gateways.exclusive,
    "parallelGateway": gateways.parallel,
    "inclusiveGateway": gateways.inclusive,
    "complexGateway": gateways.complex_,
    "eventBasedGateway": catching.choose,
    "intermediateCatchEvent": catching.catch,
    "startEvent": throwing.pass_start,
    "endEvent": throwing.throw_all,
    "intermediateThrowEvent": throwing.throw_all,
    "implicitThrowEvent": throwing.throw_all,
}
"""By the kind of node."""
