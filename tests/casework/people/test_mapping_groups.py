"""What the provider's groups give here: "done" is said of what was done, and what changes nothing is refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User

from casework.access.identities import MOST_VALUES, claims_set
from casework.access.oidc_models import GroupClaim
from casework.access.permissions import origin_of
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
People = dict[str, User]
SENT = {"do": "add", "group": "Analysts", "value": "desk", "reason": "As in the directory"}


def mapped(people: People, *values: str) -> None:
    claims_set(group=Group.objects.get(name="Analysts"), values=values, origin=origin_of(people["ada"]))


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"do": "remove", "value": "nothere"}, "does not give that one"),
        ({"value": "there"}, "gives that one here already"),
        ({"do": ""}, "added or taken off"),
        ({"do": "nonsense"}, "added or taken off"),
    ],
)
def test_what_would_change_nothing_is_refused(people: People, sent: dict[str, str], says: str) -> None:
    mapped(people, "there")
    answer = client(people["ada"]).post("/people/sign-in/", SENT | sent)
    assert answer.status_code == 400 and says in told(answer)
    assert [claim.value for claim in GroupClaim.objects.all()] == ["there"]


def test_of_the_most_values_one_is_taken_off_and_none_added(people: People) -> None:
    mapped(people, *(f"g{number}" for number in range(MOST_VALUES)))
    ada = client(people["ada"])
    assert ada.post("/people/sign-in/", SENT).status_code == 400
    assert ada.post("/people/sign-in/", SENT | {"do": "remove", "value": "g7"}).status_code == 302
    assert ada.post("/people/sign-in/", SENT).status_code == 302
    assert GroupClaim.objects.count() == MOST_VALUES
