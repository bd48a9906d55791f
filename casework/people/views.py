"""Where does an administrator see and change people, without a shell?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode

from casework.access import permissions
from casework.access.factors import factors_drop, has_second
from casework.access.models import ApiToken
from casework.access.sessions import sessions_of
from casework.access.tokens import token_revoke, tokens_live
from casework.access.units import administered
from casework.actors.ledger.csv_file import csv_answer
from casework.people import services
from casework.people.links import Link, link_make
from casework.people.read import PAGE, STATES, Person, person_rows, persons, waiting
from casework.people.rights import changed_by, changes, changes_people, home_given_by, looks_at_people, shown_to
from casework.people.second_person import proposal_decide
from casework.people.services import Changed, Invited
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import answered, form_status, person, reads, reads_and_writes, refusal, writes
from casework.web.taking_away import takes_away
from orchestration.ground.refusals import NO_SUCH, Refused

DECISIONS: Final = ("agree", "refuse")
WAITS: Final = " A second administrator has to agree to what gives rights."
COLUMNS: Final = (
    "Sign-in name", "First name", "Last name", "Mail", "Groups", "Sees", "May come in", "Last signed in", "Tasks held"
)  # fmt: skip


@reads
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody, by sign-in name, with what waits for a second person."""
    by = looks_at_people(person(request))
    given = _asked(request)
    rows = person_rows(**given).filter(shown_to(by))
    page = max(number_in(request.GET.get("page", ""), COUNTED), 1)
    shown = persons(rows[(page - 1) * PAGE : page * PAGE + 1])
    more = f"?{urlencode(given | {'page': page + 1})}" if len(shown) > PAGE else ""
    context = {
        "people": shown[:PAGE], "more": more, "given": given, "count": rows.count(), "states": STATES.items(),
        "groups": Group.objects.order_by("name").values_list("name", flat=True), "me": by.pk,
        "waiting": waiting() if _is_whole(by) else (), "unit_only": not _is_whole(by),
        "may_change": bool(administered(by)), "query": urlencode(given), "set": sum(map(bool, given.values())),
    }  # fmt: skip
    return render(request, "people/list.html", context)


@reads
def people_download(request: HttpRequest) -> HttpResponse:
    """Those of the list as a table of a spreadsheet."""
    by = looks_at_people(person(request))
    takes_away(request)
    table = csv_answer(_table(persons(person_rows(**_asked(request)).filter(shown_to(by)))), "people")
    return HttpResponse(table.getvalue(), headers=dict(table.headers))


def _table(people: list[Person]) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for one in people:
        last = "" if one.last is None else one.last.isoformat(timespec="seconds")
        comes = "yes" if one.active else "no"
        groups = "; ".join(one.groups)
        yield (one.name, one.first, one.last_name, one.email, groups, one.clearance, comes, last, str(one.held))


@reads_and_writes
def person_new(request: HttpRequest) -> HttpResponse:
    """Invite somebody: their link is shown in the answer, and never again."""
    by = changes_people(person(request))
    if request.method != "POST":
        return _new_page(request, {})
    given = {name: request.POST.get(name, "") for name in ("name", "first", "last", "email", "reason")}
    groups = request.POST.getlist("groups")
    outcome = services.person_invite(by=by, groups=groups, service=False, home=home_given_by(by), **given)
    if isinstance(outcome, Refused):
        return _new_page(request, {**given, "groups": groups}, outcome)
    return _link_page(request, outcome.user, outcome)


def _new_page(request: HttpRequest, given: Mapping[str, Any], refused: Refused | None = None) -> HttpResponse:
    groups = Group.objects.order_by("name").values_list("name", flat=True)
    context = {"given": given, "refused": refused, "groups": groups, "chosen": given.get("groups", ())}
    return render(request, "people/new.html", context, status=form_status(refused))


@writes
def person_token(request: HttpRequest, person_id: int, token: int) -> HttpResponse:
    """Take back a token of somebody's program, at once."""
    by = changes(person(request))
    row = get_object_or_404(ApiToken.objects.select_related("person"), person=person_id, pk=token)
    if token_revoke(row=row, origin=permissions.origin_of(by)):
        messages.success(request, f"The token “{row.name}” was taken back. Its program gets nothing any more.")
    return redirect("person", person_id)


@writes
def person_second(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take the second factor from somebody who has lost it; they sign in by password, and set up another."""
    by, user = changes(person(request)), _somebody(person_id)
    if user.pk == by.pk:
        refused = Refused("yourself", "Your own you remove on the page Your account.")
        return refusal(request, refused, f"/people/{user.pk}/")
    if factors_drop(person=user, origin=permissions.origin_of(by)):
        messages.success(request, f"{user.get_username()} signs in by password alone until they set up another.")
    return redirect("person", person_id)


@writes
def person_link(request: HttpRequest, person_id: int) -> HttpResponse:
    """Another link for a password; the one before is none any more."""
    by = changes_people(person(request))
    return _link_page(request, _somebody(person_id, changed_by(by)), None)


def _link_page(request: HttpRequest, user: User, invited: Invited | None) -> HttpResponse:
    link = link_make(by=person(request), user=user, base=f"{request.scheme}://{request.get_host()}")
    if isinstance(link, Refused):
        return refusal(request, link, f"/people/{user.pk}/")
    context: dict[str, Link | Invited | User | None] = {"somebody": user, "link": link, "invited": invited}
    return render(request, "people/link.html", context)


@reads_and_writes
def person_page(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person; `do` says what a form changes: names, groups, or whether they come in."""
    by = looks_at_people(person(request))
    user = _somebody(person_id, shown_to(by))
    if request.method != "POST":
        return _person_page(request, user)
    user = _somebody(person_id, changed_by(changes_people(by)))
    outcome = _changed(request, by, user)
    if isinstance(outcome, Refused) and outcome.code != NO_SUCH:
        return _person_page(request, user, outcome)
    said = _said_of_sessions if request.POST.get("do") == "signed-out" else _said
    return answered(request, outcome, said(outcome), f"/people/{user.pk}/")


def _changed(request: HttpRequest, by: User, user: User) -> Changed | Refused:
    sent = request.POST
    held: dict[str, Any] = {
        "by": by, "user": user, "reason": sent.get("reason", ""), "version": sent.get("version", "")
    }  # fmt: skip
    match sent.get("do"):
        case "names":
            first, last, email = (sent.get(name, "") for name in ("first", "last", "email"))
            return services.person_rename(**held, first=first, last=last, email=email)
        case "groups":
            return services.person_groups(**held, groups=sent.getlist("groups"))
        case "signed-out":
            return services.person_sign_out(**held)
        case "in" | "out" as do:
            return services.person_switch(**held, on=do == "in")
    return Refused("invalid", "Nothing was asked for.")


def _said(outcome: Changed | Refused) -> str:
    if isinstance(outcome, Refused):
        return ""
    if not outcome.anything:
        return "It was so already."
    told = "Asked for." if outcome.waiting and not outcome.freed else "Changed."
    freed = f" {outcome.freed} of their tasks went back to the group." if outcome.freed else ""
    return told + freed + (WAITS if outcome.waiting else "")


def _said_of_sessions(outcome: Changed | Refused) -> str:
    if isinstance(outcome, Refused):
        return ""
    return "They are signed out everywhere." if outcome.anything else "They were signed in nowhere."


def _person_page(request: HttpRequest, user: User, refused: Refused | None = None) -> HttpResponse:
    (somebody,) = persons(User.objects.filter(pk=user.pk))
    sent = request.POST if refused is not None else None
    shown = {"first": somebody.first, "last": somebody.last_name, "email": somebody.email}
    given = shown | ({name: sent.get(name, shown.get(name, "")) for name in (*shown, "reason", "do")} if sent else {})
    context = {
        "somebody": somebody, "refused": refused, "given": given, "me": person(request).pk,
        "groups": Group.objects.order_by("name").values_list("name", flat=True),
        "chosen": sent.getlist("groups") if sent and given["do"] == "groups" else somebody.groups,
        "may_change": _may_change(person(request), user), "tokens": tokens_live(user),
        "second": has_second(user), "sessions": sessions_of(user).count(),
    }  # fmt: skip
    return render(request, "people/person.html", context, status=form_status(refused))


@writes
def rights_decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A second administrator agrees to a change, or refuses it."""
    by = changes(person(request))
    how = request.POST.get("how")
    if how not in DECISIONS:
        raise BadRequest("Say whether you agree or refuse. Nothing was decided.")
    agree = how == "agree"
    outcome = proposal_decide(by=by, proposal_id=proposal_id, agree=agree)
    return answered(request, outcome, "You agreed: it holds now." if agree else "It will not be done.", "/people/")


def _may_change(by: User, user: User) -> bool:
    return bool(administered(by)) and User.objects.filter(changed_by(by), pk=user.pk).exists()


def _is_whole(by: User) -> bool:
    """Whether they administer, or audit, the whole organisation."""
    return permissions.may_administer(by) or permissions.may_audit(by)


def _somebody(person_id: int, among: Q | None = None) -> User:
    """Of those whom one may look at, or change. Raises Http404."""
    return get_object_or_404(User.objects.filter(Q() if among is None else among), pk=person_id)


def _asked(request: HttpRequest) -> dict[str, str]:
    given = {name: request.GET.get(name, "")[:150] for name in ("q", "group", "state")}
    return given if given["state"] in STATES else given | {"state": ""}
