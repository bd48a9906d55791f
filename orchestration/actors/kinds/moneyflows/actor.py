"""Which patterns of money laundering do the transfers around an account show?"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.moneyflows.file import flows_fault, limits_of
from orchestration.diligence.flows import BadStatement, Transfer, cycles, fan_in, read_statement, signs

Json = Any

TEXT: Final = {"type": "string"}
SHOWN: Final = 60
"""Transfers that are told, those of a pattern before others."""
EDGE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["source", "target", "amount", "day", "pattern"],
    "properties": {"source": TEXT, "target": TEXT, "amount": {"type": "number"}, "day": TEXT, "pattern": TEXT},
}
INPUT: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["account", "statement"],
    "properties": {"account": TEXT, "statement": {"type": ["string", "null"]}},
}
OUTPUT: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["signs", "edges", "transfers"],
    "properties": {
        "signs": {"type": "array", "items": TEXT}, "edges": {"type": "array", "items": EDGE},
        "transfers": {"type": "integer"},
    },
}  # fmt: skip


class MoneyFlowsActor:
    """Looks for fan-in and circles."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        if wrong := flows_fault("money-flows", artefact or b""):
            raise ActorError(f"The limits cannot be read. {wrong}", temporary=False)
        self.key, self.version = key, version
        self.capability, self._limits = limits_of(artefact or b"")
        self.input_schema, self.output_schema = INPUT, OUTPUT

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Pure, so that a repeated key needs no care. Raises ActorError where a line is no transfer."""
        try:
            transfers = read_statement(input.get("statement") or "")
        except BadStatement as wrong:
            raise ActorError(str(wrong), temporary=False, code="bad-statement") from None
        into = fan_in(transfers, input["account"], self._limits)
        circles = cycles(transfers, input["account"], self._limits)
        pattern = dict.fromkeys(into.transfers if into else (), "fan-in")
        pattern |= {one: "circle" for circle in circles for one in circle}
        told = sorted(dict.fromkeys(transfers), key=lambda one: (one not in pattern, one.day))[:SHOWN]
        edges = [_edge(one, pattern.get(one, "")) for one in told]
        output = {"signs": list(signs(into, circles)), "edges": edges, "transfers": len(transfers)}
        return Answer(output, None, {"circles": len(circles)}, {"transfers": len(transfers)})


def _edge(one: Transfer, pattern: str) -> dict[str, Json]:
    day = one.day.isoformat()
    return {"source": one.source, "target": one.target, "amount": one.amount, "day": day, "pattern": pattern}
