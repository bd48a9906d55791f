"""A password that became known elsewhere is not set here, where whoever runs the product has a list of these."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path
from typing import Any

import environ
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from casework.access.breached_passwords import BreachedPasswordValidator, is_in
from casework.access.password_setup import validators_of
from tests.casework.reading import told

KNOWN, OLD = "river tin clock onward", "correct horse battery"


def listed(file: Path, passwords: set[str], end: str = "\r\n") -> Path:
    hashes = sorted(sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in passwords)
    file.write_bytes("".join(f"{one}:{count}{end}" for count, one in enumerate(hashes, 1)).encode())
    return file


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists") / "known.txt"


@given(
    some.sets(some.text(some.characters(exclude_categories=["Cs"]))),
    some.text(some.characters(exclude_categories=["Cs"])),
)
def test_each_in_the_list_is_found_and_no_other(file: Path, passwords: set[str], other: str) -> None:
    listed(file, passwords)
    assert all(is_in(file, one) for one in passwords)
    assert is_in(file, other) == (other in passwords)


def test_a_list_without_counts_and_in_small_letters_is_read(file: Path) -> None:
    file.write_text(listed(file, {"a", "b", "c"}, "\n").read_text().lower().replace(":1", "").strip())
    assert [is_in(file, one) for one in "abcd"] == [True, True, True, False]


@pytest.mark.django_db
def test_nobody_changes_their_password_to_a_known_one(
    file: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = User.objects.create_user("anna", password=OLD)
    monkeypatch.setenv("CASEWRIGHT_BREACHED_PASSWORDS", str(listed(file, {KNOWN})))
    settings.AUTH_PASSWORD_VALIDATORS = validators_of(environ.Env())
    browser = Client()
    browser.force_login(anna)
    answer = browser.post("/account/password/", {"old_password": OLD, "new_password1": KNOWN, "new_password2": KNOWN})
    assert answer.status_code == 400 and "became known" in told(answer)
    assert User.objects.get(pk=anna.pk).check_password(OLD)


def test_a_list_that_cannot_be_read_lets_nothing_pass(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be read"):
        BreachedPasswordValidator(str(tmp_path / "none.txt")).validate("seven green lamps")
