"""Which of Java's and JavaScript's own types have a plain meaning, and what is it in FEEL?

Collections, numbers, texts and dates that scripts make (`new ArrayList()`) or ask (`Math.max(a, b)`, `JSON.parse(t)`).
Everything else would run code of a class that is not here.
"""

from __future__ import annotations

from typing import Final

from orchestration.engine.juel.functions import Written


def _same(value: str) -> str:
    return value


def _number(text: str) -> str:
    return f"(if {text} instance of number then {text} else number({text}, null, null))"


def _truth(text: str) -> str:
    return f'(string({text}) = "true")'


def _each(*values: str) -> str:
    return f"[{', '.join(values)}]"


_LISTS: Final = ("ArrayList", "LinkedList", "List", "HashSet", "LinkedHashSet", "Array", "TreeSet")
_MAPS: Final = ("HashMap", "LinkedHashMap", "TreeMap", "Map", "JSONObject", "Object", "JsonBuilder", "Expando")
_NUMBERS: Final = ("Integer", "Long", "Double", "Float", "Short", "BigDecimal", "BigInteger", "Number")
_TEXTS: Final = ("String", "StringBuilder", "StringBuffer", "GString")

MADE: Final[dict[tuple[str, int], Written]] = {
    **{(name, 0): lambda: "[]" for name in _LISTS},
    **{(name, 1): _same for name in (*_LISTS, *_MAPS)},
    **{(name, 0): lambda: "{}" for name in _MAPS},
    **{(name, 1): _number for name in _NUMBERS},
    **{(name, 1): lambda text: f"string({text})" for name in _TEXTS},
    **{(name, 0): lambda: '""' for name in _TEXTS},
    ("Boolean", 1): _truth,
    ("Date", 0): lambda: "now()",
}
"""Types by their own name and the number of arguments -> FEEL of what `new` makes."""

ASKED: Final[dict[tuple[str, str, int], Written]] = {
    **{(name, "valueOf", 1): _number for name in _NUMBERS},
    ("Integer", "parseInt", 1): lambda text: f"round down({_number(text)}, 0)",
    ("Long", "parseLong", 1): lambda text: f"round down({_number(text)}, 0)",
    ("Double", "parseDouble", 1): _number,
    ("Float", "parseFloat", 1): _number,
    ("Number", "parseInt", 1): lambda text: f"round down({_number(text)}, 0)",
    ("Number", "parseFloat", 1): _number,
    ("Boolean", "valueOf", 1): _truth,
    ("Boolean", "parseBoolean", 1): _truth,
    ("String", "valueOf", 1): lambda value: f"string({value})",
    ("Objects", "equals", 2): lambda one, other: f"({one} = {other})",
    ("Math", "max", 2): lambda one, other: f"max({one}, {other})",
    ("Math", "min", 2): lambda one, other: f"min({one}, {other})",
    ("Math", "abs", 1): lambda number: f"abs({number})",
    ("Math", "round", 1): lambda number: f"round half up({number}, 0)",
    ("Math", "floor", 1): lambda number: f"floor({number})",
    ("Math", "ceil", 1): lambda number: f"ceiling({number})",
    ("Math", "sqrt", 1): lambda number: f"sqrt({number})",
    ("Collections", "emptyList", 0): lambda: "[]",
    ("Collections", "emptyMap", 0): lambda: "{}",
    ("Collections", "singletonList", 1): lambda value: f"[{value}]",
    ("LocalDate", "now", 0): lambda: "today()",
    ("LocalDateTime", "now", 0): lambda: "now()",
    ("ZonedDateTime", "now", 0): lambda: "now()",
    ("OffsetDateTime", "now", 0): lambda: "now()",
    ("Instant", "now", 0): lambda: "now()",
    ("LocalDate", "parse", 1): lambda text: f"date({text})",
    ("LocalDateTime", "parse", 1): lambda text: f"date and time({text})",
    ("Instant", "parse", 1): lambda text: f"date and time({text})",
    ("JsonOutput", "toJson", 1): _same,
    ("JSON", "stringify", 1): _same,
}
"""Static methods by type, name and number of arguments -> FEEL."""

GATHERING: Final = frozenset({("Arrays", "asList"), ("List", "of"), ("Set", "of"), ("Stream", "of")})
"""Static methods that make a list of however many arguments."""


def asked(type: str, method: str, arguments: list[str]) -> str | None:
    """A static method in FEEL; None where the type or method is not one of these."""
    if (type, method) in GATHERING:
        return _each(*arguments)
    written = ASKED.get((type, method, len(arguments)))
    return None if written is None else written(*arguments)


def made(type: str, arguments: list[str]) -> str | None:
    """What `new` makes in FEEL; None where it would be an object of some other class."""
    written = MADE.get((type.rpartition(".")[2], len(arguments)))
    return None if written is None else written(*arguments)
