"""Does any identifier that is planted in a case reach the server of a language model, by any prompt?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.casework.actors.planted import AGENT, Count, folders, leaves, prompts, traces
from tests.orchestration.actors.language.provider import KEY, Provider, providing
from tests.orchestration.privacy.test_spellings import CARDS, EMAILS, IBANS, NAMES, PHONES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        yield found


def test_no_planted_identifier_leaves_by_any_prompt_of_any_case_type(provider: Provider) -> None:
    count = Count()
    assert list(leaves(provider, count)) == []
    assert count.crossings >= 4 * (len(prompts()) + 1) * len(folders()) and count.requests >= count.crossings


def test_the_same_reading_finds_them_where_they_do_leave(provider: Provider) -> None:
    within = [one for one in folders() if one.name in ("complaint", "loan")]
    found = list(leaves(provider, Count(), within, leak=True))
    assert {one.prompt for one in found} == {one.capability for one in prompts()} | {AGENT}
    assert {one.case_type for one in found} == {"complaint", "loan"}
    assert {one.kind for one in found} == {"name", "iban", "card", "phone", "email"}


def test_the_reading_knows_every_form() -> None:
    assert [text for text in [*NAMES, *IBANS, *CARDS, *PHONES, *EMAILS] if not traces(text)] == []
