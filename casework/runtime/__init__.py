"""What does the product run on when nothing was prepared? An embedded PostgreSQL and Valkey below a state folder."""

import warnings

warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # two packages look for it; nothing here needs it
