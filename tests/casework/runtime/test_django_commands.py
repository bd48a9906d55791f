"""What is wrong with the settings is a sentence for whoever set them, without where in the product it was found."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection


def test_a_command_says_in_words_what_is_wrong_with_the_settings() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "casework.runtime.django_commands", "directory"], check=False, text=True,
        capture_output=True, env=os.environ | {"CASEWRIGHT_LDAP": "ldaps://["}, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 1 and ran.stdout == ""
    assert ran.stderr.startswith("The settings are wrong: CASEWRIGHT_LDAP is an address such as")
    assert "Traceback" not in ran.stderr


@pytest.mark.django_db
def test_a_command_on_a_database_without_tables_says_how_they_are_made() -> None:
    empty = f"postgresql://casewright@/postgres?host={connection.settings_dict['HOST']}"  # nothing of the product there
    ran = subprocess.run(
        [sys.executable, "-m", "casework.runtime.django_commands", "verify_audit"], check=False, text=True,
        capture_output=True, env=os.environ | {"DATABASE_URL": empty}, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 1 and ran.stderr.startswith("The database has no tables of this release yet.")
    assert "manage migrate" in ran.stderr and "Traceback" not in ran.stderr
