"""Business units: what there is of each stands below it, and what people see is bounded by theirs."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SEEN_THROUGH = """
create view casework_reach as
select m.user_id as person_id, m.group_id,
       case when g.id is null then coalesce(s.id, 0) when s.id is null or s.id = any(g.path) then g.id else s.id end as unit_id
from auth_user_groups m
left join casework_unitrole r on r.person_id = m.user_id and r.group_id = m.group_id
left join casework_homeunit h on h.person_id = m.user_id
left join casework_businessunit s on s.id = case when r.id is null then h.unit_id else r.unit_id end
left join casework_groupunit o on o.group_id = m.group_id
left join casework_businessunit g on g.id = o.unit_id
where s.id is null or g.id is null or s.id = any(g.path) or g.id = any(s.path);
create view casework_sight as
select u.id as person_id, coalesce(h.unit_id, 0) as unit_id
from auth_user u left join casework_homeunit h on h.person_id = u.id
union select person_id, unit_id from casework_reach;
"""
NOT_SEEN_THROUGH = "drop view casework_sight; drop view casework_reach;"
KEPT = """
create function casework_case_units() returns trigger language plpgsql as $$
begin
    new.units = coalesce((select path from casework_businessunit where id = new.unit_id), '{}');
    return new;
end $$;
create trigger casework_case_units before insert on casework_case
    for each row when (new.unit_id is not null) execute function casework_case_units();
create trigger casework_case_units_anew before update of unit_id on casework_case
    for each row when (new.unit_id is distinct from old.unit_id) execute function casework_case_units();
create function casework_units_moved() returns trigger language plpgsql as $$
begin
    update casework_case set units = new.path where unit_id = new.id;
    return null;
end $$;
create trigger casework_units_moved after update of path on casework_businessunit
    for each row when (new.path is distinct from old.path) execute function casework_units_moved();
create function casework_offer_unit() returns trigger language plpgsql as $$
begin
    update orchestration_taskcandidate c set unit = f.unit_id
    from given g join orchestration_humantask t on t.id = g.task_id
    join casework_case f on f.instance_id = t.instance_id and f.unit_id is not null
    where c.id = g.id;
    return null;
end $$;
create trigger casework_offer_unit after insert on orchestration_taskcandidate
    referencing new table as given for each statement execute function casework_offer_unit();
create function casework_offers_of_unit() returns trigger language plpgsql as $$
begin
    update orchestration_taskcandidate c set unit = coalesce(new.unit_id, 0)
    from orchestration_humantask t where t.instance_id = new.instance_id and c.task_id = t.id;
    return null;
end $$;
create trigger casework_offers_of_unit after update of unit_id on casework_case
    for each row when (new.unit_id is distinct from old.unit_id) execute function casework_offers_of_unit();

create function casework_list_readers(wanted bigint, changed bigint[]) returns void language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select case when r.reader < 0 then r.reader - (u << 32) else r.reader + (u << 32) end,
           c.id, c.case_type, c.state, c.closed, c.created
    from casework_case c cross join unnest(changed) u cross join (
        select 0::bigint as reader
        union all
        select o.group_id from casework_casegroupobjectpermission o join auth_permission p on p.id = o.permission_id
        where o.content_object_id = wanted and p.codename = 'view_case'
        union all
        select -o.user_id from casework_caseuserobjectpermission o join auth_permission p on p.id = o.permission_id
        where o.content_object_id = wanted and p.codename = 'view_case') r
    where c.id = wanted on conflict do nothing;
end $$;
create or replace function casework_list_case() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select u << 32, c.id, c.case_type, c.state, c.closed, c.created
    from given c cross join unnest(0::bigint || c.units) u on conflict do nothing;
    return null;
end $$;
create or replace function casework_list_change() returns trigger language plpgsql as $$
begin
    if new.units is distinct from old.units then
        delete from casework_listedcase where case_id = new.id;
        perform casework_list_readers(new.id, 0::bigint || new.units);
    else
        update casework_listedcase
        set case_type = new.case_type, state = new.state, closed = new.closed, created = new.created
        where case_id = new.id;
    end if;
    return null;
end $$;
create or replace function casework_list_for_group() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select r.group_id + (u << 32), c.id, c.case_type, c.state, c.closed, c.created
    from given r join casework_case c on c.id = r.content_object_id cross join unnest(0::bigint || c.units) u
    where r.permission_id in (select id from auth_permission where codename = 'view_case')
    on conflict do nothing;
    return null;
end $$;
create or replace function casework_list_for_person() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select -(r.user_id + (u << 32)), c.id, c.case_type, c.state, c.closed, c.created
    from given r join casework_case c on c.id = r.content_object_id cross join unnest(0::bigint || c.units) u
    where r.permission_id in (select id from auth_permission where codename = 'view_case')
    on conflict do nothing;
    return null;
end $$;
create or replace function casework_list_not_for_group() returns trigger language plpgsql as $$
begin
    delete from casework_listedcase l using taken r
    where l.case_id = r.content_object_id and l.reader > 0 and l.reader & 4294967295 = r.group_id
      and r.permission_id in (select id from auth_permission where codename = 'view_case');
    return null;
end $$;
create or replace function casework_list_not_for_person() returns trigger language plpgsql as $$
begin
    delete from casework_listedcase l using taken r
    where l.case_id = r.content_object_id and l.reader < 0 and (-l.reader) & 4294967295 = r.user_id
      and r.permission_id in (select id from auth_permission where codename = 'view_case');
    return null;
end $$;
drop trigger casework_change_is_listed on casework_case;
create trigger casework_change_is_listed after update on casework_case for each row
    when ((old.case_type, old.state, old.closed, old.created, old.units) is distinct from
          (new.case_type, new.state, new.closed, new.created, new.units)) execute function casework_list_change();
"""
NOT_KEPT = """
delete from casework_listedcase where abs(reader) >= 4294967296;
drop trigger casework_case_units on casework_case;
drop trigger casework_case_units_anew on casework_case;
drop trigger casework_units_moved on casework_businessunit;
drop trigger casework_offer_unit on orchestration_taskcandidate;
drop trigger casework_offers_of_unit on casework_case;
drop trigger casework_change_is_listed on casework_case;
create or replace function casework_list_case() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select 0, c.id, c.case_type, c.state, c.closed, c.created from given c on conflict do nothing;
    return null;
end $$;
create or replace function casework_list_change() returns trigger language plpgsql as $$
begin
    update casework_listedcase
    set case_type = new.case_type, state = new.state, closed = new.closed, created = new.created
    where case_id = new.id;
    return null;
end $$;
create or replace function casework_list_for_group() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select r.group_id, c.id, c.case_type, c.state, c.closed, c.created
    from given r join casework_case c on c.id = r.content_object_id
    where r.permission_id in (select id from auth_permission where codename = 'view_case')
    on conflict do nothing;
    return null;
end $$;
create or replace function casework_list_for_person() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select -r.user_id, c.id, c.case_type, c.state, c.closed, c.created
    from given r join casework_case c on c.id = r.content_object_id
    where r.permission_id in (select id from auth_permission where codename = 'view_case')
    on conflict do nothing;
    return null;
end $$;
create or replace function casework_list_not_for_group() returns trigger language plpgsql as $$
begin
    delete from casework_listedcase l using taken r
    where l.case_id = r.content_object_id and l.reader = r.group_id
      and r.permission_id in (select id from auth_permission where codename = 'view_case');
    return null;
end $$;
create or replace function casework_list_not_for_person() returns trigger language plpgsql as $$
begin
    delete from casework_listedcase l using taken r
    where l.case_id = r.content_object_id and l.reader = -r.user_id
      and r.permission_id in (select id from auth_permission where codename = 'view_case');
    return null;
end $$;
create trigger casework_change_is_listed after update on casework_case for each row
    when ((old.case_type, old.state, old.closed, old.created) is distinct from
          (new.case_type, new.state, new.closed, new.created)) execute function casework_list_change();
drop function casework_case_units(), casework_units_moved(), casework_offer_unit(), casework_offers_of_unit(),
    casework_list_readers(bigint, bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("casework", "0047_in_clear"),
        ("orchestration", "0025_unit_of_offer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupUnit",
            fields=[
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="unit_of_group",
                        serialize=False,
                        to="auth.group",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HomeUnit",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="home_unit",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnitPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="a case type, a capability, a path: as the kind has it", max_length=120
                    ),
                ),
                ("value", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="UnitRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="units",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=[],
                default=list,
                help_text="its unit and those above; a trigger keeps it",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="listedcase",
            name="reader",
            field=models.BigIntegerField(
                help_text="a group; a person, negative; 0: who may view all cases; in a unit and below: `access.reach`"
            ),
        ),
        migrations.CreateModel(
            name="BusinessUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="how files, the API and the history name it, for good", max_length=40, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "path",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), db_default=[], default=list, size=None
                    ),
                ),
                (
                    "policy",
                    models.JSONField(
                        db_default={}, default=dict, help_text="by what it is stricter, with those above it"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="casework.businessunit",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casework.businessunit",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("unit", None), _negated=True), fields=["unit"], name="case_of_unit"),
        ),
        migrations.AddField(
            model_name="groupunit",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="groups", to="casework.businessunit"
            ),
        ),
        migrations.AddField(
            model_name="homeunit",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="homes", to="casework.businessunit"
            ),
        ),
        migrations.AddField(
            model_name="unitpolicy",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="policies", to="casework.businessunit"
            ),
        ),
        migrations.AddField(
            model_name="unitrole",
            name="group",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="auth.group"),
        ),
        migrations.AddField(
            model_name="unitrole",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="unit_roles", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="unitrole",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="roles",
                to="casework.businessunit",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitpolicy",
            constraint=models.UniqueConstraint(fields=("unit", "kind", "subject"), name="unit_policy_once"),
        ),
        migrations.AddConstraint(
            model_name="unitpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", ""), _negated=True), name="unit_policy_has_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="unitrole",
            constraint=models.UniqueConstraint(
                fields=("person", "group", "unit"), name="unit_role_once", nulls_distinct=False
            ),
        ),
        migrations.RunSQL(SEEN_THROUGH, NOT_SEEN_THROUGH),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.CreateModel(
            "Reach",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "group_id", "unit", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit", models.BigIntegerField(db_column="unit_id")),
            ],
            options={"db_table": "casework_reach", "managed": False},
        ),
        migrations.CreateModel(
            "Sight",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "unit", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit", models.BigIntegerField(db_column="unit_id")),
            ],
            options={"db_table": "casework_sight", "managed": False},
        ),
    ]
