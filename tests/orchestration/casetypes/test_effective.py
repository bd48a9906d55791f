"""A schema says from when its values hold, for a field or for all that lies below one; what is no date is named."""

from __future__ import annotations

from orchestration.casetypes.effective import effective_at, effective_faults

DAY = {"type": "string", "format": "date"}
SCHEMA = {
    "properties": {
        "day": DAY,
        "offer": {"x-effective": "offer.day", "properties": {"day": DAY, "sum": {}, "seen": {"x-effective": "day"}}},
        "other": {},
    }
}


def test_what_lies_below_holds_from_the_same_day_unless_it_says_another() -> None:
    found = effective_at(SCHEMA)
    assert [found(each) for each in ("/offer/sum", "/offer/sum/net", "/offer/seen", "/other", "/day", "/gone")] == [
        "offer.day", "offer.day", "day", "", "", "",
    ]  # fmt: skip
    assert list(effective_faults(SCHEMA)) == []


def test_a_place_that_is_no_date_is_named() -> None:
    wrong = [{"x-effective": "other"}, {"x-effective": "nowhere.at.all"}, {"x-effective": 7}]
    for one in wrong:
        schema = {"properties": SCHEMA["properties"] | {"sum": one}}
        assert [fault.startswith("The schema's x-effective at /sum: ") for fault in effective_faults(schema)] == [True]
