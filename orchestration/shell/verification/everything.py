"""Does everything hold: all cases, the chains that no case owns, what was erased by order, and what was signed?

What is found is told line by line, as it is found, and the first lines are kept with the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from audit.checkpoints import CheckpointFault
from orchestration.shell.verification.checkpoints import Signed, verify_checkpoints
from orchestration.shell.verification.control import keep_standing, verify_access, verify_control
from orchestration.shell.verification.erased import verify_erased
from orchestration.shell.verification.every import Progress, Report, ended, verify_all
from orchestration.shell.verification.kept import Verified
from orchestration.shell.verification.verdict import Fault, Verdict

MOST_KEPT: Final = 50
"""Lines that are kept of what does not hold; the command tells all."""

Told = Callable[[str], None]
Called = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Everything:
    """What a run came to. `broken`: histories that do not hold; `erased`: cases without contents, by order.

    `signed` None: not asked for, or (`unsigned`) why nothing could be held against checkpoints.
    """

    report: Report
    standing: tuple[Verdict, ...]
    erased: int
    signed: Signed | None
    unsigned: str
    broken: int


def verify_everything(
    *,
    whole: bool,
    processes: int,
    told: Told,
    called: Called,
    progress: Progress,
    cases: list[int] | None = None,
    new_key: bool = False,
) -> Everything:
    """Verify all, or only these `cases` beside the standing chains. `called`: what people call the case of an instance.

    Raises KeyFault where something sealed cannot be opened; the run stays open then, and the next one goes on with it.
    """
    lines: list[str] = []

    def tell(line: str) -> None:
        if len(lines) < MOST_KEPT:
            lines.append(line)
        told(line)

    heads: list[Verified] = []
    standing = {
        "rules, roles and actors": verify_control(heads, new_key=new_key),
        "access": verify_access(heads, new_key=new_key),
    }
    erased, standing["erased by order"] = verify_erased()
    for line in _of_standing(standing):
        tell(line)
    report = verify_all(
        whole=whole, processes=processes, cases=cases, progress=progress, new_key=new_key,
        named=lambda case, fault: tell(_line(called(case), fault)),
    )  # fmt: skip
    signed, unsigned = (None, "") if cases else _signed()
    for sentence in signed.faults if signed else ():
        tell(f"checkpoints: {sentence}")
    verdicts = tuple(standing.values())
    broken = report.broken + sum(not each.ok for each in verdicts) + bool(signed and signed.faults)
    keep_standing(report.run.pk, heads)
    ended(report, broken, None if cases else sum(each.events for each in verdicts), lines)
    return Everything(report, verdicts, erased, signed, unsigned, broken)


def _of_standing(standing: dict[str, Verdict]) -> Iterator[str]:
    for what, verdict in standing.items():
        for fault in verdict.faults:
            yield _line(what, fault)


def _signed() -> tuple[Signed | None, str]:
    try:
        return verify_checkpoints(), ""
    except CheckpointFault as fault:
        return None, str(fault)


def _line(what: str, fault: Fault) -> str:
    at = f", event {fault.sequence}" if fault.sequence else ""
    return f"{what}{at}: {fault.reason}"
