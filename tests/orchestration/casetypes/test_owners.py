"""Which system owns a field, and what a case type may not say of that?"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from orchestration.casetypes.owners import declared_owners, owner_faults

SCHEMA: dict[str, Any] = {
    "properties": {
        "claim": {"properties": {"number": {"x-system": "Customer"}}},
        "policy": {"x-system": "Policy system", "properties": {"limit": {"type": "number"}, "state": {}}},
    }
}
MANIFEST: dict[str, Any] = {
    "owners": [{
        "key": "policy", "system": "Policy system", "read": "policy-lookup", "when": "claim.number != null",
        "given": {"number": "= claim.number"},
        "copies": {"policy.limit": "= result.limit", "policy.state": "= result.state"},
        "changes": {"policy.limit": {"capability": "policy-change", "given": {"limit": "= value", "was": "= before"}}},
        "every": "PT1H",
    }]
}  # fmt: skip


def test_an_owner_knows_what_to_ask_and_what_of_the_answer_stands_where() -> None:
    owner = declared_owners(MANIFEST)[0]
    assert owner.holds({"claim": {"number": "C-1"}}) and not owner.holds({})
    assert owner.asked({"claim": {"number": "C-1"}}) == {"number": "C-1"}
    assert owner.told({"limit": 500, "state": "active", "more": 1}) == {"policy.limit": 500, "policy.state": "active"}
    change = owner.changes["policy.limit"]
    assert change.given.filled({"value": 7, "before": 5}) == {"limit": 7, "was": 5}


def test_another_mapping_is_another_version_and_the_same_is_the_same() -> None:
    other = deepcopy(MANIFEST)
    other["owners"][0]["copies"]["policy.limit"] = "= result.most"
    versions = [declared_owners(one)[0].version for one in (MANIFEST, deepcopy(MANIFEST), other)]
    assert versions[0] == versions[1] != versions[2]


def test_what_fits_has_no_fault() -> None:
    assert list(owner_faults(MANIFEST, SCHEMA)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"system": "ERP"}, "policy.limit is a copy of what ERP has, but the schema's x-system is 'Policy system'."),
        ({"given": {"number": "= nobody.number"}}, "nobody is not known here"),
        ({"copies": {"policy.limit": "= answer.limit", "policy.state": "= result.state"}}, "answer is not known here"),
        ({"changes": {"policy.other": {"capability": "c", "given": {}}}}, "changes names 'policy.other'"),
        ({"every": "PT1S"}, "it is compared every minute at most"),
        ({"every": "Peter"}, "policy: "),
        ({"when": "claim.number !="}, "when: "),
    ],
)
def test_what_does_not_fit_is_said_before_it_is_deployed(change: dict[str, Any], said: str) -> None:
    manifest = deepcopy(MANIFEST)
    manifest["owners"][0] |= change
    assert any(said in fault for fault in owner_faults(manifest, SCHEMA))


def test_a_field_that_another_system_owns_is_not_editable_in_the_case() -> None:
    manifest = MANIFEST | {"editable": [{"path": "policy"}]}
    assert sum("is not editable" in fault for fault in owner_faults(manifest, SCHEMA)) == 2


def test_a_field_has_one_owner() -> None:
    manifest = {"owners": [*MANIFEST["owners"], MANIFEST["owners"][0]]}
    faults = list(owner_faults(manifest, SCHEMA))
    assert sum("is a copy of two owners" in fault for fault in faults) == 2
    assert any("two owners have this key" in fault for fault in faults)
