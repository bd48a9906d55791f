"""Whoever owns the database can change any row. Each forgery is named, and every other history is checked all the same.

Out of reach without a checkpoint that has left the database: a chain that was forged whole, with the head recomputed,
before it was ever verified; a case that was removed with its whole history before that; when a job is tried next, whether
a message was delivered, passwords. `docs/operations.md` says so.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.services import Origin
from casework.access.roles_verification import control_begin

pytestmark = pytest.mark.usefixtures("before_all")

OPEN_TASK = "(select min(id) from orchestration_humantask where state = 'open')"
DONE_TASK = "(select min(id) from orchestration_humantask where state = 'completed')"
ANNA, CLARA = (f"(select id from auth_user where username = '{name}')" for name in ("anna", "clara"))
CASE = "select id from casework_case where instance_id = 2"
RIGHT = "(select id from auth_permission where codename = '{}_case')"
SENIORS = "(select id from auth_group where name = 'Senior analysts')"

CHAINS = {
    "an event is rewritten": (
        "update audit_auditevent set actor = 'person:ben' where chain = 2 and sequence = 3",
        "case 2, event 3: event 3 was changed after it was written",
    ),
    "an event is dated back": (
        "update audit_auditevent set at = at - interval '1 day' where chain = 2 and sequence = 3",
        "case 2, event 3: event 3 was changed after it was written",
    ),
    "an event is removed": (
        "delete from audit_auditevent where chain = 2 and sequence = 5",
        "case 2, event 5: event 5 is missing: the next one kept is 6",
    ),
    "the last events are cut off": (
        "delete from audit_auditevent where chain = 2 and sequence > 40",
        "case 2, event 41: events 41 to 42 are missing from the end",
    ),
    "the last events are cut off and the head is set back": (
        "delete from audit_auditevent where chain = 2 and sequence > 40; "
        "update orchestration_instance i set head_sequence = 40, head_digest = e.digest "
        "from audit_auditevent e where e.chain = 2 and e.sequence = 40 and i.id = 2",
        "case 2, event 40: ",
    ),
    "a history is emptied": (
        "delete from audit_auditevent where chain = 2; delete from audit_auditpayload where chain = 2",
        "case 2, event 1: events 1 to 42 are missing from the end",
    ),
    "a history is emptied and the head is set back": (
        "delete from audit_auditevent where chain = 2; delete from audit_auditpayload where chain = 2; "
        "update orchestration_instance set head_sequence = 0, head_digest = decode(repeat('00', 32), 'hex') where id = 2",
        "case 2: the case has no history: nothing says how it began",
    ),
    "two events change places": (
        "update audit_auditevent set sequence = -sequence where chain = 2 and sequence in (3, 4); "
        "update audit_auditevent set sequence = 7 + sequence where chain = 2 and sequence < 0",
        "case 2, event 3: event 3 does not continue event 2",
    ),
    "an event is slipped in": (
        "insert into audit_auditevent select chain, 43, action, actor, on_behalf_of, cause, at, definition, rule_hits, "
        "payload_digest, digest, digest from audit_auditevent where chain = 2 and sequence = 42",
        "case 2, event 43: event 43 was changed after it was written",
    ),
    "an event comes from another case": (
        "delete from audit_auditevent where chain = 2 and sequence = 42; update audit_auditevent set chain = 2 "
        "where chain = 3 and sequence = 42",
        "case 2, event 42: ",
    ),
    "a content is rewritten": (
        "update audit_auditpayload set body = '{}' where chain = 2 and sequence = 4",
        "case 2, event 4: the content of event 4 was changed after it was written",
    ),
    "a content is removed as if an order had erased it": (
        "delete from audit_auditpayload where chain = 2 and sequence = 4",
        "case 2, event 4: the content of event 4 is gone, and no order says that it was erased",
    ),
    "contents change places": (
        "update audit_auditpayload set sequence = -sequence where chain = 2 and sequence in (3, 4); "
        "update audit_auditpayload set sequence = 7 + sequence where chain = 2 and sequence < 0",
        "case 2, event 3: the content of event 3 was changed after it was written",
    ),
    "a case is removed, its history stays": (
        "delete from orchestration_instance where id = 2",
        "case 2: the case is gone, but for its history",
    ),
    "the chain of rules is rewritten": (
        "update audit_auditevent set actor = 'person:nobody' where chain = 0 and sequence = 1",
        "rules, roles and actors, event 1: event 1 was changed after it was written",
    ),
    "the chain of rules is cut off": (
        "delete from audit_auditevent where chain = 0 and sequence = (select max(sequence) from audit_auditevent "
        "where chain = 0)",
        "are missing from the end",
    ),
}

STATES = {
    "the status": (
        "update orchestration_instance set status = 'completed' where id = 2",
        "case 2, event 42: the stored status",
    ),
    "the data": (
        "update orchestration_instance set data = convert_to(replace(convert_from(data, 'UTF8'), 'swallowed', "
        "'destroyed'), 'UTF8') where id = 2",
        "case 2, event 42: the stored state is not the one that the events lead to",
    ),
    "what is open": (
        "update orchestration_instance set items = (select items from orchestration_instance where id = 9) where id = 2",
        "case 2, event 42: the stored state is not the one that the events lead to",
    ),
    "rubbish in the state": (
        "update orchestration_instance set items = 'x' where id = 2",
        "case 2, event 42: the stored state cannot be read",
    ),
    "the version that a case follows": (
        "update orchestration_instance set definition_id = (select id from orchestration_definition where key = 'complaint' "
        "and version = 2) where id = 2",
        "case 2, event 42: the case follows complaint v2, but its last event complaint v1",
    ),
    "when a case began": (
        "update orchestration_instance set created = created - interval '1 day' where id = 2",
        "case 2, event 42: the case did not begin when its row says",
    ),
    "when a case ended": (
        "update orchestration_instance set ended = ended + interval '1 day' where id = 1",
        "case 1, event 54: the case did not end when its row says",
    ),
}

ROWS = {
    "a task is hidden": ("delete from orchestration_humantask where instance_id = 2", "has no row"),
    "a task is said to be done": (
        "update orchestration_humantask set state = 'completed' where instance_id = 2",
        "the state of task",
    ),
    "a task is opened again": (
        f"update orchestration_humantask set state = 'open' where id = {DONE_TASK}",
        "the state of task",
    ),
    "a task is handed to somebody": (
        f"update orchestration_humantask set assignee_id = {CLARA} where instance_id = 3",
        "the holder of task",
    ),
    "a task is taken from its holder": (
        "update orchestration_humantask set assignee_id = null where instance_id = 3",
        "the holder of task",
    ),
    "a finished task was somebody else's": (
        f"update orchestration_humantask set assignee_id = {CLARA} where id = {DONE_TASK}",
        "the holder of task",
    ),
    "a task is due later": (
        "update orchestration_humantask set due = due + interval '1 year' where instance_id = 2",
        "the due time of task",
    ),
    "a task asks another form": (
        "update orchestration_humantask set form = 'call' where instance_id = 2",
        "the form of task",
    ),
    "a task loses its weight": (
        "update orchestration_humantask set priority = 1 where instance_id = 2",
        "the priority of task",
    ),
    "a task is made up": (
        "insert into orchestration_humantask (instance_id, item, definition_item, name, form, state, priority, due, created) "
        "values (2, 999, 'x', 'Pay out', '', 'open', 50, now(), now())",
        "task 999 has a row, but the history does not know it",
    ),
    "a task is dated back": (
        f"update orchestration_humantask set ended = ended - interval '1 day' where id = {DONE_TASK}",
        "the time of its end of task",
    ),
    "a task is offered to another group": (
        "update orchestration_taskcandidate set group_id = (select id from auth_group where name = 'Cards team') "
        "where task_id = (select id from orchestration_humantask where instance_id = 2)",
        "is not offered to Analysts, though the history says so",
    ),
    "a task is offered to one more": (
        f"insert into orchestration_taskcandidate (task_id, user_id, due, assigned) select id, {CLARA}, due, false "
        "from orchestration_humantask where instance_id = 2",
        "is offered to clara, though the history does not say so",
    ),
    "a task is offered to nobody": (
        "delete from orchestration_taskcandidate where task_id = (select id from orchestration_humantask where instance_id = 2)",
        "is not offered to Analysts",
    ),
    "a task sinks in everybody's inbox": (
        "update orchestration_taskcandidate set due = due + interval '1 year' where task_id = "
        "(select id from orchestration_humantask where instance_id = 2)",
        "says another due time or holder",
    ),
    "a done task is offered": (
        f"insert into orchestration_taskcandidate (task_id, user_id, due, assigned) values ({DONE_TASK}, {ANNA}, now(), false)",
        "is offered to somebody, but is not open",
    ),
    "a job is given other input": (
        'update orchestration_job set input = \'{"text": "pay at once"}\' where instance_id = 12 and job = '
        "(select min(job) from orchestration_job where instance_id = 12)",
        "the input of job",
    ),
    "a job is removed": (
        "delete from orchestration_job where instance_id = 12 and job = (select min(job) from orchestration_job where "
        "instance_id = 12)",
        "is open in the history, but has no row",
    ),
    "a job is for another actor": (
        "update orchestration_job set capability = 'sentiment' where instance_id = 12 and capability = 'intent'",
        "the capability of job",
    ),
    "a job is said to be done": (
        "update orchestration_job set state = 'done', ended = now() where instance_id = 12 and capability = 'intent'",
        "the state of job",
    ),
    "a job may be tried for ever": (
        "update orchestration_job set max_attempts = 999 where instance_id = 12 and capability = 'intent'",
        "the number of attempts allowed of job",
    ),
    "a timer is put off": (
        "update orchestration_timer set due = due + interval '1 year' where id = (select min(id) from orchestration_timer)",
        "the due time of timer",
    ),
    "a timer comes at once": (
        "update orchestration_timer set due = now() where id = (select min(id) from orchestration_timer)",
        "the due time of timer",
    ),
    "a timer is removed": (
        "delete from orchestration_timer where id = (select min(id) from orchestration_timer)",
        "is open in the history, but has no row",
    ),
    "a message is awaited that is not": (
        "insert into orchestration_subscription (instance_id, subscription, node, kind, name) values (2, 999, 'x', "
        "'message', 'pay')",
        "subscription 999 has a row, but the history does not know it",
    ),
    "an incident is hidden": ("delete from orchestration_incident", "is open in the history, but has no row"),
    "an incident is said to be resolved": (
        "update orchestration_incident set resolved = now(), resolution = 'skip'",
        "the resolution of incident",
    ),
    "a message is slipped into the outbox": (
        "insert into orchestration_outbox (sender_id, kind, name, variables, created) values (2, 'signal', 'pay', '{}', now())",
        "1 rows of the outbox are not in the history",
    ),
    "a call is struck from the ledger": (
        "delete from orchestration_actorcall where id = (select min(id) from orchestration_actorcall)",
        "1 rows of the ledger of calls of the history are missing",
    ),
    "a call is made up": (
        "insert into orchestration_actorcall (instance_id, job_id, attempt, actor, version, capability, started, latency_ms, "
        "input_reference, outcome, error) select instance_id, job_id, attempt, actor, version, capability, started, "
        "latency_ms, input_reference, outcome, error from orchestration_actorcall where id = "
        "(select min(id) from orchestration_actorcall)",
        "1 rows of the ledger of calls are not in the history",
    ),
    "a model is said to have been surer": (
        "update orchestration_actorcall set confidence = 0.999 where id = (select min(id) from orchestration_actorcall)",
        "the confidence of ledger of calls 1",
    ),
    "a model is said to have answered otherwise": (
        'update orchestration_actorcall set output = \'{"label": "other"}\' where id = (select min(id) from '
        "orchestration_actorcall)",
        "the output of ledger of calls 1",
    ),
    "another model is said to have answered": (
        "update orchestration_actorcall set version = '9' where id = (select min(id) from orchestration_actorcall)",
        "the version of ledger of calls 1",
    ),
}

FACES = {
    "a case is hidden from its list": (
        f"delete from casework_case where id = ({CASE})",
        "the case has no row in the list",
    ),
    "a case looks done": (
        f"update casework_case set state = 'Completed', closed = true where id = ({CASE})",
        "the list of cases says another state than the history",
    ),
    "a case has another reference": (
        f"update casework_case set reference = 'B-77' where id = ({CASE})",
        "says another reference than the history",
    ),
    "a case has another title": (f"update casework_case set title = 'x' where id = ({CASE})", "says another title"),
    "a case is hidden from a group's list": (
        f"delete from casework_listedcase where case_id = ({CASE}) and reader = {SENIORS}",
        "the list of cases is shown to others",
    ),
    "a case is put on a person's list": (
        f"insert into casework_listedcase (reader, case_id, case_type, state, closed, created) "
        f"select -{ANNA}, id, case_type, state, closed, created from casework_case where id = ({CASE})",
        "the list of cases is shown to others",
    ),
    "the list says another state": (
        f"update casework_listedcase set state = 'Completed' where case_id = ({CASE}) and reader = 0",
        "the list of cases is shown to others, or says otherwise",
    ),
    "two cases change their faces": (
        "update casework_case set instance_id = -instance_id where instance_id in (2, 3); "
        "update casework_case set instance_id = 5 + instance_id where instance_id < 0",
        "says another reference than the history",
    ),
    "a group may see a case": (
        f"insert into casework_casegroupobjectpermission (content_object_id, group_id, permission_id) select ({CASE}), "
        f"(select id from auth_group where name = 'Cards team'), {RIGHT.format('view')}",
        "Cards team may view the case, though the history gave no such right",
    ),
    "a person may see a case": (
        f"insert into casework_caseuserobjectpermission (content_object_id, user_id, permission_id) select ({CASE}), "
        f"(select id from auth_user where username = 'olga'), {RIGHT.format('reveal')}",
        "olga may reveal the case, though the history gave no such right",
    ),
    "a group lost its right": (
        f"delete from casework_casegroupobjectpermission where content_object_id = ({CASE}) and group_id = {SENIORS} "
        f"and permission_id = {RIGHT.format('reveal')}",
        "Senior analysts may not reveal the case, though the history gave the right",
    ),
    "a field is revealed for no reason": (
        f"insert into casework_reveal (case_id, person_id, path, reason, until) select ({CASE}), {ANNA}, '/customer/iban', "
        "'To see it', now() + interval '1 year'",
        "anna may see a masked field, though nobody gave a reason",
    ),
    "a reveal lasts for ever": (
        "update casework_reveal set until = until + interval '1 year'",
        "though nobody gave a reason for that then",
    ),
    "a reveal is struck": ("delete from casework_reveal", "what was revealed to clara has no row"),
}

RULES = {
    "a deployed table is rewritten": (
        "update orchestration_definition set files = jsonb_set(files::jsonb, '{routing.dmn}', "
        "to_jsonb(replace(files->>'routing.dmn', '75', '1'))) where key = 'complaint' and version = 1",
        "the files of complaint v1 are not those of its hash",
    ),
    "a deployed table is rewritten with its hash": (
        "update orchestration_definition set content_hash = repeat('ab', 32) where key = 'complaint' and version = 1",
        "complaint v1 is not what was deployed",
    ),
    "a version is taken out of force": (
        "delete from orchestration_definition where key = 'complaint' and version = 2", "complaint v2",
    ),
    "a version is made up": (
        "insert into orchestration_definition (key, version, name, content_hash, files, note, deployed_at) select key, 9, "
        "name, content_hash, files, note, deployed_at from orchestration_definition where key = 'refund'",
        "refund v9 was never deployed",
    ),
    "another model is put to work": (
        "insert into orchestration_actorversion (actor_id, version, artefact, metrics, note, created, state, share, registered_by) select actor_id, "
        "'forged', 'x', '{}', '', now(), 'registered', 0, '' from orchestration_actorversion limit 1",
        "model forged of",
    ),
    "a model is put out of work": (
        "update orchestration_actorversion set state = 'retired' where actor_id = (select id from orchestration_actor "
        "where key = 'intent')",
        "not at work, though the last change says otherwise",
    ),
    "a model looks better than it was": (
        "update orchestration_actorversion set metrics = '{\"accuracy\": 1}' where actor_id = (select id from "
        "orchestration_actor where key = 'intent')",
        "are not those that were registered",
    ),
    "an actor is switched off": (
        "update orchestration_actor set enabled = false where key = 'intent'",
        "actor intent is switched off, though the last change says otherwise",
    ),
    "time begins cases of nothing": (
        "insert into orchestration_starttimer (definition_id, process, node, written, due, every, run_at) select id, 'refund', "
        "'x', 'R/PT1S', now(), 'PT1S', now() from orchestration_definition where key = 'refund'",
        "begins cases, but stands in no version in force",
    ),
}  # fmt: skip

ROLES = {
    "somebody joins a group": (
        f"insert into auth_user_groups (user_id, group_id) select (select id from auth_user where username = 'olga'), {SENIORS}",
        "the groups of person olga are not those of the last change",
    ),
    "somebody leaves a group": (
        f"delete from auth_user_groups where user_id = {ANNA}", "the groups of person anna are not those of the last change",
    ),
    "a person is made up": (
        "insert into auth_user (username, password, first_name, last_name, email, is_active, is_staff, is_superuser, date_joined) "
        "values ('mallory', '!', '', '', '', true, false, false, now())",
        "the person mallory is there, though no change made it",
    ),
    "a person is removed": ("delete from auth_user where username = 'olga'", "the person olga is gone"),
    "somebody is kept out": (f"update auth_user set is_active = false where id = {CLARA}", "the leave to come in of person clara"),
    "somebody may do everything": (
        f"update auth_user set is_superuser = true where id = {ANNA}", "the mark as superuser of person anna",
    ),
    "somebody is given a right of their own": (
        f"insert into auth_user_user_permissions (user_id, permission_id) select {ANNA}, {RIGHT.format('audit')}",
        "the own rights of person anna",
    ),
    "a group is given a right on all cases": (
        f"insert into auth_group_permissions (group_id, permission_id) select id, {RIGHT.format('view')} from auth_group "
        "where name = 'Analysts'",
        "the rights of group Analysts",
    ),
    "a group is made up": ("insert into auth_group (name) values ('Friends')", "the group Friends is there"),
    "a group sees more": (
        "update casework_groupclearance set level = 'restricted' where group_id = (select id from auth_group where name = "
        "'Analysts')",
        "the clearance of group Analysts",
    ),
    "a program has a key": (
        f"insert into authtoken_token (key, created, user_id) select 'forged', now(), {ANNA}", "the key to the API of person anna",
    ),
    "the weights of a model are rewritten": (
        "update orchestration_actorversion set artefact = 'x' where actor_id = (select id from orchestration_actor where key = "
        "'intent')",
        "the weights of model",
    ),
    "an actor is made up": (
        "insert into orchestration_actor (key, name, kind, capability, origin, owner, enabled, rank) values ('evil', 'x', "
        "'intent', 'intent', '', '', true, -1)",
        "actor evil was never made",
    ),
    "an upload waits that nobody made": (
        "insert into casework_proposal (key, based_on, files, left_out, source, by_id, created) select key, version, files, "
        f"'[]', 'x.zip', {ANNA}, now() from orchestration_definition where key = 'refund'",
        "the upload x.zip for refund was made by nobody",
    ),
    "an actor is asked first": (
        "update orchestration_actor set rank = -5 where key = 'intent'", "actor intent is not as it was made",
    ),
}  # fmt: skip

TOUCH_TWO = ("two cases change their faces", "an event comes from another case", "a version is taken out of force")
ALL = {**CHAINS, **STATES, **ROWS, **FACES, **RULES, **ROLES}


@pytest.fixture(scope="module", autouse=True)
def noted(before_all: str, django_db_blocker: Any) -> None:
    """As after an upgrade: `manage.py deploy` has noted who and what is there."""
    control_begin(Origin("system:test"))


def said(forgery: str) -> tuple[str, str]:
    """What the command says after the forgery, and how it ends; nothing of it stays."""
    out = io.StringIO()
    with transaction.atomic():
        with connection.cursor() as owner:
            owner.execute("set local session_replication_role = replica")  # no trigger, as its owner can
            owner.execute(forgery)
            owner.execute("set local session_replication_role = origin")
        with pytest.raises(CommandError) as failed:
            call_command("verify_audit", "--whole", stdout=out)
        transaction.set_rollback(True)
    return out.getvalue(), str(failed.value)


@pytest.mark.parametrize("name", ALL)
def test_each_forgery_is_named_and_the_rest_is_checked(name: str) -> None:
    forgery, sentence = ALL[name]
    lines, end = said(forgery)
    assert sentence in lines, lines
    broken = {line.split(",")[0].split(":")[0] for line in lines.splitlines() if line}
    assert end == f"{len(broken)} histories do not hold"
    assert len(broken) == 1 or name in TOUCH_TWO


def test_nothing_is_named_where_nobody_forged_anything() -> None:
    out = io.StringIO()
    with transaction.atomic():
        call_command("verify_audit", "--whole", stdout=out)
        transaction.set_rollback(True)
    assert out.getvalue().startswith("All histories hold: 21 cases")
