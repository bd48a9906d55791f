"""Common passwords are refused however they are dressed up, and several words that have nothing in common are not."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as some

from casework.access.password_rules import _common, is_dressed_up


@pytest.mark.parametrize(
    "password",
    ["password12345!", "P4$$w0rd2026!!", "qwertyuiop123456", "dragondragondragon", "!!!Letmein2026", "$unshine#12345"],
)
def test_a_common_password_that_is_dressed_up_is_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="common"):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["river tin clock onward", "Vq7-mfz2-kkPe-91", "ünter dem Birnbaum 9", "a long one of hers"]
)
def test_others_of_this_length_are_taken(password: str) -> None:
    validate_password(password)


@given(
    some.sampled_from(sorted(one for one in _common() if one.isalpha() and len(one) > 3)),
    some.text("0123456789!?#", max_size=12),
)
def test_no_digits_or_signs_behind_make_a_common_password_another(word: str, added: str) -> None:
    assert is_dressed_up(word.title() + added) and is_dressed_up(added + word + word)
