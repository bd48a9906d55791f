"""Which figures does the product hold, as ratios measured in one run? `make bench` prints them.

`python -m tests.benchmarks [SECTION ...]` runs some: decisions, growth, masking, priority, receipts, invoices, bundles,
scores, steps, shell, processes, workers, handoff, data, life, inbox, cases, search, closed, verify; and by name alone:
million, evidence, deadlines. All that touches the database runs on an embedded PostgreSQL of its own, durably set.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from tests.benchmarks import deadlines, dmn_speed, growth, invoices, masking, priority, receipts, scores
from tests.benchmarks.server import product

WITHOUT_DATABASE = frozenset(
    {"deadlines", "decisions", "growth", "masking", "priority", "receipts", "scores", "invoices", "bundles"}
)  # fmt: skip
ONLY_NAMED = frozenset({"million", "evidence"})  # take minutes


def sections(dsn: str) -> dict[str, tuple[str, Callable[[], Iterable[str]]]]:
    """The figures by name, each with its heading."""
    from tests.benchmarks import (
        case_list,
        evidence,
        handoff,
        inbox,
        knowledge,
        processes,
        search,
        shell,
        verification,
        workers,
    )

    return {
        "steps": ("Statements and state of each step of a complaint", shell.statements_and_bytes),
        "shell": (
            "A complaint, intake to answer, against its bare durable writes",
            lambda: shell.against_the_floor(dsn),
        ),
        "processes": ("A process against its bare writes, and SpiffWorkflow", lambda: processes.against_others(dsn)),
        "workers": ("A complaint to *routed*, CPU of worker and database", lambda: workers.against_the_bare_work(dsn)),
        "handoff": ("A job with an actor that answers at once", lambda: handoff.against_a_bare_task(dsn)),
        "verify": ("Verifying histories", lambda: verification.rates(dsn)),
        "million": ("Verifying one case of a million events", verification.of_any_length),
        "evidence": ("Proving a history without the product", evidence.proven),
        "data": ("A step beside little and much data", processes.with_much_data),
        "life": ("Early and late in the life of one case", shell.late_in_life),
        "inbox": ("The first page of the inbox", inbox.first_pages),
        "cases": ("A page of the list of cases", case_list.pages),
        "search": ("A search", search.searches),
        "knowledge": ("Questions to the knowledge base", knowledge.figures),
        "closed": ("Beside closed cases", lambda: shell.beside_closed_cases(dsn)),
    }


def main(wanted: list[str]) -> None:
    if not wanted or "decisions" in wanted:
        print("Decision tables beside the same tables written by hand, SpiffWorkflow and zen-engine", flush=True)
        dmn_speed.main([])
    if not wanted or "growth" in wanted:
        print("\nWhat grows with the models and with what is open (in memory, CPU)", flush=True)
        for line in growth.figures():
            print("  " + line, flush=True)
    if not wanted or "masking" in wanted:
        print("\nMasking a page's texts (in memory, CPU)", flush=True)
        for line in masking.figures():
            print("  " + line, flush=True)
    if not wanted or "priority" in wanted:
        print("\nUrgent work that overtakes (a simulation)", flush=True)
        for line in priority.figures():
            print("  " + line, flush=True)
    if not wanted or "receipts" in wanted:
        print("\nReading receipts", flush=True)
        for line in receipts.figures():
            print("  " + line, flush=True)
    if not wanted or "scores" in wanted:
        print("\nScores on rows that they had not seen", flush=True)
        for line in scores.figures():
            print("  " + line, flush=True)
    if "deadlines" in wanted:
        print("\nDeadlines beside a walk through time", flush=True)
        for line in deadlines.figures():
            print("  " + line, flush=True)
    for name, heading, figures in (
        ("invoices", "Reading invoices of our own", invoices.figures),
        ("bundles", "Reading a bundle of forty pages", invoices.of_bundles),
    ):
        if not wanted or name in wanted:
            print(f"\n{heading}", flush=True)
            for line in figures():
                print("  " + line, flush=True)
    if wanted and not {*wanted} - WITHOUT_DATABASE:
        return
    with product() as dsn:
        for name, (heading, figures) in sections(dsn).items():
            if name not in wanted and (wanted or name in ONLY_NAMED):
                continue
            print(f"\n{heading}", flush=True)
            for line in figures():
                print("  " + line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
