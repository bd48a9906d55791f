"""How is one step written with one SQL statement, whatever the number of its events?

Each table takes at most one insert and one update, from arrays; each is a part of the one statement that a step makes.
This is the only module that writes a step's rows; it goes past the ORM, which costs two to four times as much (measured
before we began).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, LiteralString, overload

import orjson

from audit.db.columns import Blobs, Integers, Moments, Texts
from audit.db.sql import Part, asked
from audit.sealed_values import Seal, text_by
from orchestration.engine import events as e
from orchestration.ground.refusals import Refused
from orchestration.jobs import retry
from orchestration.shell import haste
from orchestration.shell.row_changes import ENDED_EARLY, Effects, moment
from orchestration.shell.sealing import key_as_kept

NO_DUE_DATE = datetime(9999, 12, 31, tzinfo=UTC)
NORMAL_PRIORITY = 50
SMALL = 2**15 - 1

LOAD: Final[LiteralString] = """
select definition_id, items, data, head_sequence, head_digest, status,
       exists (select from orchestration_eventsubscriber where enabled)"""
LOCKED: Final[LiteralString] = """
from orchestration_instance where id = %(instance)s for update
"""
read_beside: dict[str, LiteralString] = {}
"""What others want read with the row of a case that is locked, in its statement: expressions over `%(instance)s`."""
read_first: dict[str, LiteralString] = {}
"""The same of a case that begins, in the statement that gives it its number: expressions without parameters."""
NEXT_ID: Final[LiteralString] = """
select nextval('orchestration_instance_id_seq'), exists (select from orchestration_eventsubscriber where enabled)"""
CREATED = """
root as (
    insert into orchestration_instance (id, definition_id, status, items, data, head_sequence, head_digest, created,
                                        ended)
    values (%(instance)s, %(definition)s, %(status)s, %(items)s, %(data)s, %(head_sequence)s, %(head_digest)s, %(at)s,
            %(ended)s))"""
STEPPED = """
root as (
    update orchestration_instance
    set status = %(status)s, items = %(items)s, data = coalesce(%(data)s::bytea, data),
        head_sequence = %(head_sequence)s, head_digest = %(head_digest)s, ended = %(ended)s
    where id = %(instance)s)"""
ADVANCED = """
root as (
    update orchestration_instance set head_sequence = %(head_sequence)s, head_digest = %(head_digest)s
    where id = %(instance)s)"""

TASKS_OPENED: Final[LiteralString] = """
task as (
    insert into orchestration_humantask as k (instance_id, item, definition_item, name, form, state, assignee_id,
                                              priority, own_priority, due, created, ended)
    select %(instance)s, t.item, t.definition, t.name, t.form, t.state, u.id, t.priority, t.own_priority, t.due,
           %(at)s, case when t.state = 'open' then null else %(at)s::timestamptz end
    from unnest(%(task_items)s, %(task_definitions)s, %(task_names)s, %(task_forms)s,
                %(task_states)s, %(task_assignees)s, %(task_priorities)s, %(task_own_priorities)s,
                %(task_dues)s)
         as t(item, definition, name, form, state, assignee, priority, own_priority, due)
    left join auth_user u on u.username = t.assignee and u.is_active
    on conflict (instance_id, item) do update set state = excluded.state, ended = excluded.ended"""
TASKS_OFFERED: Final[LiteralString] = """
    returning id, item, due, assignee_id, state),
candidate as (
    insert into orchestration_taskcandidate (task_id, instance_id, group_id, due, assigned)
    select task.id, %(instance)s::bigint, g.id, task.due, task.assignee_id is not null
    from unnest(%(candidate_items)s, %(candidate_groups)s) as c(item, name)
    join task on task.item = c.item and task.state = 'open'
    join lateral (select id from auth_group where name in (c.name, %(fallback_group)s)
                  order by name = c.name desc limit 1) g on true)"""
PEOPLE_NAMED = """
candidate_named as (
    insert into orchestration_taskcandidate (task_id, instance_id, group_id, user_id, due, assigned)
    select distinct task.id, %(instance)s::bigint, g.id, u.id, task.due, task.assignee_id is not null
    from unnest(%(named_items)s, %(named_people)s) as c(item, name)
    join task on task.item = c.item and task.state = 'open'
    left join auth_user u on u.username = c.name and u.is_active
    left join auth_group g on u.id is null and g.name = %(fallback_group)s
    where u.id is not null or g.id is not null)"""
TASKS_CLOSED = """
task_closed as (
    update orchestration_humantask t set state = c.state, ended = %(at)s
    from unnest(%(closed_items)s, %(closed_states)s) as c(item, state)
    where t.instance_id = %(instance)s and t.item = c.item
    returning t.id),
candidate_gone as (
    delete from orchestration_taskcandidate c using orchestration_humantask t
    where c.task_id = t.id and t.instance_id = %(instance)s and t.item = any(%(over_items)s))"""
TASKS_SUSPENDED = """
candidate_suspended as (
    update orchestration_taskcandidate c set suspended = true from orchestration_humantask t
    where c.task_id = t.id and t.instance_id = %(instance)s and t.item = any(%(suspended_items)s))"""
TASKS_GO_ON = """
candidate_before as (
    delete from orchestration_taskcandidate c using orchestration_humantask t
    where c.task_id = t.id and t.instance_id = %(instance)s and t.item = any(%(task_items)s))"""
SUSPENDED_ENDED = """
task_ended as (
    update orchestration_humantask set state = 'terminated', ended = %(at)s
    where instance_id = %(instance)s and state = 'suspended' and item <> all(%(items_on)s)
      and (%(case_ended)s or item = any(%(items_left)s))),
candidate_ended as (
    delete from orchestration_taskcandidate c using orchestration_humantask t
    where c.task_id = t.id and t.instance_id = %(instance)s and t.state = 'suspended' and t.item <> all(%(items_on)s)
      and (%(case_ended)s or t.item = any(%(items_left)s)))"""
JOBS_OPENED = """
job as (
    insert into orchestration_job (instance_id, job, item, definition_item, name, capability, input, state, attempts,
                                   max_attempts, run_at, overlooked, worker, last_error, created, ended, priority,
                                   asked_by)
    select %(instance)s, j.job, j.item, j.definition, j.name, j.capability, j.input, j.state, 0, j.attempts, %(at)s,
           0, '', '', %(at)s, case when j.state = 'waiting' then null else %(at)s::timestamptz end, %(job_priority)s,
           %(actor)s
    from unnest(%(job_numbers)s, %(job_items)s, %(job_definitions)s, %(job_names)s,
                %(job_capabilities)s, %(job_inputs)s, %(job_states)s, %(job_attempts)s)
         as j(job, item, definition, name, capability, input, state, attempts))"""
JOBS_CLOSED = """
job_closed as (
    update orchestration_job j set state = c.state, ended = %(at)s, lease_until = null,
                                   last_error = coalesce(c.error, j.last_error)
    from unnest(%(jobs_closed)s, %(jobs_closed_states)s, %(jobs_closed_errors)s)
         as c(job, state, error)
    where j.instance_id = %(instance)s and j.job = c.job)"""
JOBS_RETRIED = f"""
job_retried as (
    update orchestration_job j
    set state = 'waiting', lease_until = null, last_error = f.error,
        run_at = %(at)s::timestamptz + {retry.JOBS.sql("j.attempts")}
    from unnest(%(jobs_retried)s, %(jobs_retried_errors)s) as f(job, error)
    where j.instance_id = %(instance)s and j.job = f.job)"""  # noqa: S608 - of numbers that stand in the code
TIMERS_OPENED = """
timer as (
    insert into orchestration_timer (instance_id, timer, node, due)
    select %(instance)s, t.timer, t.node, t.due
    from unnest(%(timers)s, %(timer_nodes)s, %(timer_dues)s) as t(timer, node, due))"""
TIMERS_GONE = """
timer_gone as (
    delete from orchestration_timer where instance_id = %(instance)s and timer = any(%(timers_gone)s))"""
SUBSCRIPTIONS_OPENED = """
subscription as (
    insert into orchestration_subscription (instance_id, subscription, item, node, kind, name, correlation)
    select %(instance)s, s.subscription, s.item, s.node, s.kind, s.name, s.correlation
    from unnest(%(subscriptions)s, %(subscription_items)s, %(subscription_nodes)s,
                %(subscription_kinds)s, %(subscription_names)s, %(subscription_keys)s)
         as s(subscription, item, node, kind, name, correlation))"""
SUBSCRIPTIONS_GONE = """
subscription_gone as (
    delete from orchestration_subscription
    where instance_id = %(instance)s and subscription = any(%(subscriptions_gone)s))"""
INCIDENTS_OPENED = """
incident as (
    insert into orchestration_incident (instance_id, incident, item, job, code, message, opened, resolved, resolution)
    select %(instance)s, i.incident, i.item, i.job, i.code, i.message, %(at)s,
           case when i.resolution is null then null else %(at)s::timestamptz end, coalesce(i.resolution, '')
    from unnest(%(incidents)s, %(incident_items)s, %(incident_jobs)s, %(incident_codes)s,
                %(incident_messages)s, %(incident_resolutions)s)
         as i(incident, item, job, code, message, resolution))"""
INCIDENTS_RESOLVED = """
incident_resolved as (
    update orchestration_incident i set resolved = %(at)s, resolution = r.how
    from unnest(%(resolved)s, %(resolutions)s) as r(incident, how)
    where i.instance_id = %(instance)s and i.incident = r.incident)"""
THROWN = """
thrown as (
    insert into orchestration_outbox (sender_id, kind, name, correlation, variables, thread, hops,
                                      created)
    select %(instance)s, o.kind, o.name, o.correlation, o.variables, o.thread::bigint, o.hops, %(at)s
    from unnest(%(thrown_kinds)s, %(thrown_names)s, %(thrown_keys)s,
                %(thrown_variables)s, %(thrown_threads)s, %(thrown_hops)s)
         as o(kind, name, correlation, variables, thread, hops))"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The locked row of an instance. `heard`: whether other systems want to hear of cases. `beside`: `read_beside`.
    `provided`: whether the condition holds under which it was asked for."""

    definition: int
    items: bytes
    data: bytes
    head_sequence: int
    head_digest: bytes
    status: str
    heard: bool
    beside: Mapping[str, Any]
    provided: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to hold where a case is locked: an SQL expression of a truth value, read in that statement (null: it
    holds), with its parameters; and what is said where it does not."""

    expression: LiteralString
    given: Mapping[str, Any]
    otherwise: Refused


HOLDS: Final = Condition("true", {}, Refused("unheld", "This never stands against anything."))


def lock(instance: int, provided: Condition = HOLDS) -> Loaded | None:
    """The instance's row, locked until the transaction ends; None where there is none."""
    also = (*read_beside.values(), provided.expression)
    beside: LiteralString = "".join(f", ({expression})" for expression in also)
    row = asked(LOAD + beside + LOCKED, {"instance": instance, **provided.given}).fetchone()
    if row is None:
        return None
    own = len(row) - len(also)
    values = *row[:own], dict(zip(read_beside, row[own:-1], strict=True)), row[-1] is not False
    return Loaded(*values)


def read_alone(name: str, instance: int) -> Any:
    """One of `read_beside` of a case that nobody has locked; None where nobody reads it."""
    row = asked("select (" + read_beside.get(name, "null") + ")", {"instance": instance}).fetchone()
    return None if row is None else row[0]


def next_id() -> tuple[int, bool, Mapping[str, Any]]:
    """The number of a root case that is about to be inserted (its history is hashed with it), `Loaded.heard`, and what
    `read_first` asks for."""
    also: LiteralString = "".join(f", ({expression})" for expression in read_first.values())
    number, heard, *read = asked(NEXT_ID + also, {}).fetchone()  # type: ignore[misc]
    return int(number), heard, dict(zip(read_first, read, strict=True))


def parts(found: Effects, fallback_group: str, priority: int, seal: Seal, follow: bool | None) -> Iterator[Part]:
    """What opens and closes the rows of a step; they share `instance` and `at` with the root's row.

    `priority`: of the jobs that it opens; above 0 is urgent. `seal`: what is done to contents before they are kept.
    `follow`: whether the tasks that it opens are urgent with their case (`haste.tasks_follow`).
    """
    if found.tasks:
        opened = TASKS_OPENED + haste.TASKS_REOPENED[follow] + TASKS_OFFERED
        yield opened, _tasks(found, fallback_group, follow) | {"fallback_group": fallback_group}
        if named := [(task.event.item, name) for task in found.tasks.values() for name in people_named(task.event)]:
            items, people = zip(*named, strict=True)
            yield PEOPLE_NAMED, {"named_items": Integers(items), "named_people": Texts(map(_text, people))}
        if found.goes_on:
            yield TASKS_GO_ON, {}
    yield from _tasks_closed(found)
    if found.jobs:
        yield JOBS_OPENED, _jobs(found, seal) | {"job_priority": priority}
    if found.jobs_closed:
        yield JOBS_CLOSED, _jobs_closed(found)
    if retried := {job: _text(event.error) for job, event in found.jobs_failed.items() if event.retry}:
        yield JOBS_RETRIED, _pair("jobs_retried", "jobs_retried_errors", retried)
    if found.timers:
        yield TIMERS_OPENED, _timers(found.timers.values())
    if found.timers_gone:
        yield TIMERS_GONE, {"timers_gone": Integers(found.timers_gone)}
    if found.subscriptions:
        yield SUBSCRIPTIONS_OPENED, _subscriptions(list(found.subscriptions.values()))
    if found.subscriptions_gone:
        yield SUBSCRIPTIONS_GONE, {"subscriptions_gone": Integers(found.subscriptions_gone)}
    if found.incidents:
        yield INCIDENTS_OPENED, _incidents(found)
    if found.incidents_resolved:
        yield INCIDENTS_RESOLVED, _pair("resolved", "resolutions", found.incidents_resolved)
    if found.thrown:
        yield THROWN, _thrown(found.thrown, seal)


def _tasks_closed(found: Effects) -> Iterator[Part]:
    """Whom a suspended task is offered to stays known, so that it stays in their lists."""
    suspended = [item for item, state in found.tasks_closed.items() if state == "suspended"]
    if found.tasks_closed:
        over = Integers(item for item in found.tasks_closed if item not in set(suspended))
        yield TASKS_CLOSED, _pair("closed_items", "closed_states", found.tasks_closed) | {"over_items": over}
    if suspended:
        yield TASKS_SUSPENDED, {"suspended_items": Integers(suspended)}
    if found.ends_suspended:
        yield SUSPENDED_ENDED, {
            "items_left": Integers(found.left_suspended), "items_on": Integers(found.tasks),
            "case_ended": found.ended in ENDED_EARLY,
        }  # fmt: skip


def offered_to(task: e.TaskOpened, fallback_group: str) -> tuple[str, ...]:
    """The groups that may take a task. One that the model offers to nobody is the fallback group's to look after."""
    return task.candidate_groups or (() if task.candidate_users else (fallback_group,))


def people_named(task: e.TaskOpened) -> tuple[str, ...]:
    """Those that the model names for a task; for each who is no active user the fallback group stands in."""
    return (*task.candidate_users, *([task.assignee] if task.assignee else ()))


def _pair(keys: str, values: str, rows: Mapping[int, str | None]) -> dict[str, Any]:
    return {keys: Integers(rows), values: Texts(rows.values())}


@overload
def _text(text: str, longest: int | None = None) -> str: ...
@overload
def _text(text: None, longest: int | None = None) -> None: ...
def _text(text: str | None, longest: int | None = None) -> str | None:
    """As PostgreSQL can keep it: what comes from a case's data may be long and hold NUL. The history has it whole."""
    return None if text is None else text[:longest].replace("\0", "\N{REPLACEMENT CHARACTER}")


def _small(number: int | None, otherwise: int) -> int:
    """As a smallint can hold it."""
    return otherwise if number is None else max(-SMALL, min(number, SMALL))


def _tasks(found: Effects, fallback_group: str, follow: bool | None) -> dict[str, Any]:
    opened = list(found.tasks.values())
    events = [task.event for task in opened]
    own = ((_small(task.event.priority, NORMAL_PRIORITY), task.state) for task in opened)
    candidates = [(task.item, group) for task in events for group in offered_to(task, fallback_group)]
    return {
        "task_items": Integers(task.item for task in events),
        "task_definitions": Texts(task.definition for task in events),
        "task_names": Texts(_text(task.name, 300) for task in events),
        "task_forms": Texts(_text(task.form or "", 100) for task in events),
        "task_states": Texts(task.state for task in opened),
        "task_assignees": Texts(_text(task.assignee) for task in events),
        **haste.priorities(own, follow),
        "task_dues": Moments(moment(task.due, NO_DUE_DATE) for task in events),
        "candidate_items": Integers(item for item, _ in candidates),
        "candidate_groups": Texts(_text(group) for _, group in candidates),
    }


def _jobs(found: Effects, seal: Seal) -> dict[str, Any]:
    opened = list(found.jobs.values())
    events = [job.event for job in opened]
    return {
        "job_numbers": Integers(job.job for job in events),
        "job_items": Integers(job.item for job in events),
        "job_definitions": Texts(job.definition for job in events),
        "job_names": Texts(_text(job.name, 300) for job in events),
        "job_capabilities": Texts(_text(job.capability, 200) for job in events),
        "job_inputs": Blobs(seal(orjson.dumps(job.input)) for job in events),
        "job_states": Texts(job.state for job in opened),
        "job_attempts": Integers(max(1, _small(job.retries, 1)) for job in events),
    }


def _jobs_closed(found: Effects) -> dict[str, Any]:
    errors = Texts(
        _text(found.jobs_failed[job].error) if job in found.jobs_failed else None for job in found.jobs_closed
    )
    return _pair("jobs_closed", "jobs_closed_states", found.jobs_closed) | {"jobs_closed_errors": errors}


def _timers(events: Iterable[e.TimerScheduled]) -> dict[str, Any]:
    scheduled = list(events)
    return {
        "timers": Integers(timer.timer for timer in scheduled),
        "timer_nodes": Texts(timer.node for timer in scheduled),
        "timer_dues": Moments(moment(timer.due, NO_DUE_DATE) for timer in scheduled),
    }


def _subscriptions(events: list[e.SubscriptionOpened]) -> dict[str, Any]:
    return {
        "subscriptions": Integers(event.subscription for event in events),
        "subscription_items": Integers(event.item for event in events),
        "subscription_nodes": Texts(event.node for event in events),
        "subscription_kinds": Texts(event.kind for event in events),
        "subscription_names": Texts(_text(event.name, 200) for event in events),
        "subscription_keys": Texts(key_as_kept(_text(event.correlation, 200)) for event in events),
    }


def _incidents(found: Effects) -> dict[str, Any]:
    opened = list(found.incidents.values())
    events = [incident.event for incident in opened]
    return {
        "incidents": Integers(event.incident for event in events),
        "incident_items": Integers(event.item for event in events),
        "incident_jobs": Integers(event.job for event in events),
        "incident_codes": Texts(event.code for event in events),
        "incident_messages": Texts(_text(event.message) for event in events),
        "incident_resolutions": Texts(incident.resolution for incident in opened),
    }


def _thrown(events: list[e.MessageThrown | e.SignalThrown], seal: Seal) -> dict[str, Any]:
    return {
        "thrown_kinds": Texts("message" if isinstance(event, e.MessageThrown) else "signal" for event in events),
        "thrown_names": Texts(_text(event.name, 200) for event in events),
        "thrown_keys": Texts(text_by(seal, _text(getattr(event, "correlation", None), 200)) for event in events),
        "thrown_variables": Blobs(seal(orjson.dumps(event.variables)) for event in events),
        "thrown_threads": Texts(None if event.thread is None else str(event.thread) for event in events),
        "thrown_hops": Integers(event.hops for event in events),
    }
