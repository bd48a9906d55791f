"""A directory sends many changes at once: each is done by itself, and its answer says what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from casework.scim.storage import MOST_AT_ONCE
from orchestration.shell.verification.control import verify_control
from tests.casework.scim.test_directory import GROUP, PATCH, USER, Directory, directory

__all__ = ["directory"]

pytestmark = pytest.mark.django_db
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def bulk(directory: Directory, *operations: dict[str, Any], **more: Any) -> Any:
    return directory.ask("POST", "Bulk", {"schemas": [BULK], "Operations": list(operations), **more})


def person(name: str, mark: str) -> dict[str, Any]:
    return {"method": "POST", "path": "/Users", "bulkId": mark, "data": {"schemas": [USER], "userName": name}}


def test_joiners_and_their_group_come_at_once_and_what_cannot_be_stops_nothing_else(directory: Directory) -> None:
    group = {"schemas": [GROUP], "displayName": "Newcomers", "members": [{"value": "bulkId:one"}]}
    answer = bulk(
        directory, person("nora", "one"), person("anna", "two"),
        {"method": "POST", "path": "/Groups", "bulkId": "three", "data": group}, person("nils", "four"),
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    assert [one["status"] for one in answer.json()["Operations"]] == ["201", "409", "201", "201"]
    assert [user.username for user in Group.objects.get(name="Newcomers").user_set.all()] == ["nora"]
    nora = User.objects.get(username="nora")
    off = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
    left = bulk(directory, {"method": "PATCH", "path": f"/Users/{nora.pk}", "data": off})
    nora.refresh_from_db()
    assert left.json()["Operations"][0]["status"] in ("200", "204") and not nora.is_active and verify_control().ok


def test_it_stops_after_so_many_errors_where_the_directory_says_so_and_takes_no_more_than_it_says(
    directory: Directory,
) -> None:
    stopped = bulk(directory, person("anna", "one"), person("nora", "two"), failOnErrors=1)
    assert [one["status"] for one in stopped.json()["Operations"]] == ["409"]
    many = [person(f"n-{number}", str(number)) for number in range(MOST_AT_ONCE + 1)]
    assert bulk(directory, *many).status_code == 413
    assert not User.objects.filter(username__startswith="n").exists()
    said = directory.ask("GET", "ServiceProviderConfig").json()["bulk"]
    assert said["supported"] is True and said["maxOperations"] == MOST_AT_ONCE
