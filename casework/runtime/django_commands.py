"""How is one of the product's own commands run? `casewright manage COMMAND`, or `python manage.py COMMAND`.

Django's `execute_from_command_line`, with a word of advice where the embedded database is not up or has no tables, or a
setting is wrong.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError
    from psycopg import errors

    from casework.runtime.locations import embedded_database_is_missing

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if embedded_database_is_missing():
            sys.exit(
                "The embedded database is not running. Start everything with `make run` (`casewright run`),\n"
                'or start the database for one command with `make manage ARGS="COMMAND ..."` '
                "(`casewright manage COMMAND ...`)."
            )
        raise error
    except ProgrammingError as error:
        if isinstance(error.__cause__, (errors.UndefinedTable, errors.UndefinedColumn)):
            sys.exit(
                "The database has no tables of this release yet. `make run` (`casewright run`) makes them\n"
                'at its start, `make manage ARGS="migrate"` (`casewright manage migrate`) makes nothing else.'
            )
        raise error
    except ImproperlyConfigured as error:  # whoever set it reads the sentence; where it was raised does not help them
        sys.exit(f"The settings are wrong: {error}")


if __name__ == "__main__":
    main()
