"""Who bought what, in a shop that is made up?

Pure, by a fixed seed: each customer has one or two tastes, buys mostly within them, and what is popular more than what
is not. The same number of a customer buys the same, whoever asks, so that the stand-in of a shop and training agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

SEED: Final = 20_261_129
TASTES: Final = {
    "hiking": (
        "Trail boots|Rucksack of 30 litres|Walking poles|Rain jacket|"
        "Head torch|Water bottle|Map of the hills|Wool socks"
    ),
    "camping": (
        "Tent for two|Sleeping bag|Gas stove|Camping chair|"
        "Cool box|Lantern|Sleeping mat|Folding table"
    ),
    "cycling": (
        "Cycle helmet|Pump|Bicycle lock|Pannier|"
        "Cycling gloves|Repair kit|Bell|Rear light"
    ),
    "baking": (
        "Mixing bowl|Bread tin|Kitchen scales|Rolling pin|"
        "Whisk|Cake stand|Proving basket|Sieve"
    ),
    "coffee": (
        "Coffee grinder|Filter papers|Espresso pot|Milk frother|"
        "Coffee beans|Thermal mug|Tamper|Drip kettle"
    ),
    "garden": (
        "Watering can|Secateurs|Seed tray|Garden gloves|"
        "Trowel|Hose of 20 metres|Compost bin|Bird feeder"
    ),
    "painting": (
        "Set of brushes|Water colours|Sketch book|Easel|"
        "Palette|Charcoal pencils|Canvas|Varnish"
    ),
    "music": (
        "Guitar strings|Music stand|Tuner|Metronome|"
        "Capo|Plectrums|Headphones|Recorder"
    ),
    "sewing": (
        "Sewing scissors|Pin cushion|Cotton thread|Tape measure|"
        "Buttons|Iron-on tape|Needles|Thimble"
    ),
    "desk": (
        "Fountain pen|Notebook|Desk lamp|Stapler|"
        "Filing box|Wall calendar|Ink cartridges|Paper clips"
    ),
}  # fmt: skip
ITEMS: Final = {
    f"{taste[:3].upper()}-{number}": name
    for taste, names in TASTES.items() for number, name in enumerate(names.split("|"), 1)
}  # fmt: skip
"""Number of an item -> its name."""
FAITHFUL: Final = 0.8
"""Share of what somebody buys that is of their own tastes."""
FEWEST: Final = 3
MOST: Final = 9


def customers(wanted: int) -> Iterator[str]:
    return (f"C-{number:04}" for number in range(1, wanted + 1))


def bought_by(customer: str) -> list[str]:
    """The numbers of the items that a customer bought, the first first."""
    draws = Random(f"{SEED} {customer}")
    tastes = draws.sample(list(TASTES), draws.choice((1, 2)))
    own = [number for taste in tastes for number in ITEMS if number.startswith(taste[:3].upper())]
    wanted, found = draws.randint(FEWEST, MOST), dict[str, None]()
    while len(found) < wanted:
        among = own if draws.random() < FAITHFUL else list(ITEMS)
        found[draws.choices(among, [1 / int(one[-1]) for one in among])[0]] = None
    return list(found)


def left_of(item: str) -> int:
    """How many pieces of an item the made-up shop has; of every fifth none."""
    return Random(f"{SEED} stock {item}").choice((0, 3, 8, 20, 55))
