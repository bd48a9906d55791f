"""Work moves to a second actor with the same capability when the first is switched off, and no model changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.acceptance.messages import CERTAIN
from tests.acceptance.people import Person
from tests.acceptance.product import Product

pytestmark = pytest.mark.browser

FIRST = "select key, name, kind, artefact from orchestration_actor a join orchestration_actorversion v " \
    "on v.actor_id = a.id and v.state = 'in-use' where a.key = 'intent'"  # fmt: skip
WHO = "select distinct actor from orchestration_actorcall c join orchestration_instance i on i.id = c.instance_id " \
    "where c.capability = 'intent' and c.id > %s"  # fmt: skip


def test_a_second_actor_takes_over_when_the_first_is_switched_off(
    person: Callable[..., Person], product: Product, tmp_path: Path
) -> None:
    ada, anna = person("ada"), person("anna")
    ((_, name, _, artefact),) = product.asks(FIRST)
    models = product.asks("select count(*) from orchestration_definition")
    file = tmp_path / "model.json"
    file.write_bytes(bytes(artefact))

    ada.goes_to("/actors/new/")
    form = ada.page.get_by_role("main")
    form.get_by_label("Name").fill("Second reader")
    form.get_by_label("Key").fill("second-reader")
    form.get_by_label("Kind").select_option("intent")
    form.get_by_label("Can").fill("intent")
    form.get_by_label("File").set_input_files(file)
    ada.presses("Register it")
    ada.sees("Second reader is registered.")
    ada.presses("Put to work")
    ada.sees("works with version")

    ((last,),) = product.asks("select coalesce(max(id), 0) from orchestration_actorcall")
    ada.goes_to("/actors/")
    ada.page.get_by_role("link", name=f"Switch off {name}").click()
    ada.page.get_by_label("Why").fill("The second is to show what it can do")
    ada.presses("Switch it off")
    try:
        address = anna.opens_a_case(CERTAIN, Name="Maria Sandoval")
        product.settled()
        anna.goes_to(address)
        expect(anna.page.get_by_text("No enabled actor can do")).to_have_count(0)
        assert product.asks(WHO, last) == [("second-reader",)]
    finally:
        ada.goes_to("/actors/")
        ada.presses(f"Switch on {name}")
        ada.goes_to("/actors/second-reader/switch/")
        ada.page.get_by_label("Why").fill("The story is over")
        ada.presses("Switch it off")
    assert product.asks("select count(*) from orchestration_definition") == models
