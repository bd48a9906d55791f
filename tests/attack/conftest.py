"""What do attacks start from? The complaint case type, deployed, and its people."""

from tests.casework.conftest import complaint, people

__all__ = ["complaint", "people"]
