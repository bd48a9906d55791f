"""How does the parser move over the tokens? (DMN 1.5, 10.3.1.2.) A cursor, and the refusals that it can give."""

from __future__ import annotations

from typing import NoReturn

from .lexer import KEYWORDS, Source, Token, tokenize
from .problems import FeelSyntaxError, Span

MAX_DEPTH = 80
_NAME_SYMBOLS = frozenset("./-+*'’")


class TokenCursor:
    """A position in the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.source = Source(text)
        self.tokens = tokenize(self.source)
        self.index = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of these symbols or keywords."""
        token = self.tokens[self.index]
        return token.text in texts and token.kind in ("symbol", "name")

    def accept(self, text: str) -> bool:
        if self.at(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.refuse(f"{text!r} is expected here, not {self.described()}")

    def described(self) -> str:
        return "the end" if self.token.kind == "end" else repr(self.token.text[:40])

    def refuse(self, message: str) -> NoReturn:
        raise FeelSyntaxError(message, self.source.span(self.token.start, max(self.token.end, self.token.start)))

    def span_from(self, first: int) -> Span:
        """From the token with that index to the token just read."""
        return self.source.span(self.tokens[first].start, self.tokens[max(first, self.index - 1)].end)

    def count_link(self, links: int) -> int:
        """One more link of a chain that nests; refused beyond `MAX_DEPTH`."""
        if links >= MAX_DEPTH:
            self.refuse(f"this is a chain of more than {MAX_DEPTH} links")
        return links + 1

    def enter(self) -> None:
        """One level deeper; refused beyond `MAX_DEPTH`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self.refuse(f"this is nested more than {MAX_DEPTH} deep")

    def leave(self) -> None:
        self._depth -= 1

    def continues(self, index: int) -> bool:
        """Whether the token there belongs to the identifiers before it: two names in a row are one name."""
        token = self.tokens[index]
        return token.kind == "name" and token.text not in KEYWORDS

    def identifiers(self, count: int = 0) -> str:
        """A name made of adjacent identifiers, at least `count` tokens whatever they are; moves behind it."""
        first = self.index
        self.index += count
        while self.token.kind == "name" and self.token.text not in KEYWORDS:
            self.index += 1
        return " ".join(token.text for token in self.tokens[first : self.index])

    def name_until(self, *stops: str) -> str:
        """The name being declared here, up to (not including) one of the stops, white space made even."""
        first = self.index
        while not self.at(*stops) and self._in_name(self.token):
            self.index += 1
        if self.index == first or self.tokens[first].kind != "name":
            self.refuse(f"a name is expected here, not {self.described()}")
        text = self.source.text[self.tokens[first].start : self.tokens[self.index - 1].end]
        return " ".join(text.split())

    def declares_name(self) -> bool:
        """Whether a name and then `:` come next."""
        index = self.index
        if self.tokens[index].kind != "name":
            return False
        while self._in_name(self.tokens[index]):
            index += 1
        return self.tokens[index].text == ":" and self.tokens[index].kind == "symbol"

    @staticmethod
    def _in_name(token: Token) -> bool:
        return token.kind in ("name", "number") or (token.kind == "symbol" and token.text in _NAME_SYMBOLS)
