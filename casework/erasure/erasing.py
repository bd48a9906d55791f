"""How does a case go, so that nothing of it can be read any more and its chain still verifies?

All rows that hang on it go with it, and its files; of its history the links stay without their contents, up to one that
says by which order they went. The control chain says the same, with where the chain ends.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction

from audit.db.sql import cursor
from audit.models import AuditPayload, ErasedChain, ReplacedContent, VerifiedHead
from audit.sealed_values import case_subject, forget
from audit.services import Fact, Origin, record_control
from casework.documents.models import Document
from casework.erasure.models import ErasureOrder, LegalHold
from casework.erasure.notes import note_cases
from casework.erasure.rules import standings
from casework.explaining.models import Contest
from casework.models import Case
from orchestration.documents import store
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import EventDelivery, Instance, KnowledgeDocument, KnowledgeUse
from orchestration.shell import services

log = structlog.get_logger("casework.erasure")

GONE: Final = Refused("gone", "It was gone already.")


def case_erase(*, chain: int, order: ErasureOrder, origin: Origin) -> ErasedChain | Refused:
    """Erase one case whole, if it may go now: a hold or a rule may have come after the order."""
    if not store.answers():
        return store.AWAY
    with transaction.atomic():
        light = Case.objects.select_related("instance").defer("instance__items", "instance__data")
        case = light.select_for_update(of=["instance"]).filter(instance=chain).first()
        if case is None:
            return GONE
        LegalHold.objects.select_for_update().filter(case=case).first()
        ((_, found),) = standings([case], clock.utc_now())
        if not found.may:
            return Refused("kept", found.why)
        return erase_now(chain=chain, order=order.pk, why=found.why, origin=origin) or GONE


def erase_now(*, chain: int, order: int, why: str, origin: Origin) -> ErasedChain | None:
    """Erase it whatever rules say: for who has asked them, and for drills. None: it is gone already."""
    with transaction.atomic():
        head = Instance.objects.select_for_update().filter(pk=chain).values_list("head_sequence", flat=True).first()
        if head is None:
            return None
        said = {"order": order, "upto": head, "why": why}
        services.record_in_clear(chain, [Fact("content.erased", said)], origin)
        erased = _without_content(chain, order)
        digests = list(Document.objects.filter(case__instance=chain).values_list("digest", flat=True))
        EventDelivery.objects.filter(instance=chain).delete()
        VerifiedHead.objects.filter(chain=chain).delete()
        ReplacedContent.objects.filter(chain=chain).delete()
        words, own = words_of(chain), going_along([chain])
        Instance.objects.defer("items", "data").get(pk=chain).delete()
        unlearn(words)
        control = {**said, "chain": chain, "sequence": erased.sequence, "digest": bytes(erased.digest).hex()}
        record_control([Fact("content.erased", control)], origin, clock.utc_now())
        transaction.on_commit(partial(forget, case_subject(chain)))
        transaction.on_commit(partial(_files_erase, chain, digests))
        transaction.on_commit(partial(note_cases, [chain]), robust=True)
        for each in own:
            erase_now(chain=each, order=order, why=f"About case {chain}, which is erased", origin=origin)
    return erased


def going_along(chains: Sequence[int]) -> list[int]:
    """The cases in which contested decisions, or answers, of these are looked at again, but for those under a hold of
    their own."""
    own = list(Contest.objects.filter(case__instance__in=chains).exclude(own=0).values_list("own", flat=True))
    own += KnowledgeUse.objects.filter(job__instance__in=chains).exclude(review=0).values_list("review", flat=True)
    held = LegalHold.objects.filter(case__instance__in=own).values_list("case__instance", flat=True)
    return sorted({*own} - {*held})


WORDS: Final = """
select coalesce(array_agg(distinct w), '{}') from casework_case c
join casework_searchedcase s on s.case_id = c.id, unnest(tsvector_to_array(s.words)) w where c.instance_id = %s
"""
UNLEARN: Final = """
delete from casework_searchedword k where k.word = any(%s) and not exists (
    select from casework_searchedcase s where s.words @@ (quote_literal(k.word)::tsquery))
"""


def words_of(chain: int) -> list[str]:
    """By which the search finds the case, as it keeps them."""
    with cursor() as plain:
        row = plain.execute(WORDS, [chain]).fetchone()
    return [] if row is None else list(row[0])


def unlearn(words: list[str]) -> None:
    """Words that no other case is found by are what slips are corrected to no more."""
    with cursor() as plain:
        plain.execute(UNLEARN, [words])


def _without_content(chain: int, order: int) -> ErasedChain:
    """Note where the chain ends, which is what lets its contents go."""
    head = Instance.objects.only("head_sequence", "head_digest").get(pk=chain)
    erased = ErasedChain.objects.create(
        chain=chain, sequence=head.head_sequence, digest=bytes(head.head_digest), order=order, at=clock.utc_now()
    )
    AuditPayload.objects.filter(chain=chain, sequence__lt=erased.sequence).delete()
    return erased


def files_erase(chain: int, digests: Sequence[str]) -> None:
    """Contents of documents that no case and no knowledge has any more, and pages that were drawn of them."""
    shared = {
        *Document.objects.filter(digest__in=digests).values_list("digest", flat=True),
        *KnowledgeDocument.objects.filter(digest__in=digests).values_list("digest", flat=True),
    }
    for digest in set(digests) - shared:
        try:
            store.forget(digest)
        except store.Away:
            log.error("content not removed: run manage.py tidy_documents --remove", chain=chain, digest=digest[:12])


def _files_erase(chain: int, digests: Sequence[str]) -> None:
    """The same of a case that is gone, with what bots took pictures of."""
    files_erase(chain, digests)
    shutil.rmtree(Path(settings.PICTURES) / str(chain), ignore_errors=True)
