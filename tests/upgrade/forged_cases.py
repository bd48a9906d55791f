"""Which rows of cases can somebody change who owns the database, and what is said of each change?"""

from __future__ import annotations

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
        f"insert into orchestration_taskcandidate (task_id, instance_id, user_id, due, assigned) select id, instance_id, {CLARA}, due, false "
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
        "says another due time, holder, state or case",
    ),
    "an offer moves to another case": (
        "update orchestration_taskcandidate set instance_id = 1 where task_id = "
        "(select id from orchestration_humantask where instance_id = 2)",
        "says another due time, holder, state or case",
    ),
    "a done task is offered": (
        f"insert into orchestration_taskcandidate (task_id, instance_id, user_id, due, assigned) select id, instance_id, {ANNA}, now(), false "
        f"from orchestration_humantask where id = {DONE_TASK}",
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
        "1 row of the outbox is not in the history",
    ),
    "a call is struck from the ledger": (
        "delete from orchestration_actorcall where id = (select min(id) from orchestration_actorcall)",
        "1 row of the ledger of calls of the history is missing",
    ),
    "a call is made up": (
        "insert into orchestration_actorcall (instance_id, job_id, attempt, actor, version, capability, started, latency_ms, "
        "input_reference, outcome, error) select instance_id, job_id, attempt, actor, version, capability, started, "
        "latency_ms, input_reference, outcome, error from orchestration_actorcall where id = "
        "(select min(id) from orchestration_actorcall)",
        "1 row of the ledger of calls is not in the history",
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
