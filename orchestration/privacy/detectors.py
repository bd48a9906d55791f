"""Which personal details does a text hold that show by their form?

E-mail addresses, IBANs (with their sum), payment cards (Luhn, ISO/IEC 7812-1) and phone numbers, however they are
written: with any spaces, dashes, dots, digits of another script, `(at)` and `[dot]`. Names show by no form. Reads
folded text, in time that grows with its length. Pure.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from orchestration.privacy.folding import Folded
from orchestration.privacy.ibans import ibans, is_iban

__all__ = ["FORMS", "Detail", "details", "is_card_number", "is_iban"]

FORMS: Final = frozenset({"email", "iban", "card", "phone"})

_SIGN: Final = r"[\W_]"
_LOCAL: Final = re.compile(r"(?:[\w+%'-]{1,40} \. ){0,3}[\w.+%'-]{1,64}$")
_AT: Final = re.compile(r"[(\[{<]\s{0,3}(?:@|at|a)\s{0,3}[)\]}>]|[-_*]{1,2}at[-_*]{1,2}|@")
_DOT: Final = (
    r"(?:\s{0,2}[(\[{<]\s{0,2}(?:dot|punkt|point|\.)\s{0,2}[)\]}>]\s{0,2}|\s{0,3}[-_*]?dot[-_*]?\s{0,3}|\s?\.\s?)"
)
_SPOKEN_DOT: Final = r"(?:\s{0,3}\.\s{0,3}|\s{1,3}(?:dot|punkt|point)\s{1,3})"
_LABEL: Final = r"[\w-]{1,63}(?:(?<=-)[\s>]{1,6}\w[\w-]{0,62})?"
_HOST: Final = re.compile(
    rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,6}}?{_DOT}[^\W\d_]{{2,24}}(?:\.[^\W\d_]{{2,24}}){{0,3}}(?![\w@])"
)
_SPOKEN: Final = re.compile(
    rf"(?<!\w)([\w+-]{{1,40}}(?:{_SPOKEN_DOT}[\w+-]{{1,40}}){{0,4}})\s{{1,3}}at\s{{1,3}}"
    rf"([\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}(?:\s{{1,3}}(?:dot|punkt|point)\s{{1,3}}[^\W\d_]{{2,24}}){{1,3}})(?!\w)"
)
_GROUPS: Final = re.compile(r"\d+")
_DIGIT_RUN: Final = re.compile(rf"\d(?:{_SIGN}{{0,6}}\d){{12,}}")
_LABELS: Final = ("tel", "fon", "phone", "mobil", "mobile", "fax", "handy", "call")
_PHONE: Final = re.compile(  # +49 ..., 0049 ..., 030 ... or (030) ...; (212) 555-0142 or 212-555-0142
    r"(?:\+|00?(?=[ /-]{0,3}[1-9])|\(0|\(\d{3}\)|\d{3}[ .-](?=\d{3}[ .-]\d{4}\b))"
    r"(?:[ ()/._~*-]{0,4}\d){6,14}(?!\d)"
)
_DIGIT: Final = re.compile(r"\d")
"""Each of the patterns asks for one, so that a text without costs one look."""
_GOES_ON: Final = frozenset("+/.-_")
_DATE: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})(?:\b.*)?", re.DOTALL)
_TIME: Final = re.compile(r"\d\d?:\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail of a kind (the mask that hides it): where it stands in the text, and how it is written plainly."""

    start: int
    end: int
    kind: str
    plain: str


def details(text: Folded) -> list[Detail]:
    """Every detail, none overlapping another: the one with a sum wins."""
    found: list[Detail] = []
    taken: set[int] = set()
    for detail in (*_emails(text), *_numbers(text)):
        places = range(detail.start, detail.end)
        if taken.isdisjoint(places):
            taken.update(places)
            found.append(detail)
    return found


def is_card_number(digits: str) -> bool:
    """Whether these digits can be a payment card (ISO/IEC 7812-1): 13 to 19, an issuer's beginning, Luhn's sum."""
    if not re.fullmatch(r"[2-6][0-9]{12,18}", digits):
        return False
    if digits[0] == "2" and not "2200" <= digits[:4] <= "2720":
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _numbers(text: Folded) -> Iterator[Detail]:
    if _DIGIT.search(text.light):
        yield from _ibans(text)
        yield from _cards(text)
        yield from _phones(text)


def _emails(text: Folded) -> Iterator[Detail]:
    last = 0
    for sign in _AT.finditer(text.light):
        before, after = _beside(text.light, sign.start(), sign.end())
        local = _LOCAL.search(text.light, max(last, before - 64), before)
        host = _HOST.match(text.light, after)
        if local and host:
            yield _email(text, local.start(), before, after, host.end())
            last = host.end()
    if " at " in text.light:
        for match in _SPOKEN.finditer(text.light):
            yield _email(text, match.start(), match.end(1), match.start(2), match.end())


def _beside(text: str, start: int, end: int) -> tuple[int, int]:
    """What stands there, with at most three spaces on each side."""
    before = text[max(0, start - 3) : start]
    after = text[end : end + 3]
    return start - len(before) + len(before.rstrip()), end + len(after) - len(after.lstrip())


def _email(text: Folded, start: int, at: int, host: int, end: int) -> Detail:
    first, last = text.span(start, end)
    ending = re.split(r"[\W_]+", text.light[host:end].strip())[-1]
    begins = text.text[first] if len(text.light[start:at].strip()) > 1 else ""
    return Detail(first, last, "email", f"{begins}{'.' if begins else ''}@host.{ending}")


def _ibans(text: Folded) -> Iterator[Detail]:
    for start, end, plain in ibans(text):
        yield _detail(text, text.tight_places[start], text.tight_places[end - 1] + 1, "iban", plain)


def _detail(text: Folded, start: int, end: int, kind: str, plain: str) -> Detail:
    return Detail(*text.span(start, end), kind, plain)


# Cards


def _cards(text: Folded) -> Iterator[Detail]:
    for run in _DIGIT_RUN.finditer(text.light):
        groups = [(run.start() + group.start(), run.start() + group.end()) for group in _GROUPS.finditer(run[0])]
        yield from _cards_of(text, groups, _Luhn("".join(_GROUPS.findall(run[0]))))


class _Luhn:
    """The sums of a run of digits, so that each number in it is checked at once."""

    def __init__(self, digits: str) -> None:
        numbers = [int(digit) for digit in digits]
        twice = [2 * number - 9 * (number > 4) for number in numbers]
        self._sums = [
            [0, *accumulate(twice[at] if at % 2 == odd else number for at, number in enumerate(numbers))]
            for odd in (0, 1)
        ]

    def holds(self, start: int, end: int) -> bool:
        """Whether Luhn's sum of these digits is right; the second last is the first that is doubled."""
        sums = self._sums[end % 2]
        return (sums[end] - sums[start]) % 10 == 0


def _cards_of(text: Folded, groups: list[tuple[int, int]], luhn: _Luhn) -> Iterator[Detail]:
    """Cards that begin and end with a group of digits. Each group begins at most seven of them."""
    before = [0, *accumulate(end - start for start, end in groups)]
    at = 0
    while at < len(groups):
        may_begin = text.light[groups[at][0]] in "23456"
        ends = (last for last in _ends(before, at) if may_begin and luhn.holds(before[at], before[last + 1]))
        last = next((last for last in ends if _is_card(text, groups[at : last + 1])), None)
        if last is not None:
            start, end = groups[at][0], groups[last][1]
            yield _detail(text, start, end, "card", re.sub(r"\D", "", text.light[start:end]))
        at = at + 1 if last is None else last + 1


def _ends(before: list[int], first: int) -> list[int]:
    """The groups with which 13 to 19 digits are full, the longest first; `before`: digits before each group."""
    from_here = before[first]
    last = bisect_right(before, from_here + 19) - 2
    return [place for place in range(last, first - 1, -1) if before[place + 1] - from_here >= 13]


def _is_card(text: Folded, groups: list[tuple[int, int]]) -> bool:
    digits = "".join(text.light[start:end] for start, end in groups)
    return is_card_number(digits) and _are_groups_of_a_card(text, groups)


def _are_groups_of_a_card(text: Folded, groups: list[tuple[int, int]]) -> bool:
    """Groups of one size, as printed, or with one sign between all; times and dates are neither."""
    sizes = [end - start for start, end in groups]
    if len(set(sizes[:-1])) <= 1 and (len(sizes) == 1 or sizes[-1] <= sizes[0]):
        return True
    signs = {text.light[one[1] : other[0]].strip() for one, other in pairwise(groups)}
    return len(signs) == 1 and not _TIME.search(text.light, groups[0][0], groups[-1][1])


# Phones


def _phones(text: Folded) -> Iterator[Detail]:
    at = 0
    while match := _PHONE.search(text.light, at):
        digits = re.sub(r"\D", "", match[0])
        if _begins(text.light, match.start()) and not _DATE.fullmatch(match[0]) and len(digits) <= 15:
            yield _detail(text, *match.span(), "phone", digits)
            at = match.end()
        else:
            at = match.start() + 1


def _begins(text: str, start: int) -> bool:
    """Whether a number begins here: after a space, a bracket, or the name of its kind; a `+` also after a letter."""
    before = text[start - 1 : start]
    if text[start] == "+":
        return not before.isdigit() and before not in _GOES_ON
    free = not before.isalnum() and before not in _GOES_ON
    return free or text.endswith(_LABELS, max(0, start - 8), start)
