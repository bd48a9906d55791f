"""`python -m casework.runtime` is the `casewright` command in a checkout."""

import sys

from casework.runtime.command_line import main

sys.exit(main())
