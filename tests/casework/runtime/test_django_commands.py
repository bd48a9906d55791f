"""What is wrong with the settings is a sentence for whoever set them, without where in the product it was found."""

from __future__ import annotations

import os
import subprocess
import sys


def test_a_command_says_in_words_what_is_wrong_with_the_settings() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "casework.runtime.django_commands", "directory"], check=False, text=True,
        capture_output=True, env=os.environ | {"CASEWRIGHT_LDAP": "ldaps://["}, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 1 and ran.stdout == ""
    assert ran.stderr.startswith("The settings are wrong: CASEWRIGHT_LDAP is an address such as")
    assert "Traceback" not in ran.stderr
