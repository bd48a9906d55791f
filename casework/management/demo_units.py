"""Which business units does a fresh demo have, with whom and what in them? Everybody else belongs to the whole."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import User

from casework.access import units
from casework.access.roles import SETUP
from casework.access.unit_models import BusinessUnit
from casework.intake.services import case_open

UNITS: Final = (("north", "North", "nora", "Birte Lohmann"), ("south", "South", "sven", "Alessio Conte"))
"""Key, name, who works there, and a customer of theirs."""
PEOPLE: Final = [
    ("nora", "Nora", "Nyberg", ["Analysts"], "works complaints of the unit North, and sees no others"),
    ("sven", "Sven", "Sand", ["Analysts"], "works complaints of the unit South, and sees no others"),
]
WORDS: Final = "I was charged twice for the same transfer at your branch. Please pay one of them back."


def make_units() -> None:
    """The units, where they are not there yet, with who belongs to each."""
    for key, name, person, _ in UNITS:
        if not BusinessUnit.objects.filter(key=key).exists():
            unit = units.unit_make(key=key, name=name, parent=None, origin=SETUP)
            units.home_set(person=User.objects.get(username=person), unit=unit, origin=SETUP)


def open_in_units() -> None:
    """A complaint that each of them brings in, so that it belongs where they do."""
    for key, name, person, customer in UNITS:
        data = {"message": WORDS, "customer": {"name": customer, "email": f"{key}@example.org"}}
        by = User.objects.get(username=person)
        case_open(by=by, case_type="complaint", reference=f"{name}-1", source="form", data=data)
