"""Can an admin change a rule in the browser, see what is wrong with it, try it and publish it?"""

from __future__ import annotations

from html import unescape

import pytest
from django.contrib.auth.models import User
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from casework.actors.bundled import CASE_TYPES
from casework.models import Case, Proposal
from casework.studio.decision_table_edit import MOST_RULES, changes, draft, edited, rows_from, table_in
from orchestration.casetypes.case_type import current, folder_files
from orchestration.engine.dmn.editing import Row
from orchestration.models import Definition
from tests.casework.browsing import client as client_of
from tests.casework.reading import told

FILES = folder_files(CASE_TYPES / "complaint")
TABLE = table_in(FILES["routing.dmn"], "routing_table")


def as_form(rows=TABLE.rows, **more):
    """The form of a table as a browser sends it."""
    form = {"rules": str(len(rows))}
    for number, row in enumerate(rows, 1):
        form[f"r{number}.id"] = row.id
        form |= {f"r{number}.{cell}": text for cell, text in enumerate(row.cells)}
    return form | more


def address(definition) -> str:
    return f"/rules/{definition.pk}/routing_table/"


@pytest.fixture
def admin(people, client):
    client.force_login(people["ada"])
    return client


@pytest.mark.django_db
def test_75_becomes_80_and_is_published_with_a_note(people, complaint, admin):
    answer = admin.post(
        address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note="Too much got through"), follow=True
    )
    newest = current("complaint")
    assert newest.version == 2
    assert "Version 2 is published" in answer.content.decode()
    row = Definition.objects.get(pk=newest.pk)
    assert (row.note, row.deployed_by.username) == ("Too much got through", "ada")
    assert row.files["routing.dmn"] == FILES["routing.dmn"].replace("&lt; 75", "&lt; 80")
    told = AuditEvent.objects.filter(chain=0, action="definition.deployed", actor="person:ada")
    assert told.count() == 1


@pytest.mark.django_db
def test_new_cases_follow_the_new_rule_and_running_ones_stay(people, complaint, admin, open_case, machines):
    from tests.orchestration.machines import work_jobs

    machines.say("refund_request", 0.78, "neutral")
    before = open_case()
    admin.post(address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note="Stricter"))
    after = open_case()
    for case in (before, after):
        work_jobs(case.instance_id)
    tasks = {case.pk: case.instance.tasks.get().name for case in Case.objects.all()}
    assert tasks == {before.pk: "Approve the answer", after.pk: "Senior review"}


@pytest.mark.django_db
def test_every_wrong_cell_is_named_at_once_and_nothing_is_lost(complaint, admin):
    form = as_form(**{"r1.0": "< < 75", "r2.3": "1 +", "r3.5": "kept as typed"}, do="publish", note="x")
    answer = admin.post(address(complaint), form)
    told = answer.content.decode()
    assert answer.status_code == 400
    assert told.count('aria-invalid="true"') >= 2
    assert 'id="r1.0.wrong"' in told
    assert 'id="r2.3.wrong"' in told
    assert "kept as typed" in told
    assert current("complaint").version == 1


@pytest.mark.django_db
@pytest.mark.parametrize("cell", ["r2.1", "r1.4"])
def test_a_text_without_its_quotation_marks_is_explained(complaint, admin, cell):
    told = admin.post(address(complaint), as_form(**{cell: "negative"}, do="review")).content.decode()
    assert f'id="{cell}.wrong"' in told
    assert "negative is not known here. A text stands in quotation marks." in told


@pytest.mark.django_db
def test_a_word_that_the_column_does_not_allow_is_refused_in_its_cell(complaint, admin):
    answer = admin.post(address(complaint), as_form(**{"r1.3": '"seniro"'}, do="review"))
    assert 'id="r1.3.wrong"' in answer.content.decode()
    assert "&quot;draft&quot;" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("confidence", "tone", "intent", "rule"), [
    ("0.749", "neutral", "refund_request", 1), ("0.9", "negative", "refund_request", 2),
    ("0,9", "positive", "card_lost_or_stolen", 3), ("0.9", "positive", "refund_request", 5),
])  # fmt: skip
def test_a_trial_shows_which_rule_fires_before_anything_is_published(complaint, admin, confidence, tone, intent, rule):
    given = {"try.intent.confidence": confidence, "try.sentiment.label": tone, "try.intent.label": intent}
    answer = admin.post(address(complaint), as_form(do="try", **given))
    assert answer.context["trial"].hits == (rule,)
    assert f"Rule {rule} fires." in answer.content.decode()
    assert current("complaint").version == 1


@pytest.mark.django_db
def test_a_trial_with_a_word_for_a_figure_says_so(complaint, admin):
    told = admin.post(address(complaint), as_form(do="try", **{"try.intent.confidence": "high"})).content.decode()
    assert "This should be a number." in told
    assert "fires." not in told


@pytest.mark.django_db
def test_publishing_without_a_note_asks_for_one(complaint, admin):
    answer = admin.post(address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note="  "))
    assert answer.status_code == 400
    assert "what you changed and why" in answer.content.decode()
    assert current("complaint").version == 1


@pytest.mark.django_db
@pytest.mark.parametrize("note", ["Stricter\0", "Stricter\x07"])
def test_a_note_that_cannot_be_kept_is_refused_beside_it_and_nothing_is_lost(complaint, admin, note):
    answer = admin.post(address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note=note))
    told = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="note-wrong">This holds characters that cannot be kept' in told
    assert "&lt; 80" in told
    assert "Stricter" in told
    assert current("complaint").version == 1


def many(count):
    return [Row(("< 75", "-", "-"), TABLE.rows[0].outputs, TABLE.rows[0].annotations, "") for _ in range(count)]


@pytest.mark.django_db
def test_a_table_of_three_hundred_rules_is_published(complaint, admin):
    answer = admin.post(address(complaint), as_form(many(300), do="publish", note="All regions"), follow=True)
    assert "Version 2 is published" in answer.content.decode()
    published = Definition.objects.get(pk=current("complaint").pk).files["routing.dmn"]
    assert len(table_in(published, "routing_table").rows) == 300


@pytest.mark.django_db
def test_a_rule_too_many_is_refused_in_words_and_stays_in_the_form(complaint, admin):
    answer = admin.post(address(complaint), as_form(many(MOST_RULES), do="add:1"))
    told = answer.content.decode()
    assert answer.status_code == 400
    assert "A table has at most 500 rules here; this has 501." in told
    assert f'name="r{MOST_RULES + 1}.0"' in told


@pytest.mark.django_db
def test_what_was_edited_from_an_older_version_is_not_published_over_a_newer_one(complaint, admin):
    admin.post(address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note="First"))
    answer = admin.post(address(complaint), as_form(**{"r1.0": "< 70"}, do="publish", note="Second"))
    assert answer.status_code == 409
    assert "Version 2 was published while you edited version 1" in answer.content.decode()


@pytest.mark.django_db
def test_publishing_nothing_new_makes_no_version(complaint, admin):
    answer = admin.post(address(complaint), as_form(do="publish", note="No change"), follow=True)
    assert "Nothing was changed" in answer.content.decode()
    assert current("complaint").version == 1


@pytest.mark.django_db
def test_old_versions_stay_readable_and_say_that_they_are_replaced(complaint, admin):
    admin.post(address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note="Stricter"))
    told = admin.get(f"/rules/{complaint.pk}/").content.decode()
    assert "&lt; 75" in told
    assert "replaced" in told
    assert ">Change<" not in told
    listed = admin.get("/rules/").content.decode()
    assert "Stricter" in listed
    assert "Version 1" in listed


@pytest.mark.django_db
def test_an_auditor_reads_rules_and_changes_none(people, complaint, client):
    client.force_login(people["axel"])
    assert "Routing" in client.get(f"/rules/{complaint.pk}/").content.decode()
    assert client.get(address(complaint)).status_code == 403
    assert client.post(address(complaint), as_form(do="publish", note="x")).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("form", [{"rows": "x"}, {"do": "publish", "rules": "999999999", "note": "x"}, {"do": "up:-1"},
                                  {"do": "remove:abc"}, {"do": "add:99999999999999999999"}])  # fmt: skip
def test_a_form_that_nobody_made_breaks_nothing(complaint, admin, form):
    assert admin.post(address(complaint), form).status_code in (200, 400)
    assert current("complaint").version == 1


def test_a_table_as_it_stands_is_a_sound_draft_that_changes_nothing():
    made = draft(FILES, "routing.dmn", TABLE, TABLE.rows)
    assert made.is_sound
    assert made.files == FILES
    assert changes(TABLE, TABLE.rows) == ()


def test_a_new_rule_is_written_into_the_file_and_named_as_added():
    rows = edited(rows_from(as_form(rules="5"), TABLE), TABLE, "add:1")
    rows[1] = Row(
        ("-", "-", '"fees_and_charges"'), ('"team"', '"Payments team"', '"Fees"', '"template"', '"off"'), (), ""
    )
    made = draft(FILES, "routing.dmn", TABLE, rows)
    assert made.is_sound
    assert len(table_in(made.files["routing.dmn"], "routing_table").rows) == 6
    (added,) = [change for change in changes(TABLE, rows) if change.kind != "moved"]
    assert (added.number, added.kind) == (2, "added")


def test_a_table_without_a_rule_is_no_draft():
    assert draft(FILES, "routing.dmn", TABLE, []).faults == ("A table needs at least one rule.",)


BUTTON = st.builds("{}:{}".format, st.sampled_from(["add", "remove", "up", "down"]), st.integers(0, 7))


@settings(deadline=None, max_examples=40)
@given(st.lists(BUTTON, max_size=12))
def test_whatever_is_pressed_the_rules_that_stay_keep_their_cells(pressed):
    rows = list(TABLE.rows)
    for do in pressed:
        before = len(rows)
        rows = edited(rows, TABLE, do)
        assert len(rows) - before in {"add": (1,), "remove": (0, -1)}.get(do.partition(":")[0], (0,))
    known = {row.id: row for row in TABLE.rows}
    assert all(row == known[row.id] for row in rows if row.id)
    made = draft(FILES, "routing.dmn", TABLE, rows)
    if made.is_sound:
        kept = [row.cells for row in table_in(made.files["routing.dmn"], "routing_table").rows]
        assert kept == [row.cells for row in rows]


@pytest.mark.django_db
def test_tables_of_a_process_are_changed_and_tried_like_those_of_a_case(complaint, admin):
    from audit.services import Origin
    from orchestration.casetypes.deployment import deploy

    refund = deploy(folder_files(CASE_TYPES / "refund"), Origin("system:test")).definition
    for table in ("approval_table", "missing_parts_table"):
        rows = table_in(refund.files[{"a": "approval.dmn", "m": "completeness.dmn"}[table[0]]], table).rows
        form = as_form(rows, **{"try.amount": "1200", "try.about": "purchase", "try.customer.iban": "x"}, do="try")
        answer = admin.post(f"/rules/{refund.pk}/{table}/", form)
        assert answer.status_code == 200, table
        assert answer.context["trial"].hits == {"a": (1,), "m": (4, 5)}[table[0]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cell", "text", "said"),
    [
        ("r1.0", '"fees_and_charges"', "number"), ("r1.0", "< 75,5", "below 75"),
        ("r1.0", "[90..75]", "The smaller value"),
        ("r1.4", '"Paymnets team"', "There is no group “Paymnets team”"), ("r1.4", "", "empty"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_meant_is_told_before_it_is_published(complaint, admin, cell, text, said):
    answer = admin.post(address(complaint), as_form(**{cell: text}, do="review"))
    told = unescape(answer.content.decode())
    assert said in told
    assert answer.status_code == (200 if text in ("< 75,5", "") else 400)


@pytest.mark.django_db
def test_a_version_that_was_replaced_is_put_back_in_force_with_a_reason(complaint, admin):
    admin.post(address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note="Stricter"))
    assert admin.get(address(complaint)).status_code == 302
    first = f"/rules/{complaint.pk}/"
    assert "Put this back in force" in admin.get(first).content.decode()
    admin.post(first, {"note": ""})
    assert current("complaint").version == 2
    said = admin.post(first, {"note": "Too strict"}, follow=True).content.decode()
    assert "as version 3" in said and "Version 1 put back in force: Too strict" in admin.get("/rules/").content.decode()
    assert current("complaint").files == complaint.files


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["change", "put back"])
def test_where_two_people_are_asked_for_another_publishes_what_one_changed(people, complaint, admin, settings, door):
    change = as_form(**{"r1.0": "< 80"}, do="publish", note="Stricter")
    if door == "put back":
        admin.post(address(complaint), change)
    before = current("complaint")
    settings.SECOND_PERSON = True
    first = address(complaint) if door == "change" else f"/rules/{complaint.pk}/"
    waits = admin.post(first, change)
    assert "somebody else has to publish" in told(admin.get(waits.url)) and current("complaint") == before
    assert admin.post(waits.url, {"do": "publish", "note": "Mine"}).status_code == 409
    assert current("complaint") == before
    bea = User.objects.create_user("bea")
    bea.groups.add(*people["ada"].groups.all())
    another = client_of(bea)
    assert "Stricter" in told(another.get("/rules/"))
    another.post(waits.url, {"do": "publish", "note": "Looked at"})
    row = Definition.objects.get(pk=current("complaint").pk)
    assert (row.version, row.deployed_by) == (before.version + 1, bea)


@pytest.mark.django_db
def test_a_change_that_waits_is_not_made_beside_a_version_that_was_replaced(complaint, admin, settings):
    admin.post(address(complaint), as_form(**{"r1.0": "< 80"}, do="publish", note="Stricter"))
    settings.SECOND_PERSON = True
    late = as_form(**{"r1.0": "< 90"}, do="publish", note="Late")
    assert admin.post(address(complaint), late).status_code == 409 and not Proposal.objects.exists()


@pytest.mark.parametrize(("cell", "sound"), [
    ('"no-such-actor"', False), ('"any but no-such-actor"', False), ('"any but bot"', True), ('"bot"', True),
    ('"person"', True), ('"cheapest"', True), ("null", True),
])  # fmt: skip
def test_a_routing_wishes_only_for_actors_that_are_there(cell, sound):
    table = table_in(FILES["work.dmn"], "work_table")
    first = table.rows[0]
    rows = [Row(first.inputs, (cell, *first.outputs[1:]), first.annotations, first.id), *table.rows[1:]]
    made = draft(FILES, "work.dmn", table, rows, None, {"bot"})
    assert made.is_sound == sound
    assert sound or "no actor “no-such-actor”" in made.wrong[1, 3]


def test_a_wish_that_ships_before_its_actor_hinders_no_other_change():
    files = folder_files(CASE_TYPES / "contract")
    table = table_in(files["work.dmn"], "work_table")
    assert any("contract-writer" in row.outputs[0] for row in table.rows)
    assert draft(files, "work.dmn", table, table.rows, None, set()).is_sound
