#!/usr/bin/env python
"""How are the product's commands run? `python manage.py COMMAND`; see `make help` for the usual ones."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from casework.runtime.locations import embedded_database_is_missing

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if embedded_database_is_missing():
            sys.exit(
                "The embedded database is not running. Start everything with `make run`,\n"
                'or start the database for one command with `make manage ARGS="COMMAND ..."`.'
            )
        raise error


if __name__ == "__main__":
    main()
