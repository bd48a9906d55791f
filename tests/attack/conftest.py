"""What do attacks start from? The complaint case type, deployed."""

from tests.casework.conftest import complaint

__all__ = ["complaint"]
