"""How does one text of an extension become a formula, or a fault of its element?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from orchestration.engine import juel
from orchestration.engine.compiled_models import Fault
from orchestration.engine.expressions import BadExpression, Formula, formula, setting
from orchestration.engine.xml import Element

T = TypeVar("T")


class Texts:
    """Reads the texts of one element and keeps a fault for each that is refused."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.faults: list[Fault] = []

    def fault(self, sentence: str, severe: bool = True) -> None:
        element = self.element
        self.faults.append(Fault(element.get("id") or element.name, sentence, element.line, severe=severe))

    def tried(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except BadExpression as error:
            self.fault(str(error))
            return None

    def value(self, text: str | None) -> Formula | None:
        """An attribute's value: an expression, or the text itself."""
        return None if text is None else self.tried(lambda: setting(text))

    def condition(self, text: str) -> Formula | None:
        """An expression: FEEL, or JUEL by its looks."""
        return self.tried(lambda: formula(text))

    def reference(self, text: str) -> Formula | None:
        """JUEL, or the name of a variable."""
        return self.value(text) if juel.holds_juel(text) else self.condition(text)
