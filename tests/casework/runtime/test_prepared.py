"""Is a database made ready once for each release, and again whenever anything has changed?"""

from __future__ import annotations

import stat

from casework.runtime import prepared
from casework.runtime.locations import locations
from casework.runtime.prepared import has_tables, keep_prepared, release, said_when_prepared


def test_what_is_still_true_is_said_again_by_the_same_release_only(tmp_path):
    places = locations(tmp_path)
    assert said_when_prepared(places, "one") is None
    keep_prepared(places, "one", "Refund: version 1 deployed\n  anna works\n24 sample cases are on their way")
    assert said_when_prepared(places, "one") == "  anna works"
    assert said_when_prepared(places, "two") is None
    assert stat.S_IMODE((tmp_path / "prepared.json").stat().st_mode) == 0o600


def test_a_file_that_is_damaged_makes_the_database_ready_again(tmp_path):
    (tmp_path / "prepared.json").write_text("{")
    assert said_when_prepared(locations(tmp_path), "one") is None


def test_a_release_is_another_when_any_of_its_files_changes(tmp_path, monkeypatch):
    folder = tmp_path / "casework" / "runtime"
    folder.mkdir(parents=True)
    (folder / "prepared.py").write_text("")
    model = tmp_path / "casework" / "refund.bpmn"
    model.write_text("<one/>")
    monkeypatch.setattr(prepared, "__file__", str(folder / "prepared.py"))
    before = release()
    assert release() == before
    model.write_text("<other/>")
    assert release() != before


def test_a_database_that_is_not_there_has_no_tables(tmp_path):
    assert not has_tables(locations(tmp_path))
