"""The product tells nobody what it is used for, whatever a library would like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOADED = "from orchestration.actors.kinds.text_model import embedding; embedding.load()"
ROOT = Path(__file__).resolve().parents[3]


def test_a_process_that_has_run_a_model_leaves_nothing_behind_of_what_it_would_send(tmp_path: Path) -> None:
    """ONNX Runtime keeps what it means to send, and a number for this machine, in the folder of whoever runs it."""
    here = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    subprocess.run([sys.executable, "-c", LOADED], env=here, check=True, timeout=120, cwd=tmp_path)  # noqa: S603
    assert list(tmp_path.rglob("*")) == []
