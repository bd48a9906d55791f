"""Does a secret come from where it is kept, and is it shown nowhere?"""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from orchestration.ground.secrets import DOTS, Secret, SecretMissing, found_in, secret


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.SECRETS_FOLDER = str(tmp_path)
    return tmp_path


def _keep(folder: Path, name: str, value: str, mode: int = 0o600) -> None:
    (folder / name).write_text(value)
    (folder / name).chmod(mode)


def test_a_secret_comes_from_the_environment_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(folder, "crm-token", "of the file\n")
    assert secret("crm-token").reveal() == "of the file"
    monkeypatch.setenv("CASEWRIGHT_SECRET_CRM_TOKEN", "of the environment")
    assert secret("crm-token").reveal() == "of the environment"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_not_used(mode: int, folder: Path) -> None:
    _keep(folder, "crm", "s3cr3t", mode)
    with pytest.raises(SecretMissing, match="0600"):
        secret("crm")


@pytest.mark.parametrize("name", ["", "../crm", "a/b", "CRM", "crm_x", "-a", "x" * 65, "crm\n", "key"])
def test_what_is_no_name_of_a_secret_is_refused(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWRIGHT_SECRET_KEY", "the product's own")
    with pytest.raises(SecretMissing, match="no name"):
        secret(name)


def test_one_that_is_missing_says_where_it_may_be_put(folder: Path) -> None:
    with pytest.raises(SecretMissing, match="CASEWRIGHT_SECRET_CRM_TOKEN"):
        secret("crm-token")


def test_a_secret_shows_dots_and_is_not_stored() -> None:
    kept = Secret("crm", "s3cr3t")
    assert "s3cr3t" not in f"{kept!r} {kept} {[kept]} {kept!s:>20}" and f"{kept}" == DOTS
    for way in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            way(kept)


def test_a_secret_is_found_where_it_came_back() -> None:
    kept = Secret("crm", "s3cr3t")
    assert found_in(b"you sent s3cr3t!", [kept]) == "crm" and found_in(b"all is well", [kept]) == ""
