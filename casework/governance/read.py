"""Who changed rules, models, actors, people and groups, when and why; and who came in or was denied?

The chains that no case owns, in plain words, the newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from audit.actions import ACTIONS
from audit.models import AuditEvent, AuditPayload, StandingChain
from audit.sealed_values import read
from casework.access.models import ApiToken
from casework.access.trail import NOBODY, UNKNOWN
from casework.governance.unit_words import refused_words, unit_words
from orchestration.ground.counts import counted
from orchestration.models import Actor

PAGE: Final = 50

Detail = dict[str, Any]
OF_ITSELF: Final = frozenset({"request", "sign-in"})
"""What leads to every look and every sign-in: it is no reason that tells anybody anything."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event. `why`: the reason or note that was given, or what led to it; empty where none was asked for, and where
    the words say it."""

    sequence: int
    at: datetime
    who: str
    words: str
    why: str


def changes(before: int | None = None) -> list[Line]:
    """Events of the control chain, those before a sequence number."""
    found = AuditEvent.objects.filter(chain=StandingChain.CONTROL)
    if before is not None:
        found = found.filter(sequence__lt=before)
    return _lines(found.order_by("-sequence")[:PAGE])


def accesses(before: datetime | None = None) -> list[Line]:
    """Events of the access chains, those before a moment. Each chain is read from its end, then they are merged."""
    events: list[AuditEvent] = []
    for chain in StandingChain.ACCESS:
        found = AuditEvent.objects.filter(chain=chain)
        if before is not None:
            found = found.filter(at__lt=before)
        events += found.order_by("-sequence")[:PAGE]
    return _lines(sorted(events, key=lambda event: event.at, reverse=True)[:PAGE])


def _lines(events: Iterable[AuditEvent]) -> list[Line]:
    rows = list(events)
    details = _details(rows)
    names = called({row.actor for row in rows})
    named = _named(details.values())
    lines = []
    for row in rows:
        detail = details.get((row.chain, row.sequence), {})
        shown = detail | {kind: named(kind, detail[kind]) for kind in ("actor", "person") if kind in detail}
        words = WORDS.get(row.action, _otherwise(row.action))(shown)
        led_to_it = "" if row.cause in OF_ITSELF else row.cause
        why = str(detail.get("note") or detail.get("reason") or led_to_it)
        lines.append(Line(row.sequence, row.at, names[row.actor], words, "" if _tells(words, why) else why))
    return lines


def _tells(words: str, why: str) -> bool:
    """Whether the words say it as the reason: its letters alone can stand in any name."""
    return f": {why}" in words or f"({why})" in words


def _named(details: Iterable[Detail]) -> Callable[[str, Any], Any]:
    """How the actors and people are called that changes name by their keys: the key stands behind the name."""
    keys: dict[str, list[str]] = {"actor": [], "person": []}
    for detail in details:
        for kind, found in keys.items():
            found += [detail[kind]] if isinstance(detail.get(kind), str) else []
    actors = dict(Actor.objects.filter(key__in=keys["actor"]).values_list("key", "name"))
    people = User.objects.filter(username__in=keys["person"])
    names = {"actor": actors, "person": {one.get_username(): one.get_full_name() for one in people}}

    def named(kind: str, key: Any) -> Any:
        name = names[kind].get(key) if isinstance(key, str) else None
        return f"{name} ({key})" if name and name != key else key

    return named


def _details(rows: list[AuditEvent]) -> dict[tuple[int, int], Detail]:
    wanted: dict[int, list[int]] = {}
    for row in rows:
        wanted.setdefault(row.chain, []).append(row.sequence)
    found: dict[tuple[int, int], Detail] = {}
    for chain, sequences in wanted.items():
        payloads = AuditPayload.objects.filter(chain=chain, sequence__in=sequences)
        found |= {(chain, payload.sequence): read(payload.body) for payload in payloads}
    return found


def called(actors: set[str]) -> dict[str, str]:
    """How people call who or what did it."""
    usernames = [actor.removeprefix("person:") for actor in actors if actor.startswith("person:")]
    people = {user.get_username(): user.get_full_name() for user in User.objects.filter(username__in=usernames)}
    return {actor: _name(actor, people) for actor in actors}


def _name(actor: str, people: dict[str, str]) -> str:
    kind, _, name = actor.partition(":")
    match kind:
        case "person":
            return UNKNOWN if actor == NOBODY else people.get(name) or name
        case "operator":
            return f"{name}, at the machine"
        case "system":
            return f"Casewright ({name})"
    return actor


def _view(detail: Detail) -> str:
    view, group = detail.get("name"), detail.get("group")
    match detail:
        case {"removed": True}:
            return f"took back from {group} the view {view}"
        case {"opens": on}:
            return f"had the list of {group} open {'with the view' if on else 'no more with the view'} {view}"
        case {"was": was}:
            return f"renamed the view {was} of {group} to {view}"
    return f"shared with {group} the view {view}"


def _role(detail: Detail) -> str:
    match detail:
        case {"group": group, "made": True}:
            return f"made the group {group}, which sees what is {detail.get('clearance')}"
        case {"group": group, "rights": [*rights]} if rights:
            return f"gave the group {group} the rights {', '.join(rights)}"
        case {"group": group, "taken": [*rights]}:
            return f"took from the group {group} the rights {', '.join(rights)}"
        case {"group": group, "purposes": [*purposes]}:
            return f"let the group {group} look for {', '.join(purposes)}"
        case {"group": group, "purposes taken": [*purposes]}:
            return f"let the group {group} no longer look for {', '.join(purposes)}"
        case {"group": group}:
            return f"let the group {group} see what is {detail.get('clearance')}"
        case {"person": name, "made": True}:
            return f"made {name} known"
        case {"person": name, "joined": group}:
            return f"put {name} into {group}"
        case {"person": name, "left": group}:
            return f"took {name} out of {group}"
        case {"person": name, "fields": [*fields]}:
            return f"changed the {', '.join(field.replace('_', ' ') for field in fields)} of {name}"
        case {"person": name, "link": True}:
            return f"gave {name} a link by which they set a password"
        case {"person": name, "active": active}:
            return f"let {name} come in" if active else f"keeps {name} out"
        case {"person": name, "password": how}:
            return f"{how} the password of {name}"
        case {"person": name, "token": made}:
            return f"gave {name} a key to the API" if made else f"took the key to the API from {name}"
    return ACTIONS["role.changed"]


def _token(detail: Detail) -> str:
    named = f"the token “{detail['name']}” of {detail['person']}"
    if detail.get("revoked"):
        return f"took back {named}"
    scope = detail.get("scope")
    return f"made {named}, for {ApiToken.Scope(scope).label}" if scope else f"replaced {named}"


def _worker_token(detail: Detail) -> str:
    named = f"the token “{detail['name']}” by which outside workers do the work of {detail['actor']}"
    return f"{'took back' if detail.get('revoked') else 'made'} {named}"


def _client(detail: Detail) -> str:
    client = detail["client"]
    if "secret" not in detail:
        only = f" for {', '.join(detail['case_types'])}" if detail["case_types"] else ""
        return f"let the service {client} {detail['scope']}{only}; {detail['owner']} answers for it"
    if detail.get("revoked"):
        return f"took back a secret of the service {client}"
    return f"{'gave the service' if detail.get('given') else 'replaced a secret of the service'} {client}"


def _identity(detail: Detail) -> str:
    if "person" in detail:
        how = "linked" if "linked" in detail else "unlinked"
        return f"{how} {detail['person']} with who they are at the identity provider"
    if "mapped" in detail:
        return f"let the identity provider’s {detail['mapped']} put people into {detail['group']}"
    return f"let the identity provider’s {detail['unmapped']} put nobody into {detail['group']} any more"


def _factor(detail: Detail) -> str:
    name = detail["person"]
    if "recovery" in detail:
        return f"made {detail['recovery']} recovery codes of {name}"
    if "dropped" in detail:
        return f"took the second factor from {name}"
    return f"{'set up' if 'made' in detail else 'removed'} {detail['what']} ({name})"


def _delegated(detail: Detail) -> str:
    who = f"{detail['to']} act for {detail['giver']}"
    if detail.get("ended"):
        return f"does not let {who} any more, because {detail['ended']}"
    return f"let {who} from {detail['begins'][:10]} until {detail['until'][:10]}"


def _asked_for(detail: Detail) -> str:
    return f"{detail.get('of')}: {'; '.join(detail.get('what', ()))}"


def _actor(detail: Detail) -> str:
    if "made" in detail:
        return f"added the actor {detail['actor']}, which can {detail['made']['capability']}"
    if "card" in detail:
        return f"changed the card of the actor {detail['actor']}"
    if "fields" in detail:
        return f"changed the {', '.join(detail['fields'])} of the actor {detail['actor']}"
    if "kept" in detail:
        kept = ", ".join(detail["kept"])
        return f"left the {kept} of the actor {detail['actor']} as it was changed here, though it ships otherwise"
    return f"switched the actor {detail['actor']} {'on' if detail.get('enabled') else 'off'}"


def _host(detail: Detail) -> str:
    host = detail["host"] if detail.get("port") is None else f"{detail['host']}:{detail['port']}"
    if detail.get("removed"):
        return f"took {host} off the list of hosts that connectors may call"
    private = ", at private addresses too" if detail.get("private") else ""
    return f"lets connectors call {host}{private}"


_MOVED: dict[str, str] = {
    "quarantined": "put version {} of {} into quarantine",
    "shadow": "had version {} of {} run beside the one in use, unused",
    "share": "gave version {} of {} a share of cases",
    "in-use": "put version {} of {} to use",
    "retired": "retired version {} of {}",
}


def _moved(detail: Detail) -> str:
    share = f": {detail['share']} %" if detail.get("share") else ""
    return _MOVED[detail["state"]].format(detail["version"], detail["actor"]) + share


def _stopped(detail: Detail) -> str:
    what = "all actors" if detail["scope"] == "all" else f"all actors of the kind {detail['scope'].partition(':')[2]}"
    return f"stopped {what}" if detail["stopped"] else f"let {what} loose"


def _begun(detail: Detail) -> str:
    counts = [f"{len(detail.get(what, ()))} {what}" for what in ("people", "groups", "actors", "models")]
    return f"noted who and what was there: {', '.join(counts)}"


def _fired(detail: Detail) -> str:
    told = f"fired {counted(len(detail['held']) + len(detail['failed']), 'control')}"
    return f"{told}: {len(detail['failed'])} did not hold" if detail["failed"] else f"{told}: all held"


def _from(detail: Detail) -> str:
    return f" from {detail['address']}" if detail.get("address") else ""


def _asked(detail: Detail) -> str:
    return f"{detail.get('what') or 'a page'} ({detail.get('method', '')} {detail.get('route', '')})"


def _otherwise(action: str) -> Callable[[Detail], str]:
    return lambda detail: ACTIONS.get(action, action)


def _budget(detail: Detail) -> str:
    if detail.get("amount") is None:
        return f"took away the budget of {detail['scope']}"
    return f"let {detail['scope']} cost {detail['amount']} {detail['currency']} a month"


def _rate(detail: Detail) -> str:
    rate = detail.get("rate")
    counts = f"counts as {rate[0]} {rate[1]}" if rate else "has no known cost any more"
    return f"said that an hour of the group {detail['group']} {counts}"


def _assignment(detail: Detail) -> str:
    if "case_type" in detail:
        how = "given out by rule" if detail["enabled"] else "left to be taken"
        return f"had new tasks of {detail['case_type']} {how}"
    level = detail["level"]
    return f"noted the skill {detail['skill']} of {detail['person']}: {f'level {level}' if level else 'not any more'}"


def _directory(detail: Detail) -> str:
    """Of a look at the directory that keeps people."""
    if detail["failed"]:
        return f"looked at the directory and changed nobody: {detail['failed']}"
    told = ("joined", "returned", "renamed", "moved", "left")
    changed = ", ".join(f"{detail[name]} {name}" for name in told if detail[name]) or "nobody has changed"
    left_out = f"; {len(detail['not_taken'])} not taken" if detail["not_taken"] else ""
    return f"looked at the directory of {counted(detail['people'], 'person', 'people')}: {changed}{left_out}"


WORDS: Final[dict[str, Callable[[Detail], str]]] = {
    "definition.deployed": lambda d: f"put version {d['version']} of {d['key']} in force ({', '.join(d['files'][:5])})",
    "model.registered": lambda d: f"registered the model {d['version']} of {d['actor']}",
    "model.activated": lambda d: f"put the model {d['version']} of {d['actor']} to work",
    "actor.changed": _actor,
    "host.changed": _host,
    "version.moved": _moved,
    "golden.made": lambda d: f"made a closed case golden, with {counted(d['answers'], 'answer')} expected",
    "golden.dropped": lambda d: f"took a case out of the golden ones: {d['reason']}",
    "capability.stopped": _stopped,
    "connector.tried": lambda d: f"tried out a connector of the kind {d['kind']}, version {d['version']}",
    "knowledge.added": lambda d: f"added {d['name']} to the knowledge base, for {d['level']} and above",
    "knowledge.withdrawn": lambda d: f"withdrew {d['name']} from the knowledge base: {d['reason']}",
    "role.changed": _role,
    "worker.token": _worker_token,
    "token.changed": _token,
    "client.changed": _client,
    "factor.changed": _factor,
    "sessions.ended": lambda d: f"ended {counted(d['sessions'], 'session')} of {d['person']}",
    "identity.changed": _identity,
    "directory.read": _directory,
    "delegation.changed": _delegated,
    "rules.owner": lambda d: (
        f"named {d['owner']} as who answers for the rules of {d['case_type']}, to be looked at by {d['review_by']}"
    ),
    "unit.changed": unit_words,
    "unit.refused": refused_words,
    "list.view": _view,
    "rights.asked": lambda d: f"asked a second person to change {_asked_for(d)}",
    "rights.refused": lambda d: f"refused to change {_asked_for(d)}",
    "assignment.changed": _assignment,
    "rate.changed": _rate,
    "calendar.changed": lambda d: (
        f"{'made' if d.get('made') else 'changed'} the calendar {d['title']}, which moves {d['moves']} deadlines"
    ),
    "budget.changed": _budget,
    "control.begun": _begun,
    "controls.fired": _fired,
    "proposal.made": lambda d: f"uploaded {d['source']} for {d['key']}",
    "proposal.discarded": lambda d: f"discarded an upload for {d['key']}",
    "access.denied": lambda d: f"was denied: {_asked(d)}",
    "access.unseen": lambda d: f"asked for what they may not see: {_asked(d)}",
    "access.signed_in": lambda d: f"signed in{_from(d)}",
    "access.signed_out": lambda d: f"signed out{_from(d)}",
    "access.sign_in_failed": lambda d: (
        f"did not get in{_from(d)}" + (", too many attempts before" if d.get("locked") else "")
    ),
    "access.token_used": lambda d: f"came in by the token “{d['token']}”{_from(d)}",
    "access.token_refused": lambda d: f"came with a token that is not valid{_from(d)}",
    "view.begun": lambda d: f"began to view the product as {d['as']}{_from(d)}",
    "view.looked": lambda d: f"{'was refused, viewing' if d.get('refused') else 'viewed'} as {d['as']}: {_asked(d)}",
    "view.ended": lambda d: f"viewed no more as {d['as']}",
    "list.read": lambda d: f"read the list of {d['list']}",
    "definition.downloaded": lambda d: f"downloaded {d['what']}",
}
