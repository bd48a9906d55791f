"""How is a person taken out of a case that is somebody else's, so that everything that verifies it still does?

Contents of its history in which they stand are replaced by what is left without them: the links and digests of what was
there stay, and one more event says by which order which contents went and the digests of what stands there now. State
and data are what the events lead to now, of a running case too, which goes on with a marker in the person's place. The
case is verified before and afterwards, and left as it was where either fails.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import Any, Final

from django.db import DatabaseError, transaction
from psycopg.sql import SQL, Identifier

from audit import data_keys
from audit.db.sql import cursor, do
from audit.models import AuditPayload, ReplacedContent, VerifiedHead
from audit.services import Fact, Origin, record_control
from casework.cases import search_row
from casework.cases.own_words import rebuild_own_words
from casework.cases.past_rows import former_of, rebuild
from casework.cases.references import key_of
from casework.comments.rebuilding import rebuild_comments
from casework.erasure.erasing import GONE, files_erase, unlearn, words_of
from casework.erasure.models import LegalHold
from casework.erasure.notes import note_mention
from casework.erasure.places import Places, places
from casework.erasure.recalled import noted
from casework.erasure.rules import mention_standings
from casework.erasure.words import Words
from casework.lists.models import ListedValue
from casework.lists.projection import GONE as LISTED_NO_MORE
from casework.lists.projection import KEPT, columns, listed_values
from casework.lists.tag_words import MARK
from casework.models import Case
from orchestration.casetypes.case_type import by_definition
from orchestration.documents import store
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Instance
from orchestration.shell import services
from orchestration.shell.retelling import retell
from orchestration.shell.verification.cases import BROKEN, check
from orchestration.shell.verification.told import Told
from orchestration.view.state import INSTANCE_ENDED

NOTHING: Final = Refused("nothing", "The person does not stand there any more.")


class _Unsure(Exception):
    """The case would not verify; what was done is taken back."""


def mention_take_out(*, chain: int, words: Words, order: int, origin: Origin) -> Places | Refused:
    """Take a person out of one case, if that may be now; what was replaced, and what stays."""
    if not store.answers():
        return store.AWAY
    with transaction.atomic():
        light = Case.objects.select_related("instance", "unit").defer("instance__items", "instance__data")
        case = light.select_for_update(of=["instance"]).filter(instance=chain).first()
        if case is None:
            return GONE
        LegalHold.objects.select_for_update().filter(case=case).first()
        ((_, found),) = mention_standings([case], clock.utc_now())
        return (
            take_out_now(chain=chain, words=words, order=order, origin=origin)
            if found.may
            else Refused("kept", found.why)
        )


def take_out_now(*, chain: int, words: Words, order: int, origin: Origin) -> Places | Refused:
    """The same whatever rules say: for who has asked them, and for drills."""
    try:
        with transaction.atomic():
            Instance.objects.select_for_update().only("pk").get(pk=chain)
            _verified(chain, "as it stands")
            found = places(chain, words)
            if not found:
                return NOTHING
            _replaced(chain, found, words, order, origin)
            _verified(chain, "without the person")
    except store.Away:
        return store.AWAY
    except (_Unsure, DatabaseError, *BROKEN) as error:
        why = str(error) if isinstance(error, _Unsure) else type(error).__name__
        return Refused("unsure", f"Nothing was taken out, for the case could not be verified: {why}")
    return found


def _verified(chain: int, when: str) -> None:
    with cursor() as plain:
        (case,) = check(plain, [chain])
    if case.faults:
        raise _Unsure(f"{when}, {case.faults[0].reason}.")


def _replaced(chain: int, found: Places, words: Words, order: int, origin: Origin) -> None:
    searched = words_of(chain)
    for content in found.files.values():
        store.keep(content)
    contents = {number: body for number, (_, body) in found.contents.items()}
    _contents(chain, contents, order)
    said = {"order": order, "contents": {str(n): sha256(body).hexdigest() for n, body in contents.items()}}
    services.record_in_clear(chain, [Fact("content.replaced", said)], origin)
    head = Instance.objects.only("head_digest").get(pk=chain).head_digest
    control = {"order": order, "chain": chain, "digest": bytes(head).hex()}
    record_control([Fact("content.replaced", control)], origin, clock.utc_now())
    with cursor() as plain:
        for row in found.rows:
            statement = SQL("update {} set {} = %s where {} = %s").format(
                *map(Identifier, (row.table, row.column, row.key))
            )
            plain.execute(statement, [row.value, row.number])
    VerifiedHead.objects.filter(chain=chain).delete()
    _made_anew(chain)
    unlearn(searched)
    transaction.on_commit(partial(files_erase, chain, list(found.files)))
    transaction.on_commit(partial(note_mention, chain, order, bytes(head), noted(words)), robust=True)


def _contents(chain: int, contents: dict[int, bytes], order: int) -> None:
    """Note each with its digest, which is what lets it be replaced."""
    for number, body in contents.items():
        noted = {"digest": sha256(body).digest(), "order": order, "at": clock.utc_now()}
        ReplacedContent.objects.update_or_create(chain=chain, sequence=number, defaults=noted)
        AuditPayload.objects.filter(chain=chain, sequence=number).update(salt=b"", body=body)


def _made_anew(chain: int) -> None:
    """State and data, and what is made of them, as the history tells them now."""
    instance = Instance.objects.only("definition_id").get(pk=chain)
    case_type = by_definition(instance.definition_id)
    told = retell(chain, case_type)
    case = Case.objects.get(instance=chain)
    _face(case, told, case_type.title)
    search_row.rebuild(case.pk)
    rebuild(chain, case_type.classification)
    rebuild_own_words(case)
    rebuild_comments(case)
    former = former_of([chain]).get(chain, {})
    root = told.state.root
    data = case_type.in_lists(chain, root.variables, root.state in INSTANCE_ENDED)
    values: dict[str, Any] = columns(listed_values(case_type, data, former, sealed=data_keys.is_sealing()))
    do([(KEPT, values | {"instance": chain}), (LISTED_NO_MORE, {})])
    ListedValue.objects.filter(instance=chain, field__startswith=MARK).delete()
    tags = told.notes.get("tags", ())
    ListedValue.objects.bulk_create(
        ListedValue(instance_id=chain, field=MARK + tag, level=0, words=tag) for tag in tags
    )


def _face(case: Case, told: Told, title: str) -> None:
    """How the case is called, which its reference is a part of; one that is not the only one so is numbered."""
    reference = told.notes.get("opened", {}).get("reference") or case.reference
    key = key_of(reference)
    if key == case.reference_key.partition("\x01")[0]:
        return
    alike = Case.objects.filter(case_type=case.case_type, source=case.source, reference_key=key).exclude(pk=case.pk)
    case.reference, case.title = reference, title.format(reference=reference)[:200]
    case.reference_key = f"{key}\x01{case.pk}" if alike.exists() else key
    case.save(update_fields=["reference", "title", "reference_key"])
