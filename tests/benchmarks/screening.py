"""Are altered names found on a list of sanctions, and how often is somebody found who is not on it?

1,000 names of the list, each altered once: a letter lost, doubled, turned or replaced, words turned round, joined or
left out, marks and Cyrillic letters put in, and other ways to write a sound. Beside them 1,000 made-up names.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Final

from orchestration.diligence.names import Watchlist
from orchestration.diligence.ofac import listed

FOLDER: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "sanctions"
NAMES: Final = 1_000
_GIVEN: Final = "Anna Ben Clara Dora Emil Franz Greta Hugo Ida Jonas Karla Lena Moritz Nora Otto Paula Quirin Rosa"
_FAMILY: Final = "Adler Bauer Conrad Dietrich Ebner Falk Graf Huber Imhof Jansen Keller Lindner Maier Nagel Ott"
CYRILLIC: Final = str.maketrans("aeopcxyBHKMT", "аеорсхуВНКМТ")
MARKS: Final = str.maketrans("aeiounscz", "áèîöüñšçž")

Alter = Callable[[random.Random, str], str]


def _at(rng: random.Random, name: str) -> int:
    places = [place for place, letter in enumerate(name[:-1]) if letter.isalpha() and name[place + 1].isalpha()]
    return rng.choice(places) if places else 0


def _lost(rng: random.Random, name: str) -> str:
    at = _at(rng, name)
    return name[:at] + name[at + 1 :]


def _turned(rng: random.Random, name: str) -> str:
    at = _at(rng, name)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _replaced(rng: random.Random, name: str) -> str:
    at = _at(rng, name)
    return name[:at] + rng.choice("aeinorst") + name[at + 1 :]


def _doubled(rng: random.Random, name: str) -> str:
    at = _at(rng, name)
    return name[:at] + name[at] + name[at:]


def _round(rng: random.Random, name: str) -> str:
    words = name.replace(",", "").split()
    return " ".join([*words[1:], words[0]])


def _joined(rng: random.Random, name: str) -> str:
    return name.replace(" ", "", 1)


def _without_one(rng: random.Random, name: str) -> str:
    words = name.split()
    gone = rng.randrange(len(words)) if len(words) > 2 else len(words)
    return " ".join(word for place, word in enumerate(words) if place != gone)


def _sounds(rng: random.Random, name: str) -> str:
    for one, other in (("kh", "h"), ("ou", "u"), ("y", "i"), ("ee", "i"), ("ph", "f"), ("w", "v"), ("q", "k")):
        name = name.lower().replace(one, other)
    return name


ALTERED: Final[dict[str, Alter]] = {
    "a letter lost": _lost, "two letters turned": _turned, "a letter replaced": _replaced, "a letter doubled": _doubled,
    "words in another order": _round, "two words joined": _joined, "a word left out": _without_one,
    "sounds written otherwise": _sounds, "letters of Cyrillic": lambda _, name: name.translate(CYRILLIC),
    "marks on letters": lambda _, name: name.lower().translate(MARKS),
}  # fmt: skip


def figures(folder: Path = FOLDER) -> Iterator[str]:
    if not (folder / "sdn.csv").exists():
        yield f"not measured: there is no list in {folder}"
        return
    entries, rng = listed(folder), random.Random(13)
    watchlist = Watchlist(entries)
    yield f"{len(entries):,} entries, {sum(1 + len(one.also) for one in entries):,} names"
    chosen = rng.sample([one for one in entries if len(one.name) > 7 and " " in one.name], NAMES)
    missed, asked, began = Counter[str](), Counter[str](), process_time()
    for number, entry in enumerate(chosen):
        how = list(ALTERED)[number % len(ALTERED)]
        asked[how] += 1
        found = watchlist.matches(ALTERED[how](rng, entry.name))
        missed[how] += entry.id not in {one.entry.id for one in found}
    spent = (process_time() - began) / NAMES
    yield f"{NAMES:,} altered names, {1 - missed.total() / NAMES:.1%} found, {spent * 1000:.1f} ms of CPU each"
    yield from (f"  {how}: {1 - missed[how] / asked[how]:.0%} of {asked[how]}" for how in ALTERED)
    given, family = _GIVEN.split(), _FAMILY.split()
    strangers = [f"{rng.choice(given)} {rng.choice(given)} {rng.choice(family)}" for _ in range(NAMES)]
    wrong = sum(bool(watchlist.matches(name)) for name in strangers)
    yield f"{NAMES:,} names made up of common ones, {wrong} found all the same"
