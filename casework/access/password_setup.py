"""By which rules is a password refused? Those of Django and ours, as the settings read them (so without models)."""

from __future__ import annotations

from typing import Any, Final

import environ

SHORTEST: Final = 12
DJANGOS: Final = "django.contrib.auth.password_validation"


def validators_of(env: environ.Env) -> list[dict[str, Any]]:
    """`CASEWRIGHT_BREACHED_PASSWORDS`: a file of hashes on this machine."""
    rules: list[dict[str, Any]] = [
        {"NAME": f"{DJANGOS}.UserAttributeSimilarityValidator"},
        {"NAME": f"{DJANGOS}.CommonPasswordValidator"},
        {"NAME": f"{DJANGOS}.NumericPasswordValidator"},
        {"NAME": f"{DJANGOS}.MinimumLengthValidator", "OPTIONS": {"min_length": SHORTEST}},
        {"NAME": "casework.access.password_rules.DressedUpPasswordValidator"},
    ]
    if file := env.str("CASEWRIGHT_BREACHED_PASSWORDS", default=""):
        name = "casework.access.breached_passwords.BreachedPasswordValidator"
        rules.append({"NAME": name, "OPTIONS": {"file": file}})
    return rules
