"""What of a case's data may this reader see?"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.privacy.classification import LEVELS, classify, rank
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal
from orchestration.privacy.texts import DOTS
from orchestration.privacy.writes import refuse_writes_to_masked

SCHEMA = {
    "type": "object",
    "properties": {
        "subject": {"type": "string", "x-classification": "public", "x-system": "Intake"},
        "message": {"type": "string", "x-classification": "confidential", "x-mask": "text"},
        "customer": {
            "type": "object",
            "x-classification": "confidential",
            "x-system": "CRM",
            "properties": {
                "name": {"x-mask": "name"},
                "email": {"x-mask": "email"},
                "segment": {"x-classification": "internal", "enum": ["private", "business"]},
            },
        },
        "accounts": {
            "type": "array",
            "items": {"properties": {"iban": {"$ref": "#/$defs/iban"}, "opened": {"x-classification": "public"}}},
        },
        "risk": {"type": "integer", "x-classification": "restricted"},
        "notes": {"x-classification": "internal"},
    },
    "$defs": {"iban": {"x-classification": "restricted", "x-mask": "iban", "x-system": "Core banking"}},
}
CLASSIFICATION = classify(SCHEMA)
DATA = {
    "subject": "Maria Stone cannot pay",
    "message": "I am Maria Stone, DE89 3704 0044 0532 0130 00, write to other@example.org",
    "customer": {"name": "Maria Stone", "email": "maria@example.com", "segment": "private", "shoe size": 38},
    "accounts": [{"iban": "DE89370400440532013000", "opened": "2009"}],
    "risk": 7812,
    "notes": {"colour": "blue", "score": 7812},
    "unheard of": {"maria@example.com": [1, 2]},
}


def view_of(clearance, *revealed, data=DATA):
    return mask(data, CLASSIFICATION, Principal(clearance, revealed=frozenset(revealed)))


def test_somebody_with_internal_clearance_sees_masks_in_fields_and_in_texts():
    assert view_of("internal").data == {
        "subject": "M••• S••• cannot pay",
        "message": "I am M••• S•••, DE•• •••• 3000, write to o•••@•••.org",
        "customer": {"name": "M••• S•••", "email": "m•••@•••.com", "segment": "private", "shoe size": "•••"},
        "accounts": [{"iban": "DE•• •••• 3000", "opened": "2009"}],
        "risk": "•••",
        "notes": {"colour": "blue", "score": "•••"},
        "unheard of": "•••",
    }


def test_confidential_clearance_shows_the_customer_but_neither_the_account_nor_what_the_schema_does_not_know():
    data = view_of("confidential").data
    assert data["customer"] == {**DATA["customer"], "shoe size": "•••"}
    assert data["message"] == "I am Maria Stone, DE•• •••• 3000, write to other@example.org"
    assert data["unheard of"] == "•••"


def test_restricted_clearance_sees_everything():
    view = view_of("restricted")
    assert view.data == DATA
    assert view.masked == frozenset()


@pytest.mark.parametrize("income", [2000, 3400.5, 4999])
def test_a_day_shows_its_year_and_an_amount_its_band_in_their_fields_and_nothing_in_texts(income):
    days = classify({
        "properties": {
            "born": {"x-classification": "confidential", "x-mask": "year"},
            "income": {"x-classification": "confidential", "x-mask": "band"},
            "note": {"x-classification": "internal"},
        }
    })  # fmt: skip
    data = {"born": "1980-05-12", "income": income, "note": f"born 12.05.1980, earns {income}"}
    assert mask(data, days, Principal("internal")).data == {
        "born": "1980", "income": "two thousand to five thousand", "note": "born •••, earns •••",
    }  # fmt: skip


def test_what_the_mask_of_a_field_lets_through_is_hidden_when_it_is_the_value_of_another():
    schema = {"properties": {"iban": {"x-mask": "iban"}, "pin": {"x-mask": "all"}}}
    data = {"iban": "DE89370400440532013000", "pin": "3000"}
    assert mask(data, classify(schema), Principal("public")).data == {"iban": DOTS, "pin": DOTS}


def test_the_name_of_an_unknown_field_gives_nobody_away():
    data = view_of("internal", data={**DATA, "Maria Stone": 1, "write to x@example.com": 2}).data
    assert list(data)[-2:] == ["M••• S•••", "write to •••"]


def test_a_revealed_field_is_clear_in_its_place_and_wherever_it_is_echoed_and_nothing_else_is():
    view = view_of("internal", "/customer/name")
    assert view.data["customer"]["name"] == "Maria Stone"
    assert view.data["subject"] == "Maria Stone cannot pay"
    assert view.data["customer"]["email"] == "m•••@•••.com"
    assert view.data["message"] == "I am Maria Stone, DE•• •••• 3000, write to o•••@•••.org"


def test_a_revealed_text_is_shown_whole_with_the_details_in_it_and_nothing_else_is():
    view = view_of("internal", "/message")
    assert view.data["message"] == DATA["message"]
    assert view.data["subject"] == "M••• S••• cannot pay"


def test_a_text_within_the_clearance_that_holds_a_hidden_detail_can_be_revealed_too():
    assert "/message" in view_of("confidential").masked
    view = view_of("confidential", "/message")
    assert view.data["message"] == DATA["message"]
    assert "/message" in view.clear


def test_a_text_that_is_nothing_but_a_detail_makes_it_clear_nowhere_else():
    schema = {"properties": {"note": {"x-classification": "public", "x-mask": "text"}}}
    view = mask({"note": "x.y@example.com"}, classify(schema), Principal("public"))
    assert view.data == {"note": "x•••@•••.com"}


def test_revealing_an_object_reveals_what_is_in_it_and_no_field_of_a_like_name():
    data = view_of("internal", "/customer", data={**DATA, "customers": "hidden"}).data
    assert data["customer"] == DATA["customer"]
    assert data["customers"] == "•••"


def test_the_view_says_which_places_are_clear_and_which_are_masked():
    view = view_of("internal")
    assert view.clear == {"/customer/segment", "/accounts/0/opened"}
    assert view.masked - view.hidden == {"/subject", "/notes"}
    assert view.hidden == {
        "/message", "/customer/name", "/customer/email", "/customer/shoe size", "/accounts/0/iban",
        "/risk", "/unheard of",
    }  # fmt: skip


def test_empty_places_have_nothing_to_hide():
    empty = {"message": "", "customer": {"name": None, "email": ""}, "accounts": [], "risk": None}
    view = view_of("public", data=empty)
    assert view.data == empty
    assert view.masked == frozenset()


def test_a_truth_value_and_a_number_are_hidden_like_any_other_value():
    schema = {"properties": {"vip": {"x-classification": "restricted"}, "age": {"x-classification": "restricted"}}}
    assert mask({"vip": True, "age": 0}, classify(schema), Principal("public")).data == {"vip": DOTS, "age": DOTS}


# What is said about the case elsewhere


def test_an_event_of_the_timeline_is_masked_by_the_names_of_its_fields_also_for_values_of_the_past():
    payload = {"instance": 1, "changes": {"customer": {"name": "Mary Miller", "segment": "business"}, "risk": 12}}
    assert view_of("internal").payload(payload) == {
        "instance": 1,
        "changes": {"customer": {"name": "M••• M•••", "segment": "business"}, "risk": "•••"},
    }


def test_a_name_means_a_field_only_where_it_stands_as_in_the_schema():
    assert view_of("internal").payload({"name": "Review the draft"}) == {"name": "Review the draft"}


def test_inside_a_hidden_field_only_its_own_fields_can_be_seen():
    payload = {"changes": {"customer": {"subject": "of long ago", "segment": "business"}, "subject": "of today"}}
    assert view_of("internal").payload(payload) == {
        "changes": {"customer": {"subject": "•••", "segment": "business"}, "subject": "of today"},
    }


def test_a_json_pointer_as_a_key_is_a_field_too():
    assert view_of("internal").payload({"/customer/name": "Old Name", "/subject": "Fine"}) == {
        "/customer/name": "O••• N•••",
        "/subject": "Fine",
    }


def test_the_inputs_of_a_decision_are_masked_by_what_is_known_of_the_case():
    inputs = {"Who": "Maria Stone", "Score": 7812, "Sure": 0.83, "Late": True, "Maria Stone": None}
    assert view_of("internal").payload(inputs) == {
        "Who": "M••• S•••", "Score": "•••", "Sure": 0.83, "Late": True, "M••• S•••": None,
    }  # fmt: skip


def test_a_value_that_stood_there_before_stays_hidden_in_texts():
    older = {"customer": {"name": "Mary Miller"}}
    view = mask(DATA, CLASSIFICATION, Principal("internal"), former=[older])
    assert view.text("Mary Miller is now Maria Stone") == "M••• M••• is now M••• S•••"


def test_words_that_the_schema_lists_are_no_secret_elsewhere():
    assert view_of("public").text("a private matter") == "a private matter"


# Writing


def test_a_masked_field_is_not_written():
    refusals = refuse_writes_to_masked({"customer": {"name": "M••• S•••", "segment": "business"}}, view_of("internal"))
    assert [refusal.path for refusal in refusals] == ["/customer/name"]


def test_an_object_or_a_list_is_not_replaced_when_something_in_it_is_masked():
    view = view_of("internal")
    assert [r.path for r in refuse_writes_to_masked({"accounts": []}, view)] == ["/accounts"]
    assert [r.path for r in refuse_writes_to_masked({"customer": None}, view)] == ["/customer"]


def test_a_text_with_masks_in_it_is_not_written():
    (refusal,) = refuse_writes_to_masked({"subject": "Dear M••• S•••"}, view_of("internal"))
    assert "masked values" in refusal.reason


def test_what_is_clear_may_be_written():
    assert refuse_writes_to_masked({"subject": "New", "customer": {"segment": "business"}}, view_of("internal")) == ()
    assert refuse_writes_to_masked(DATA, view_of("restricted")) == ()


# The classification


def test_systems_of_record_are_named_by_field():
    assert CLASSIFICATION.systems() == {
        "/subject": "Intake",
        "/customer/name": "CRM",
        "/customer/email": "CRM",
        "/customer/segment": "CRM",
        "/accounts/*/iban": "Core banking",
    }


def test_a_field_takes_after_the_object_around_it_and_what_is_unknown_is_restricted():
    assert CLASSIFICATION.rule("/customer/name").level == "confidential"
    assert CLASSIFICATION.rule("/customer/segment").level == "internal"
    assert CLASSIFICATION.rule("/accounts/3/iban").mask == "iban"
    assert CLASSIFICATION.rule("/accounts/3/unknown").level == "restricted"
    assert CLASSIFICATION.rule("/nowhere/at/all").level == "restricted"


def test_where_several_parts_of_a_schema_speak_of_a_field_the_strictest_holds():
    parts = [{"properties": {"a": {"x-classification": level}}} for level in ("internal", "restricted", "public")]
    assert classify({"oneOf": parts}).rule("/a").level == "restricted"


@pytest.mark.parametrize(
    "schema",
    [
        {"x-classification": "secret"},
        {"properties": {"a": {"x-mask": "stars"}}},
        {"$ref": "https://example.com/other.json"},
        {"$ref": "#/$defs/missing"},
        {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"properties": {"child": {"$ref": "#"}}},
    ],
)
def test_a_schema_that_cannot_be_classified_is_refused(schema):
    with pytest.raises(ValueError):
        classify(schema)


def test_the_complaint_case_type_hides_the_customer_from_whoever_has_no_clearance():
    schema = json.loads((Path("casework") / "casetypes" / "complaint" / "data.schema.json").read_text())
    customer = {"name": "Maria Stone", "email": "m.stone@example.com", "phone": "+49 30 23125 042", "iban": "DE1"}
    view = mask({"message": "Maria here", "customer": customer}, classify(schema), Principal("internal"))
    shown = json.dumps(view.data, ensure_ascii=False)
    assert [value for value in [*customer.values(), "Maria"] if value in shown] == []


# Whatever the data


LEAVES = st.one_of(
    st.text(min_size=4, max_size=12),
    st.text(alphabet="ab12 .@+-", min_size=4, max_size=24),
    st.integers(min_value=1000, max_value=10**20),
    st.booleans(),
    st.none(),
    st.sampled_from(["DE89370400440532013000", "4111 1111 1111 1111", "maria@example.com", "Maria Stone", "3000"]),
)
RULES = st.fixed_dictionaries(
    {},
    optional={"x-classification": st.sampled_from(LEVELS), "x-mask": st.sampled_from(["name", "email", "iban", "all"])},
)
NAMES = st.sampled_from(["k1", "k2", "k3"])


@st.composite
def documents(draw, depth=3):
    """A schema and data that fits it, but for a field now and then that the schema does not know."""
    rule = draw(RULES)
    kind = draw(st.sampled_from(["leaf", "object", "array"] if depth else ["leaf"]))
    if kind == "leaf":
        return rule, draw(LEAVES)
    if kind == "array":
        items = [draw(documents(depth - 1))[1] for _ in range(draw(st.integers(0, 2)))]
        return {**rule, "items": draw(documents(depth - 1))[0]}, items
    fields = draw(st.dictionaries(NAMES, documents(depth - 1), max_size=3))
    unknown = draw(st.dictionaries(st.sampled_from(["u1", "u2"]), LEAVES | st.lists(LEAVES), max_size=1))
    schema = {**rule, "properties": {name: part for name, (part, _) in fields.items()}}
    return schema, {**{name: value for name, (_, value) in fields.items()}, **unknown}


def strings(value) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def hidden_values(data, classification, clearance) -> set[str]:
    """The clear values that are not for this clearance, found by the pointer of each."""

    def walk(value, pointer):
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in inner:
            yield from walk(item, f"{pointer}/{key}")
        if not isinstance(value, dict | list) and rank(classification.rule(pointer).level) > rank(clearance):
            yield from strings(value)

    return {value for value in walk(data, "") if len(value.strip()) > 3 and value.strip(" •")}


@settings(max_examples=400, deadline=None)
@given(documents(), st.sampled_from(LEVELS[:-1]), st.text(max_size=6))
def test_no_value_beyond_the_clearance_occurs_anywhere_in_what_is_shown(document, clearance, around):
    schema, data = document
    classification = classify(schema)
    view = mask(data, classification, Principal(clearance))
    hidden = hidden_values(data, classification, clearance)
    told = f"{around}{around.join(sorted(hidden))}{around}"
    everything = [view.data, view.text(told), view.payload({"event": {"what": data, told: told}})]
    assert [(value, text) for value in hidden for text in strings(everything) if value in text] == []


@settings(deadline=None)
@given(documents(), st.sampled_from(LEVELS))
def test_a_page_sent_back_as_it_was_shown_never_overwrites_what_was_masked(document, clearance):
    schema, data = document
    view = mask({"form": data}, classify({"properties": {"form": schema}}), Principal(clearance))
    refused = {refusal.path for refusal in refuse_writes_to_masked(view.data, view)}
    assert [path for path in view.hidden if not any(f"{path}/".startswith(f"{near}/") for near in refused)] == []


@settings(deadline=None)
@given(documents(), st.sampled_from(LEVELS))
def test_the_view_has_the_shape_of_the_data_and_masking_changes_nothing_in_place(document, clearance):
    schema, data = document
    before = json.dumps(data)
    view = mask(data, classify(schema), Principal(clearance))
    assert json.dumps(data) == before
    assert view.masked.isdisjoint(view.clear)
    json.dumps(view.data)
