"""Which figures does the product hold, as ratios measured in one run? `make bench` prints them.

`python -m tests.benchmarks [SECTION ...]` runs some, by the names in `SECTIONS`; those that take minutes run by name
alone. All that touches the database runs on an embedded PostgreSQL of its own, durably set, each section by itself: one
that fails keeps no other from its figures, and the command ends with status 1.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Final, NoReturn

from casework.runtime.locations import ROOT
from tests.benchmarks.server import begun_anew, configured, kept, product

ON: Final = "--on"
"""Before the address of a database: the section is measured on what is there, in this process."""


@dataclass(frozen=True)
class Section:
    """One heading of figures: `function` of `module` (below `tests.benchmarks`) yields its lines. `deploys`: it deploys
    itself what it needs."""

    name: str
    heading: str
    module: str
    function: str = "figures"
    database: bool = False
    imports_django: bool = False
    takes_dsn: bool = False
    only_named: bool = False
    deploys: bool = False

    @property
    def needs_django(self) -> bool:
        return self.database or self.imports_django

    def lines(self, dsn: str) -> Iterator[str]:
        # Imported late: what touches the database can be imported only once Django knows where it is.
        figures: Callable[..., Iterable[str] | None] = getattr(
            import_module(f"tests.benchmarks.{self.module}"), self.function
        )
        yield from (figures(dsn) if self.takes_dsn else figures()) or ()


def _pure(name: str, heading: str, module: str = "", function: str = "figures", only_named: bool = False) -> Section:
    return Section(name, heading, module or name, function, only_named=only_named)


def _in_memory(name: str, heading: str, module: str, function: str = "figures") -> Section:
    """What touches no row, of a module that imports some model of Django's."""
    return Section(name, heading, module, function, imports_django=True, only_named=True)


def _stored(
    name: str, heading: str, module: str, function: str = "figures", takes_dsn: bool = False, only_named: bool = False,
    deploys: bool = False,
) -> Section:  # fmt: skip
    return Section(
        name, heading, module, function, database=True, takes_dsn=takes_dsn, only_named=only_named, deploys=deploys
    )


SECTIONS = (
    _pure("decisions", "Decision tables beside tables by hand, SpiffWorkflow, zen-engine", "dmn_speed"),
    _pure("growth", "What grows with the models and with what is open (in memory, CPU)"),
    _pure("masking", "Masking a page's texts (in memory, CPU)"),
    _pure("priority", "Urgent work that overtakes (a simulation)"),
    _pure("receipts", "Reading receipts"),
    _pure("sealing", "Documents kept sealed"),
    _pure("scores", "Scores on rows that they had not seen"),
    _pure("texts", "Text models on texts that they had not seen"),
    _pure("deadlines", "Deadlines beside a walk through time", only_named=True),
    _pure("screening", "Altered names on a list of sanctions", only_named=True),
    _pure("flows", "Accounts of money laundering among others", only_named=True),
    _pure("invoices", "Reading invoices of our own"),
    _pure("contracts", "Contracts beside a house standard", only_named=True),
    _pure("mail", "Letters that begin a case, and others", only_named=True),
    _pure("advice", "Purchases held out, beside what is bought most", only_named=True),
    _pure("bundles", "Reading a bundle of forty pages", "invoices", "of_bundles"),
    _pure("hostile", "Two hundred files that would do harm", only_named=True),
    _stored(
        "guardrails", "What is planted, and what is clean, at the guardrails", "control", "guardrails", only_named=True
    ),
    _stored("requests", "Requests of workers at random", "control", "requests", only_named=True),
    _stored("stop", "A stop over three workers", "control", "stop", takes_dsn=True, only_named=True),
    _stored("approvals", "Approvals while all around them changes", "approvals", only_named=True),
    _stored("approvals-threads", "The same by threads, in the database", "approvals", "of_threads", only_named=True),
    _in_memory("proposals", "Proposals of agents that obey whatever they read", "agents"),
    _stored("planted", "The same in whole rounds, database included", "agent_orders", only_named=True, deploys=True),
    _in_memory("pins", "Tools of other servers that change", "agents", "of_pins"),
    _in_memory("round", "A round of an agent, without its mind", "agents", "of_a_round"),
    _stored("rounds", "Whole rounds of an agent, database included", "agent_rounds", takes_dsn=True, only_named=True),
    _stored("steps", "Statements and state of each step of a complaint", "shell", "statements_and_bytes"),
    _stored("shell", "A complaint from intake to answer, against its bare writes", "shell", "against_the_floor", True),
    _stored("processes", "A process against its bare writes, and SpiffWorkflow", "processes", "against_others", True),
    _stored("workers", "A complaint to *routed*, CPU of worker and database", "workers", "against_the_bare_work", True),
    _stored("handoff", "A job with an actor that answers at once", "handoff", "against_a_bare_task", True),
    _stored("verify", "Verifying histories", "verification", "rates", True),
    _stored("million", "Verifying one case of a million events", "verification", "of_any_length", only_named=True),
    _stored("mutation", "Changes planted in every table and column", "mutation", "figures", True, only_named=True),
    _stored("leaks", "Marked values in every case type, every role at every door", "leaks", only_named=True),
    _stored("attack", "Crafted requests, bombs, guesses and questions", "attack", only_named=True),
    _stored("evidence", "Proving a history without the product", "evidence", "proven", only_named=True),
    _stored("data", "A step beside little and much data", "processes", "with_much_data"),
    _stored("life", "Early and late in the life of one case", "shell", "late_in_life"),
    _stored("inbox", "The first page of the inbox", "inbox", "first_pages"),
    _stored("cases", "A page of the list of cases", "case_list", "pages"),
    _stored("lists", "The inbox, however it is set", "lists", "figures", only_named=True),
    _stored("page", "The page of a case with 2,000 and 10,000 events", "case_page", "figures", only_named=True),
    _stored("moments", "A case of 1,000 events as it was at any of them", "case_page", "moments", only_named=True),
    _stored("registers", "Searching all histories", "registers", only_named=True),
    _stored("search", "A search", "search", "searches"),
    _stored("knowledge", "Questions to the knowledge base", "knowledge", "figures"),
    _stored(
        "reranking", "The same questions, what was found in another order", "knowledge", "reranked", only_named=True
    ),
    _stored("passages", "Questions to 100,000 passages", "knowledge_speed", only_named=True),
    _stored("leaving", "Identifiers planted in every case type, at the server of a language model", "leaving"),
    _stored("supplier-invoices", "Receipts and invoices through their case type", "supplier_invoices", only_named=True),
    _stored("erp", "Invoices through a real ERP that is killed", "erp", "figures", only_named=True),
    _stored("closed", "Beside closed cases", "shell", "beside_closed_cases", True),
)


def wanted(names: list[str]) -> list[Section]:
    """The sections of these names; of no names, all that run unnamed.

    Raises:
        SystemExit: a name is not known; it says which are.
    """
    unknown = {*names} - {section.name for section in SECTIONS}
    if unknown:
        raise SystemExit(
            f"No figures are named {', '.join(sorted(unknown))}. There are: " + ", ".join(s.name for s in SECTIONS)
        )
    return [section for section in SECTIONS if (section.name in names if names else not section.only_named)]


def _print(sections: Iterable[Section], dsn: str) -> None:
    for section in sections:
        print(f"\n{section.heading}", flush=True)
        for line in section.lines(dsn):
            print("  " + line, flush=True)


def _by_themselves(sections: Iterable[Section], dsn: str) -> list[str]:
    """The names of those that failed."""
    return [section.name for section in sections if not _by_itself(section, dsn)]


def _by_itself(section: Section, dsn: str) -> bool:
    if section.database:
        begun_anew(dsn)
    alone = [sys.executable, "-m", "tests.benchmarks", ON, dsn, section.name]
    return subprocess.run(alone, cwd=ROOT, check=False).returncode == 0


def main(names: list[str]) -> int:
    if names[:1] == [ON]:
        configured()
        _print(wanted(names[2:]), names[1])
        return 0
    chosen = wanted(names)
    _print((section for section in chosen if not section.needs_django), "")
    rest = [section for section in chosen if section.needs_django]
    failed = []
    if any(section.database for section in rest):
        with product(ships=not all(section.deploys for section in rest)) as dsn:
            kept(dsn)
            failed = _by_themselves(rest, dsn)
    elif rest:
        failed = _by_themselves(rest, "")
    if failed:
        print(f"\nNo figures, or not all of them: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def _end(_signal: int, _frame: object) -> NoReturn:
    """Ended by its number it takes its server and its folder with it, as at Ctrl-C."""
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main(sys.argv[1:]))
