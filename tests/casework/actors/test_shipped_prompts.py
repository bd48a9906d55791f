"""Does what works by a prompt that ships say what it is for, and read no more than its work needs?"""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from audit.services import Origin
from orchestration.actors.card import card_faults
from orchestration.actors.kinds.files import read_file
from orchestration.actors.registry import card_change
from orchestration.actors.shipped_prompts import shipped_prompts
from orchestration.models import Actor, ActorVersion, AllowedHost

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("capability", sorted(shipped_prompts()))
def test_every_prompt_that_ships_comes_with_a_card_and_with_what_follows_the_answer(capability: str) -> None:
    card = shipped_prompts()[capability].card
    assert card_faults(dict(card)) == []
    assert card["leaves"] is True and card["clearance"] == "internal"
    assert {"purpose", "limits", "failures", "procedure"} <= card.keys()
    call_command("language_model", capability, local=True, register_only=True)
    row = ActorVersion.objects.select_related("actor").get(actor__key=f"{capability}-model")
    file = read_file(bytes(row.artefact))
    assert row.actor.card == card and "card" not in file
    assert (file["url"], file["timeout"]) == ("http://127.0.0.1:8081/v1/chat/completions", 280)
    assert AllowedHost.objects.get().private


def test_a_card_that_somebody_wrote_is_left_as_it_is() -> None:
    call_command("language_model", "draft-reply", local=True)
    actor = Actor.objects.get(key="draft-reply-model")
    card_change(actor.key, {**actor.card, "clearance": "public"}, Origin("person:ada"))
    call_command("language_model", "draft-reply", local=True, timeout=120)
    assert Actor.objects.get(pk=actor.pk).card["clearance"] == "public"


@pytest.mark.parametrize("given", [{}, {"url": "https://llm.example/v1"}, {"model": "small"}])
def test_the_command_says_what_it_needs(given: dict[str, str]) -> None:
    with pytest.raises(CommandError, match="--local"):
        call_command("language_model", "draft-reply", **given)
