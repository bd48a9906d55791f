"""All texts that rules in force hold stand on one page, with when each is taken and the way to change it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from audit.services import Origin
from casework.studio.texts import text_tables
from orchestration.casetypes.case_type import current
from orchestration.casetypes.deployment import Published, deploy
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

FEES = "you asked about a charge on your account"


def test_an_administrator_reads_every_text_and_goes_on_to_change_it(people: dict[str, User]) -> None:
    page = told(client(people["ada"]).get("/rules/texts/"))
    assert FEES in page and "<strong>Fees and charges</strong>" in page
    assert "The model is not sure" in page, "reasons that people read are texts, too"
    assert "&quot;team&quot;</td>" not in page and "senior" not in {
        text.words for one in text_tables() for text in one.texts
    }
    assert f"/rules/{current('complaint').pk}/template_table/" in page
    assert client(people["ada"]).get(f"/rules/{current('complaint').pk}/template_table/").status_code == 200


def test_a_changed_text_is_a_version_and_the_page_shows_the_one_in_force(people: dict[str, User]) -> None:
    files = dict(current("complaint").files)
    files["answers.dmn"] = files["answers.dmn"].replace(FEES, "you asked what we took from your account")
    assert isinstance(deploy(files, Origin("system:test")), Published)
    page = told(client(people["axel"]).get("/rules/texts/"))
    assert "you asked what we took from your account" in page and FEES not in page and "version 2" in page
    assert "/template_table/" not in page, "an auditor reads and changes nothing"
