"""Which rows of rules, models, people and rights can somebody change, and what is said of each change?"""

from __future__ import annotations

from tests.upgrade.forged_cases import ANNA, CLARA, RIGHT, SENIORS

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
        "of intent is Retired, though the last change says otherwise",
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
    "a program has a key of before": (
        "insert into casework_apitoken (person_id, name, digest, scope, created, from_before) "
        f"select {ANNA}, 'x', 'forged', 'administer', now(), true", "the key to the API of person anna",
    ),
    "a program has a token": (
        "insert into casework_apitoken (person_id, name, digest, scope, created, from_before) "
        f"select {ANNA}, 'x', 'forged', 'administer', now(), false", "the token x of anna was never given out",
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
