#!/usr/bin/env python
"""How are the product's commands run? `python manage.py COMMAND`; see `make help` for the usual ones."""

from casework.runtime.django_commands import main

if __name__ == "__main__":
    main()
