"""What do a vendor's attributes on a CMMN or BPMN element say, in one neutral form?

Models come from Flowable (`flowable:`, before that `activiti:`), Camunda 7 (`camunda:`, also `operaton:`), Zeebe
(`zeebe:`) and from here (`urn:casewright:model:1`). They say the same things in different words: who does a task, with
which form, what kind of machine work it is, what goes in and comes out. Both behaviours read that from here and nowhere
else. `vendors` finds the attributes, `reader` reads them with `mappings` and `loops`, `scripts` runs what they compute,
`remarks` tells what of them does not run here.
"""

from __future__ import annotations

from orchestration.engine.dialect.listeners import listening
from orchestration.engine.dialect.reader import extensions, gathering
from orchestration.engine.dialect.scripts import either, people, run, script, stores_names, thrown, value_of
from orchestration.engine.dialect.values import (
    Aggregation,
    Assignment,
    Extensions,
    Heard,
    Moved,
    Script,
    Sent,
    Transfer,
)
from orchestration.engine.dialect.vendors import (
    BPMN,
    CASEWRIGHT,
    VENDORS,
    ZEEBE,
    clock,
    comes_from_flowable,
    vendor,
    vendor_elements,
)

__all__ = [
    "BPMN",
    "CASEWRIGHT",
    "VENDORS",
    "ZEEBE",
    "Aggregation",
    "Assignment",
    "Extensions",
    "Heard",
    "Moved",
    "Script",
    "Sent",
    "Transfer",
    "clock",
    "comes_from_flowable",
    "either",
    "extensions",
    "gathering",
    "listening",
    "people",
    "run",
    "script",
    "stores_names",
    "thrown",
    "value_of",
    "vendor",
    "vendor_elements",
]
