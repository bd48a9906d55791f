"""Where does an administrator see how people and programs sign in here, and map the identity provider's groups?

What stands in the environment is shown and not changed; no secret is shown, only whether there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audit.services import Origin
from casework.access import oidc_provider, permissions, saml
from casework.access.identities import MOST_VALUES, claims_set
from casework.access.oidc_models import ExternalIdentity, GroupClaim
from casework.access.permissions import origin_of
from casework.access.roles_verification import control_begin
from casework.forms.answer_validation import tells
from casework.ldap.read import MARK, directory_rows
from casework.people.rights import changes, looks
from casework.people.second_person import needs_second, proposal_make
from casework.people.views import WAITS
from casework.scim.models import DirectoryRecord
from casework.web.decorators import form_status, person, reads_and_writes
from orchestration.ground.counts import counted
from orchestration.ground.refusals import Refused

DO: Final = ("add", "remove")


@reads_and_writes
def sign_in(request: HttpRequest) -> HttpResponse:
    """How it is set; the form adds (`do`: add) a group of the provider's to one of ours, or takes it off (`remove`)."""
    looks(person(request))
    if request.method != "POST":
        return _page(request)
    changes(person(request))
    outcome = _changed(request)
    if isinstance(outcome, Refused):
        return _page(request, outcome)
    messages.success(request, outcome)
    return redirect("people-sign-in")


@transaction.atomic
def _changed(request: HttpRequest) -> str | Refused:
    by, sent = person(request), request.POST
    value, reason, do = (sent.get(name, "").strip() for name in ("value", "reason", "do"))
    group = Group.objects.select_for_update(no_key=True).filter(name=sent.get("group", "").replace("\0", "")).first()
    has = set() if group is None else set(group.claims.values_list("value", flat=True))
    if do not in DO:
        words = "Say whether the provider’s group is to be added or taken off."
        return Refused("invalid", words, {"do": words})
    if wrong := _wrong(group, value, reason) or _unchanging(do, value, has):
        return Refused("invalid", "Please correct what is marked.", wrong)
    assert group is not None
    origin = Origin(origin_of(by).actor, cause=reason)
    control_begin(origin)
    if do == "remove":
        claims_set(group=group, values=has - {value}, origin=origin)
        return "Taken off. Who is in the group by it leaves it at their next sign-in, where nothing else puts them in."
    if needs_second(by, group):
        proposal_make(by=by, group=group, change={"map": [value]}, reason=reason)
        return f"Asked for.{WAITS}"
    claims_set(group=group, values=has | {value}, origin=origin)
    return "Added: it holds from each person’s next sign-in on."


def _wrong(group: Group | None, value: str, reason: str) -> dict[str, str]:
    wrong = {} if group is not None else {"group": "Choose a group."}
    if not 1 <= len(value) <= 255 or not value.isprintable():
        wrong["value"] = "Name the provider’s group, in 1 to 255 letters."
    if not tells(reason, 3, 150) or not reason.isprintable():
        wrong["reason"] = "Say in 3 to 150 letters why: it is kept with the change."
    return wrong


def _unchanging(do: str, value: str, has: set[str]) -> dict[str, str]:
    """Why this would do nothing, or too much."""
    if do == "remove":
        return {} if value in has else {"value": "This group of the provider’s does not give that one here."}
    if value in has:
        return {"value": "This group of the provider’s gives that one here already."}
    if len(has) >= MOST_VALUES:
        return {"value": f"{MOST_VALUES} groups of the provider are the most that give one here."}
    return {}


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    context = {
        "may_change": permissions.may_administer(person(request)), "refused": refused, "given": request.POST,
        "settings": list(_settings()), "is_set": oidc_provider.is_set() or saml.is_set() or settings.LDAP is not None,
        "mapping": GroupClaim.objects.select_related("group").order_by("group__name", "value"),
        "groups": Group.objects.order_by("name").values_list("name", flat=True),
    }  # fmt: skip
    return render(request, "people/sign_in.html", context, status=form_status(refused))


def _settings() -> Iterator[tuple[str, str, str]]:
    """What it is, how it is set, and the variable that says so."""
    yield "Without anything done a sign-in ends after", _minutes(settings.SESSION_COOKIE_AGE), "SESSION_IDLE_SECONDS"
    yield "Whatever is done, it ends after", _minutes(settings.SESSION_LONGEST), "SESSION_LONGEST_SECONDS"
    yield "A second factor is asked of", _asked_of(), "CASEWRIGHT_SECOND_FACTOR"
    yield "What gives rights waits for a second person", _yes(settings.SECOND_PERSON), "CASEWRIGHT_SECOND_PERSON"
    yield "Links for passwords go by mail", _yes(settings.EMAIL_URL), "EMAIL_URL"
    yield "The token of a service lasts", _minutes(settings.CLIENT_TOKEN_SECONDS), "CASEWRIGHT_CLIENT_TOKEN_SECONDS"
    by_scim = DirectoryRecord.objects.filter(person__isnull=False, removed=False).exclude(external_id__startswith=MARK)
    yield "A directory has made or changed, by SCIM", counted(by_scim.count(), "person", "people"), ""
    yield from directory_rows()
    yield "Identity provider", settings.OIDC_ISSUER or "none", "CASEWRIGHT_OIDC_ISSUER"
    if oidc_provider.is_set():
        yield from _of_provider()
    yield "SAML provider", settings.SAML_PROVIDER or "none", "CASEWRIGHT_SAML_PROVIDER"
    if saml.is_set():
        yield "It signs in at", settings.SAML_SIGN_IN, "CASEWRIGHT_SAML_SIGN_IN"
        yield "Certificates of it that we know", str(len(settings.SAML_CERTIFICATES)), "CASEWRIGHT_SAML_CERTIFICATES"
        yield "What it needs is installed", _yes(saml.is_installed()), ""
    if oidc_provider.is_set() or saml.is_set():
        yield from _of_both()


def _of_provider() -> Iterator[tuple[str, str, str]]:
    yield "We are there", settings.OIDC_CLIENT_ID, "CASEWRIGHT_OIDC_CLIENT_ID"
    yield "We have a secret there", _yes(settings.OIDC_CLIENT_SECRET), "CASEWRIGHT_OIDC_CLIENT_SECRET"
    yield "It is asked for", settings.OIDC_SCOPE, "CASEWRIGHT_OIDC_SCOPE"
    yield "It tells us here that a session ended there", reverse("login-provider-ended"), ""
    yield "It names groups in", settings.OIDC_GROUPS_CLAIM, "CASEWRIGHT_OIDC_GROUPS_CLAIM"


def _of_both() -> Iterator[tuple[str, str, str]]:
    joins = "who links it, and who alone has a mail address that it verified" if settings.OIDC_JOIN else "who links it"
    linked = ExternalIdentity.objects.count()
    yield "A provider joins", f"{joins}; {linked} so far", "CASEWRIGHT_OIDC_JOIN"
    yield "Others become people here", _yes(settings.OIDC_CREATE), "CASEWRIGHT_OIDC_CREATE"
    yield "As a second factor of its own counts", ", ".join(settings.OIDC_SECOND) or "nothing", "CASEWRIGHT_OIDC_SECOND"


def _asked_of() -> str:
    wanted = settings.SECOND_FACTOR_GROUPS
    return "everybody" if "*" in wanted else ", ".join(wanted) or "nobody; who wants to sets one up"


def _minutes(seconds: int) -> str:
    return counted(seconds // 60, "minute") if seconds < 7200 else counted(seconds / 3600, "hour")


def _yes(given: object) -> str:
    return "yes" if given else "no"
