"""What is done in turn by the API's own description finds nothing: a sample of `make attack`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from casework.models import Case
from tests.attack.sequences import numbered_from, walked
from tests.casework.conftest import PERSON, analysed, machines, open_case
from tests.orchestration.jobs.outside import Outside, token_secret

__all__ = ["analysed", "machines", "open_case"]


@pytest.fixture(autouse=True)
def numbered(db: None) -> None:
    """Before there are people: with the same numbers the seed makes the same requests in each run."""
    numbered_from(1_000_000)


@pytest.mark.slow
def test_sequences_by_the_description_find_nothing(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    analysed()
    analysed()
    outside = Outside()
    outside.offered()
    asked = [people[name] for name in ("anna", "clara", "ada", "axel")]
    data = {"channel": "web", "message": "My card was swallowed.", "customer": dict(PERSON)}
    course = walked(asked, token_secret(outside.actor), data, many=9)
    assert not course.by_class, list(course.lines())
    assert len(course.reached) > 12, "many do what they are for, not all are refused"
