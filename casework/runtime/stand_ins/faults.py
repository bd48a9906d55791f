"""How is the stand-in made to fail? A fault for each of its systems, switched on and off at `/faults`.

down: it hangs up without an answer. slow: it waits before it does anything. silent: it never answers. wrong: it does
what it was asked to, and answers something else. error: it answers 503 so many times, then works. Each may
last for a time only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from html import escape
from typing import Final

from casework.runtime.stand_ins.answers import Answer, Json, Request, onward, page, told
from casework.runtime.stand_ins.store import Store

SYSTEMS: Final = (
    "orders", "customers", "payments", "ledger", "core", "policies", "mail", "erp", "shop", "azure", "scores",
    "screening",
)  # fmt: skip
FAULTS: Final = {
    "none": "works",
    "down": "down: hangs up",
    "slow": "slow: waits so many seconds",
    "silent": "silent: never answers",
    "wrong": "wrong: answers something else",
    "error": "error: answers 503 so many times",
}
LONGEST: Final = 600.0
LOOK_EVERY: Final = 0.2
MOST_TIMES: Final = 1_000
A_DAY: Final = 86_400.0


class HangUp(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    name: str = "none"
    seconds: float = 0.0
    times: int = 0
    until: float = 0.0
    """Seconds since 1970; 0: until somebody switches it off."""


def fault_of(store: Store, system: str) -> Fault:
    rows = store.rows("select fault, seconds, times, until from troubles where system = ?", system)
    found = Fault(*rows[0]) if rows else Fault()
    return Fault() if found.until and wall_clock() >= found.until else found


def wall_clock() -> float:
    return time.time()


def before(store: Store, system: str) -> Answer | None:
    """What a fault does before anything is done. Raises HangUp."""
    fault = fault_of(store, system)
    match fault.name:
        case "down":
            raise HangUp
        case "slow":
            _wait(store, system, fault)
        case "silent":
            _wait(store, system, Fault("silent", LONGEST))
            raise HangUp
        case "error" if fault.times > 0:
            _count_down(store, system)
            return told(503, {"error": "unavailable"}, Retry_After="1")
    return None


def after(store: Store, system: str, answer: Answer) -> Answer:
    """What a fault makes of an answer."""
    if fault_of(store, system).name != "wrong":
        return answer
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        return told(200, {"unexpected": ["this is not", "what was asked for"], "amount": "many"})
    return page("Unexpected", "<p>This page is not the one that was asked for.</p>")


def _wait(store: Store, system: str, fault: Fault) -> None:
    """Wait as long as the fault lasts, or until it is switched off."""
    until = time.monotonic() + min(fault.seconds, LONGEST)
    while time.monotonic() < until and fault_of(store, system).name == fault.name:
        time.sleep(max(0.0, min(LOOK_EVERY, until - time.monotonic())))


def _count_down(store: Store, system: str) -> None:
    with store.change():
        store.rows("update troubles set times = times - 1 where system = ? returning times", system)
        store.rows("delete from troubles where system = ? and fault = 'error' and times <= 0 returning times", system)


def show_faults(store: Store, request: Request) -> Answer:
    now = {system: fault_of(store, system) for system in SYSTEMS}
    if "application/json" in request.headers.get("accept", ""):
        shown = {system: _told(one) for system, one in now.items()}
        return told(200, {"faults": shown, "counts": store.counts()})
    counts = "".join(f"<li>{escape(name)}: {count}</li>" for name, count in store.counts().items())
    forms = "".join(_form(system, fault) for system, fault in now.items())
    return page("Faults", f"{forms}<h2>Counted</h2><ul>{counts}</ul>")


def set_fault(store: Store, request: Request) -> Answer:
    """Switch a fault of a system on, or off with `none`; form or JSON: system, fault, seconds, times, lasts."""
    try:
        given = request.fields()
        seconds, times = float(given.get("seconds") or 0), int(given.get("times") or 0)
        lasts = float(given.get("lasts") or 0)
    except ValueError:
        return told(400, {"error": "not-read"})
    system, fault = given.get("system"), given.get("fault")
    bounded = 0 <= seconds <= LONGEST and 0 <= times <= MOST_TIMES and 0 <= lasts <= A_DAY
    if system not in SYSTEMS or fault not in FAULTS or not bounded:
        return told(422, {"error": "unknown", "systems": SYSTEMS, "faults": list(FAULTS)})
    with store.change():
        store.rows("delete from troubles where system = ? returning system", system)
        if fault != "none":
            until = wall_clock() + lasts if lasts else 0
            store.rows("insert into troubles values (?, ?, ?, ?, ?) returning 1", system, fault, seconds, times, until)
    return onward("/faults")


def _told(fault: Fault) -> dict[str, Json]:
    left = max(0, round(fault.until - wall_clock())) if fault.until else None
    return {"fault": fault.name, "seconds": fault.seconds, "times": fault.times, "left": left}


def _form(system: str, fault: Fault) -> str:
    options = "".join(
        f'<option value="{name}"{" selected" if name == fault.name else ""}>{escape(words)}</option>'
        for name, words in FAULTS.items()
    )
    return (
        f'<form method="post" action="/faults"><h2>{system}: {escape(FAULTS[fault.name])}</h2>'
        f'<input type="hidden" name="system" value="{system}">'
        f'<label for="f-{system}">Fault of {system}</label><select id="f-{system}" name="fault">{options}</select>'
        f'<label for="s-{system}">Seconds (slow)</label>'
        f'<input id="s-{system}" name="seconds" value="{fault.seconds:g}">'
        f'<label for="t-{system}">Times (error)</label><input id="t-{system}" name="times" value="{fault.times}">'
        f'<label for="l-{system}">Lasts so many seconds (empty: until it is switched off)</label>'
        f'<input id="l-{system}" name="lasts">'
        f'<p><button type="submit">Set for {system}</button></p></form>'
    )
