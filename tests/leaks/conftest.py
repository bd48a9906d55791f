"""What do tests of leaks start from? The complaint case type, deployed."""

from tests.casework.conftest import complaint

__all__ = ["complaint"]
