"""How are the cassettes recorded anew? `python -m tests.orchestration.actors.language URL`, with a server at URL."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
django.setup()

from tests.orchestration.actors.language.cassettes import main  # noqa: E402 - models are there only now

main()
