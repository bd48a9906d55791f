"""When a person finishes a task, what does that say of a machine's answer?

A form declares it (`judges` in forms.yaml): which of its fields stands for which output of which capability, or which
decision means which output. The newest answer of that capability in the case then counts as accepted or changed, in the
statement that takes the answers in; one that says nothing there, or what no decision means, stays open.
Who judges later judges better: their word takes the place of the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import orjson

from audit.db.columns import Texts
from audit.db.sql import Part
from audit.sealed_values import subject_with_key
from orchestration.casetypes.case_type import Form
from orchestration.casetypes.forms import Judges
from orchestration.jobs.actor_ledger import output_as_kept

Json = Any

NOTHING: Part = ("unjudged as (select 1)", {})
JUDGED: LiteralString = """
judged as (
    insert into orchestration_judgement (call_id, verdict, by, at, reason, "right")
    select distinct on (c.id) c.id, case when c.output->j.output = j.value::jsonb then 'accepted' else 'changed' end,
           %(actor)s, %(at)s, '',
           case when c.output->j.output = j.value::jsonb then null
                else jsonb_build_object(j.output, j.value::jsonb) end
    from unnest(%(judged_capabilities)s, %(judged_outputs)s, %(judged_values)s, %(judged_among)s)
         as j(capability, output, value, among)
    join lateral (select a.id, a.output from orchestration_actorcall a
                  where a.instance_id = %(instance)s and a.capability = j.capability
                    and a.outcome in ('done', 'suggested')
                  order by a.id desc limit 1) c on jsonb_typeof(c.output) = 'object'
    where c.output ? j.output and (j.among = 'null' or j.among::jsonb @> (c.output->j.output))
    on conflict (call_id) do update
    set verdict = excluded.verdict, by = excluded.by, at = excluded.at, "right" = excluded."right")"""


def judged(form: Form, answers: Mapping[str, Json], instance: int) -> Part:
    """What writes the judgements that these answers (by dotted path) stand for; goes with the step of the task."""
    subject = subject_with_key(instance) if form.judges else ""
    found = [
        (one.capability, one.output, _as_kept(subject, one.output, right), _among(subject, one))
        for one in form.judges
        if (right := one.right(answers)) is not None
    ]
    if not found:
        return NOTHING
    capabilities, outputs, values, among = zip(*found, strict=True)
    return JUDGED, {
        "judged_capabilities": Texts(capabilities), "judged_outputs": Texts(outputs), "judged_values": Texts(values),
        "judged_among": Texts(among),
    }  # fmt: skip


def _as_kept(subject: str, output: str, value: Json) -> str:
    return orjson.dumps(output_as_kept(subject, {output: value})[output]).decode()


def _among(subject: str, judges: Judges) -> str:
    """The outputs on which a decision says something; JSON's null where any."""
    meant = dict.fromkeys(judges.means.values())
    return f"[{','.join(_as_kept(subject, judges.output, each) for each in meant)}]" if meant else "null"
