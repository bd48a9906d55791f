"""The list of cases is read from a table of its own, by reader; triggers keep it equal to cases and rights."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
create function casework_list_case() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select 0, c.id, c.case_type, c.state, c.closed, c.created from given c on conflict do nothing;
    return null;
end $$;
create function casework_list_change() returns trigger language plpgsql as $$
begin
    update casework_listedcase
    set case_type = new.case_type, state = new.state, closed = new.closed, created = new.created
    where case_id = new.id;
    return null;
end $$;
create function casework_list_no_case() returns trigger language plpgsql as $$
begin
    delete from casework_listedcase l using taken c where l.case_id = c.id;
    return null;
end $$;
create function casework_list_for_group() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select r.group_id, c.id, c.case_type, c.state, c.closed, c.created
    from given r join casework_case c on c.id = r.content_object_id
    where r.permission_id in (select id from auth_permission where codename = 'view_case')
    on conflict do nothing;
    return null;
end $$;
create function casework_list_for_person() returns trigger language plpgsql as $$
begin
    insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
    select -r.user_id, c.id, c.case_type, c.state, c.closed, c.created
    from given r join casework_case c on c.id = r.content_object_id
    where r.permission_id in (select id from auth_permission where codename = 'view_case')
    on conflict do nothing;
    return null;
end $$;
create function casework_list_not_for_group() returns trigger language plpgsql as $$
begin
    delete from casework_listedcase l using taken r
    where l.case_id = r.content_object_id and l.reader = r.group_id
      and r.permission_id in (select id from auth_permission where codename = 'view_case');
    return null;
end $$;
create function casework_list_not_for_person() returns trigger language plpgsql as $$
begin
    delete from casework_listedcase l using taken r
    where l.case_id = r.content_object_id and l.reader = -r.user_id
      and r.permission_id in (select id from auth_permission where codename = 'view_case');
    return null;
end $$;
create trigger casework_case_is_listed after insert on casework_case
    referencing new table as given for each statement execute function casework_list_case();
create trigger casework_change_is_listed after update on casework_case for each row
    when ((old.case_type, old.state, old.closed, old.created) is distinct from
          (new.case_type, new.state, new.closed, new.created)) execute function casework_list_change();
create trigger casework_no_case_is_listed after delete on casework_case
    referencing old table as taken for each statement execute function casework_list_no_case();
create trigger casework_group_lists after insert on casework_casegroupobjectpermission
    referencing new table as given for each statement execute function casework_list_for_group();
create trigger casework_group_lists_no_more after delete on casework_casegroupobjectpermission
    referencing old table as taken for each statement execute function casework_list_not_for_group();
create trigger casework_person_lists after insert on casework_caseuserobjectpermission
    referencing new table as given for each statement execute function casework_list_for_person();
create trigger casework_person_lists_no_more after delete on casework_caseuserobjectpermission
    referencing old table as taken for each statement execute function casework_list_not_for_person();
insert into casework_listedcase (reader, case_id, case_type, state, closed, created)
select r.reader, c.id, c.case_type, c.state, c.closed, c.created
from casework_case c join (
    select 0 as reader, id from casework_case
    union all
    select r.group_id, r.content_object_id from casework_casegroupobjectpermission r
    join auth_permission p on p.id = r.permission_id and p.codename = 'view_case'
    union all
    select -r.user_id, r.content_object_id from casework_caseuserobjectpermission r
    join auth_permission p on p.id = r.permission_id and p.codename = 'view_case') r on r.id = c.id;
"""
NOT_KEPT = """
drop trigger casework_case_is_listed on casework_case;
drop trigger casework_change_is_listed on casework_case;
drop trigger casework_no_case_is_listed on casework_case;
drop trigger casework_group_lists on casework_casegroupobjectpermission;
drop trigger casework_group_lists_no_more on casework_casegroupobjectpermission;
drop trigger casework_person_lists on casework_caseuserobjectpermission;
drop trigger casework_person_lists_no_more on casework_caseuserobjectpermission;
drop function casework_list_case(), casework_list_change(), casework_list_no_case(), casework_list_for_group(),
    casework_list_not_for_group(), casework_list_for_person(), casework_list_not_for_person();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_group_rate")]

    operations = [
        migrations.RemoveIndex("case", "case_newest"),
        migrations.RemoveIndex("case", "case_open_by_state"),
        migrations.CreateModel(
            "ListedCase",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "case_id", "reader", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reader", models.BigIntegerField(help_text="a group; a person, negative; 0: who may view all cases")),
                ("case_type", models.CharField(max_length=64)),
                ("state", models.CharField(max_length=64)),
                ("closed", models.BooleanField()),
                ("created", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE,
                        related_name="+", to="casework.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["reader", "closed", "-created", "-case"], name="listed_newest"),
                    models.Index(
                        fields=["reader", "case_type", "state", "closed", "-created", "-case"], name="listed_by_state"
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]  # fmt: skip
