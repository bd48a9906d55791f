"""How much of what is stored can be changed behind the product's back without being seen?

One row of every table that has one is changed, column by column, as the owner of the database can (no trigger, no key);
everything is verified from its first event; the change is undone. What nobody finds is named, and so is what is not
looked for on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import psycopg
from django.db import connection, transaction

from audit.services import Origin
from casework.access.roles_verification import control_begin
from orchestration.shell.verification.control import verify_access, verify_control
from orchestration.shell.verification.erased import verify_erased
from orchestration.shell.verification.every import ended, verify_all

APPS: Final = ("audit_", "auth_", "casework_", "orchestration_")
CHANGED: Final[Mapping[str, str]] = {
    "text": "coalesce({c}, '') || 'x'", "varchar": "coalesce({c}, '') || 'x'", "bpchar": "'x'",
    "int2": "coalesce({c}, 0) + 1", "int4": "coalesce({c}, 0) + 1", "int8": "coalesce({c}, 0) + 1000",
    "numeric": "coalesce({c}, 0) + 1", "float8": "coalesce({c}, 0) + 1", "bool": "not coalesce({c}, false)",
    "timestamptz": "coalesce({c}, now()) + interval '1 hour'", "date": "coalesce({c}, current_date) + 1",
    "jsonb": "'{{\"planted\": true}}'::jsonb", "bytea": "'{{\"x\":1}}'::bytea",
    "_text": "array_append({c}, 'planted')", "tsvector": "'planted'::tsvector",
}  # fmt: skip
COLUMNS: Final = """
select c.table_name, c.column_name, c.udt_name from information_schema.columns c
join information_schema.tables t on t.table_name = c.table_name and t.table_schema = c.table_schema
where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position
"""
PERSONAL: Final = "what a person keeps for themselves, or what is used up; it decides nothing of a case"
COPIED: Final = "proves nothing: what is proven stands in the signed files, or is told from the histories each time"
NUMBER: Final = "the number of a row, which says nothing: what refers to it is held by the database's own keys"
CALLED: Final = "how somebody is called and written to: that it was changed, and by whom, is told; the words are theirs"
MEASURED: Final = "what was measured of a call or what it cost: no outcome of it; `docs/operations.md` says so"
WAITS: Final = "how a job that is open is tried and by whom: what came of it stands in the history"
TOLD: Final = "to whom it was told: that it happened stands in the history, and nothing is decided by it"
JUDGED: Final = (
    "what people said of answers, for figures: the history of the case tells it; `docs/operations.md` says so"
)
USED: Final = "which passages an answer came from, for reviews: told nowhere else; `docs/operations.md` says so"
PIECES: Final = "read from the document's file, whose digest is held; `docs/operations.md` says so"
OPERATION: Final = "when or by whom work is tried, counted or sent: no outcome of it; `docs/operations.md` says so"
ON_PURPOSE: Final[Mapping[str, str]] = {
    "audit_checkpointedhead": COPIED, "audit_verificationrun": COPIED, "audit_verifiedhead": COPIED,
    "auth_permission": "written by the release", "casework_searchedword": "a word too many corrects a slip wrongly",
    "orchestration_gauge": OPERATION, "orchestration_spending": OPERATION, "orchestration_lease": OPERATION,
    "orchestration_eventdelivery": OPERATION, "orchestration_receipt": OPERATION, "orchestration_trial": OPERATION,
    "casework_considered": OPERATION, "casework_turn": OPERATION, "casework_signinlimit": PERSONAL,
    "casework_signedin": PERSONAL, "casework_visit": PERSONAL, "casework_draft": PERSONAL,
    "casework_unsentform": PERSONAL,
    "casework_savedview": PERSONAL, "casework_defaultview": PERSONAL, "casework_follow": PERSONAL,
    "casework_erasureorder.words": "other words than those agreed to take nothing out",
    "casework_erasureorder.taken": "what was replaced stands in the histories",
    "casework_snooze": PERSONAL, "casework_absence": PERSONAL,
    "auth_group_permissions.id": NUMBER, "auth_user_groups.id": NUMBER, "casework_reveal.id": NUMBER,
    "casework_casegroupobjectpermission.id": NUMBER, "casework_groupclearance.id": NUMBER,
    "casework_deadline.id": NUMBER, "casework_ownwords.id": NUMBER,
    "casework_ownwords.case_id": "words of a case that there is not are shown nowhere",
    "casework_workingcalendar.id": NUMBER, "orchestration_actorversion.id": NUMBER,
    "orchestration_humantask.id": NUMBER,
    **{f"{table}.id": NUMBER for table in (
        "casework_apitoken", "casework_comment", "casework_firstanswer", "casework_formervalue",
        "casework_grouppurpose", "casework_rightsproposal", "orchestration_actor", "orchestration_allowedhost",
        "orchestration_budget", "orchestration_definition", "orchestration_job", "orchestration_outbox",
        "orchestration_stop", "orchestration_subscription")},
    "casework_commentnotice": TOLD, "casework_deadlinenotice": TOLD, "casework_revealnotice": TOLD,
    "orchestration_judgement": JUDGED, "orchestration_knowledgeuse": USED, "orchestration_knowledgepiece": PIECES,
    **{f"orchestration_knowledgedocument.{name}": OPERATION
       for name in ("state", "since", "said", "pieces", "embedded", "reading", "read_to", "begun", "pages", "at_page")},
    **{f"orchestration_outbox.{name}": WAITS
       for name in ("delivered", "attempts", "run_at", "held_by_id", "incident_id")},
    "casework_comment.words": "by which a comment is found; what it says is held",
    "casework_comment.once": "tells a comment that is sent twice; what it says is held",
    "casework_firstanswer.opened": MEASURED, "casework_casepast.instance_id": "the past of no case is shown nowhere",
    "casework_apitoken.last_used": OPERATION,
    "casework_apitoken.days": "for how long one is made in its place: of that one it is told until when it is good",
    "orchestration_knowledgedocument.added": "when it was added stands on the control chain",
    "orchestration_incident.id": NUMBER, "orchestration_taskcandidate.id": NUMBER, "orchestration_timer.id": NUMBER,
    "auth_user.first_name": CALLED, "auth_user.last_name": CALLED, "auth_user.email": CALLED,
    "auth_user.date_joined": CALLED, "casework_case.data_digest": "tells a case that comes in twice; the data are held",
    **{f"orchestration_actorcall.{name}": MEASURED
       for name in ("started", "detail", "usage", "asked_by", "cost", "currency", "output_digest", "queue_ms")},
    **{f"orchestration_job.{name}": WAITS
       for name in ("attempts", "run_at", "lease_until", "worker", "overlooked", "actor", "began", "changed_input",
                    "deadline", "mode", "priority", "reserved", "wanted_actor", "asked_by", "lapsed", "route",
                    "again_of")},
    "auth_user.password": "its own digest; a change shows at the next sign-in", "auth_user.last_login": PERSONAL,
}  # fmt: skip
"""Tables and columns that no history vouches for, and why not."""


@dataclass(slots=True)
class Score:
    """`missed`: columns of which a change was not found. `refused`: the database itself did not take the change."""

    found: int = 0
    refused: int = 0
    apart: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        return self.found + len(self.missed)


def figures(dsn: str) -> Iterator[str]:
    """On the database of before that the tests of upgrades migrate: cases in every state that one can be in."""
    from tests.upgrade.conftest import restored

    connection.settings_dict["HOST"] = dsn.removeprefix("host=").partition(" ")[0]
    connection.settings_dict.setdefault("OPTIONS", {}).pop("host", None)
    score = Score()
    with restored():
        control_begin(Origin("system:bench"))
        for table, column, said in mutated(score):
            if said:
                yield f"{table}.{column}: {said}"
    yield f"{score.found} of {score.tried} planted changes found; {score.apart} columns not looked at on purpose; " \
          f"{score.refused} changes not taken by the database"  # fmt: skip


def mutated(score: Score, wanted: Callable[[str], bool] = lambda table: True) -> Iterator[tuple[str, str, str]]:
    """Each column of each wanted table that has a row, and what is to be said of it."""
    before = faults()
    if before:
        raise RuntimeError(f"it does not hold before anything is changed: {sorted(before)}")
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = [row for row in cursor.fetchall() if row[0].startswith(APPS) and wanted(row[0])]
    for table, column, kind in columns:
        if table in ON_PURPOSE or f"{table}.{column}" in ON_PURPOSE:
            score.apart += 1
            continue
        yield table, column, _tried(table, column, kind, score, before)


def _tried(table: str, column: str, kind: str, score: Score, before: frozenset[str]) -> str:
    outcome = planted(table, column, kind, before)
    if outcome is None:
        return ""
    if outcome == "refused":
        score.refused += 1
        return ""
    if outcome == "found":
        score.found += 1
        return ""
    score.missed.append(f"{table}.{column}")
    return "a planted change is not found"


def planted(table: str, column: str, kind: str, before: frozenset[str]) -> str | None:
    """ "found", "missed" or "refused"; None where there is no row or no way to change it. `before`: what did not
    hold already."""
    change = CHANGED.get(kind)
    if change is None:
        return None
    if column.endswith("_id") and kind.startswith("int"):
        change = "coalesce({c}, 0) + 100000"  # a row that there is not, rather than its neighbour
    name = connection.ops.quote_name(column)
    statement = (
        f"update {table} set {name} = {change.format(c=name)} "  # noqa: S608 - names of the database's own columns
        f"where ctid = (select ctid from {table} order by 1 limit 1)"
    )
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set local session_replication_role = replica")
                cursor.execute(statement.replace("%", "%%"))
                changed = cursor.rowcount
                cursor.execute("set local session_replication_role = origin")
            outcome = ("found" if faults() - before else "missed") if changed else None
            transaction.set_rollback(True)
            return outcome
    except Exception as error:
        if isinstance(error.__cause__, psycopg.Error):
            return "refused"
        return "found"  # verifying broke on it, which nobody overlooks


def faults() -> frozenset[str]:
    """What does not hold, from the first event of each history on."""
    verdicts = (verify_control(), verify_access(), verify_erased()[1])
    said = {fault.reason for verdict in verdicts for fault in verdict.faults}
    report = verify_all(
        whole=True, processes=1, progress=lambda events, of_all: None,
        named=lambda case, fault: said.add(f"case {case}: {fault.reason}"),
    )  # fmt: skip
    ended(report, report.broken, None)  # else the next one would go on with it
    return frozenset(said)
