"""How does a person see what they wrote themselves?

As they wrote it: a mask over one's own guess would tell that it is right. What would be masked is kept, as a keyed
digest, for them alone (`OwnWords`), and reasons always, since what is hidden may change after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg
from django.contrib.auth.models import User

from audit.db.sql import cursor
from audit.sealed_values import read
from audit.services import Fact
from casework.access.permissions import words_digest
from casework.cases.answers import Seen
from casework.models import Case, OwnWords
from orchestration.ground.refusals import Refused
from orchestration.shell.services import Done

SAID: Final = """
select e.chain, e.actor, p.body from audit_auditevent e
join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = any(%s) and e.actor = any(%s) and e.action <> all(%s)
"""
OWED: Final = """
select e.chain, e.actor, p.body from audit_auditevent e
join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = any(%s) and e.action = any(%s) and starts_with(e.actor, 'person:')
"""
REASONED: Final = [
    "field.revealed", "item.removed", "case.changed", "case.edited", "copy.asked", "copies.healed", "copies.kept",
    "deadline.changed",
]  # fmt: skip
"""Events whose reason is kept for whoever gave it, whatever was hidden then."""
DATA: Final = ["engine.JobRequested", "engine.DecisionEvaluated"]
"""Events of a person's step that repeat the case's data, whoever wrote them."""


def masked_words(seen: Seen, answers: Mapping[str, Any]) -> Iterator[str]:
    """The texts of these answers in which the reader would find something masked."""
    texts = (answer for answer in answers.values() if isinstance(answer, str))
    return (text for text in texts if seen.view.text(text) != text)


def keep_own_words(case: Case, by: User, texts: Iterable[str], outcome: Done | Refused | None) -> None:
    """Unless it was refused: then it stands nowhere in the history, and nothing has to be shown of it."""
    if isinstance(outcome, Refused):
        return
    rows = [OwnWords(case=case, person=by, digest=digest) for digest in {words_digest(text) for text in texts}]
    if rows:
        OwnWords.objects.bulk_create(rows, ignore_conflicts=True)


def told_by_digest(facts: Sequence[Fact], words: Sequence[str]) -> Sequence[Fact]:
    """Facts of what somebody wrote that no event holds in clear, with what stands for their words."""
    if not words:
        return facts
    digests = sorted(words_digest(text) for text in words)
    return [Fact(fact.action, {**fact.detail, "words": digests}) for fact in facts]


def rebuild_own_words(case: Case) -> None:
    """Drop what nobody wrote, going by the history, and keep the reasons that stand there now. What else somebody wrote
    and saw in clear then was never kept."""
    kept = list(OwnWords.objects.filter(case=case).values_list("pk", "person__username", "digest"))
    with cursor() as plain:
        said = said_by(plain, {(case.instance_id, name) for _, name, _ in kept}) if kept else {}
        reasons = owed(plain, [case.instance_id])
    unsaid = [pk for pk, name, digest in kept if digest not in said.get((case.instance_id, name), ())]
    OwnWords.objects.filter(pk__in=unsaid).delete()
    people = {one.username: one for one in User.objects.filter(username__in={name for _, name, _ in reasons})}
    rows = [OwnWords(case=case, person=people[name], digest=digest) for _, name, digest in reasons if name in people]
    OwnWords.objects.bulk_create(rows, ignore_conflicts=True)


def owed(plain: psycopg.Cursor[Any], cases: Sequence[int]) -> set[tuple[int, str, str]]:
    """(Chain, user name, digest) of each reason that histories tell of and that is kept for whoever gave it."""
    found = set()
    for number, actor, body in plain.execute(OWED, [list(cases), REASONED], binary=True).fetchall():
        if reason := str(read(body).get("reason") or ""):
            found.add((number, actor.removeprefix("person:"), words_digest(reason)))
    return found


def said_by(plain: psycopg.Cursor[Any], pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], set[str]]:
    """The digests of all texts that these people (by user name) wrote in these cases, as the histories tell."""
    cases, names = zip(*sorted(set(pairs)), strict=True)
    asked = [list(dict.fromkeys(cases)), [f"person:{name}" for name in dict.fromkeys(names)], DATA]
    found: dict[tuple[int, str], set[str]] = {}
    for number, actor, body in plain.execute(SAID, asked, binary=True).fetchall():
        detail = read(body)
        digests = {*map(words_digest, _texts(detail)), *detail.get("words", ())}
        found.setdefault((number, actor.removeprefix("person:")), set()).update(digests)
    return found


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case str():
            yield value
        case bool() | None:
            return
        case int() | float():
            yield str(value)
