"""Who is there, and what may they do? `manage.py role` changes it, and keeps each change on the control chain."""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.services import Origin
from casework.access import people, tokens
from casework.access.models import ApiToken
from casework.access.roles_verification import control_begin, roles_now
from casework.models import GroupClearance
from casework.tasks.services import tasks_free
from orchestration.ground.refusals import Refused

LEVELS = list(GroupClearance.Level.values)


class Command(BaseCommand):
    help = "Make a person or group, change who is in a group, how much it sees, who may come in. Each change is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--why", default="", help="the reason, which is kept with the change")
        kinds = parser.add_subparsers(dest="kind", required=True)
        made = kinds.add_parser("person", help="make a person")
        made.add_argument("name")
        made.add_argument("--first", default="")
        made.add_argument("--last", default="")
        made.add_argument("--group", action="append", default=[], dest="groups")
        for kind, words in (("on", "let somebody come in"), ("off", "keep somebody out; what they held is free")):
            kinds.add_parser(kind, help=words).add_argument("name")
        for kind, words in (("join", "put somebody into a group"), ("leave", "take somebody out of a group")):
            moved = kinds.add_parser(kind, help=words)
            moved.add_argument("name")
            moved.add_argument("group")
        group = kinds.add_parser("group", help="make a group, or change its clearance")
        group.add_argument("group")
        group.add_argument("--clearance", choices=LEVELS, default="internal")
        right = kinds.add_parser("right", help="give a group a right on all cases or versions, or take it")
        right.add_argument("group")
        right.add_argument(
            "right", help="casework.view_case, casework.audit_case, orchestration.publish_definition, ..."
        )
        right.add_argument("--take", action="store_true")
        password = kinds.add_parser("password", help="set a password (asked for, or from standard input), or none")
        password.add_argument("name")
        password.add_argument("--unset", action="store_true")
        token = kinds.add_parser("token", help="make a token for a program of somebody, or take all of theirs back")
        token.add_argument("name")
        token.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.WORK.value)
        token.add_argument("--days", type=int, default=tokens.LONGEST_DAYS)
        token.add_argument("--drop", action="store_true")
        kinds.add_parser("list", help="who is in which groups")

    def handle(self, *, kind: str, why: str, **given: Any) -> None:
        if kind == "list":
            return self._list()
        origin = Origin(f"operator:{_account()}", cause=f"manage.py role: {why}"[:200] if why else "manage.py role")
        with transaction.atomic():
            control_begin(origin)
            self.stdout.write(KINDS[kind](origin, **given))

    def _list(self) -> None:
        now = roles_now()
        for name, group in sorted(now.groups.items()):
            members = sorted(person for person, facts in now.people.items() if name in facts["groups"])
            self.stdout.write(f"{name} (sees {group['clearance'] or 'public'}): {', '.join(members) or 'nobody'}")
        for name, facts in sorted(now.people.items()):
            if not facts["active"]:
                self.stdout.write(f"{name} may not come in")


def _person(origin: Origin, *, name: str, first: str, last: str, groups: list[str], **_: Any) -> str:
    wanted = [_group_called(group) for group in groups]
    user = people.person_make(name=name, first=first, last=last, origin=origin)
    if isinstance(user, Refused):
        raise CommandError(user.message)
    for group in wanted:
        people.person_join(user=user, group=group, origin=origin)
    return f"{name} is there. Give a password: manage.py role password {name}"


def _on(origin: Origin, *, name: str, **_: Any) -> str:
    people.person_switch(user=_somebody(name), on=True, origin=origin)
    return f"{name} may come in."


def _off(origin: Origin, *, name: str, **_: Any) -> str:
    user = _somebody(name)
    people.person_switch(user=user, on=False, origin=origin)
    return f"{name} may not come in. {tasks_free(holder=user, origin=origin)} tasks are free again."


def _join(origin: Origin, *, name: str, group: str, **_: Any) -> str:
    people.person_join(user=_somebody(name), group=_group_called(group), origin=origin)
    return f"{name} is in {group}."


def _leave(origin: Origin, *, name: str, group: str, **_: Any) -> str:
    user = _somebody(name)
    people.person_leave(user=user, group=_group_called(group), origin=origin)
    return f"{name} is not in {group}. {tasks_free(holder=user, origin=origin)} tasks are free again."


def _group(origin: Origin, *, group: str, clearance: str, **_: Any) -> str:
    row, made = people.group_ensure(name=group, clearance=clearance, origin=origin)
    if not made:
        people.clearance_set(group=row, level=clearance, origin=origin)
    return f"{group} sees what is {clearance}."


def _right(origin: Origin, *, group: str, right: str, take: bool, **_: Any) -> str:
    try:
        people.group_right(group=_group_called(group), right=right, given=not take, origin=origin)
    except (Permission.DoesNotExist, ValueError):
        raise CommandError(f"There is no right {right}.") from None
    return f"{group} {'has not' if take else 'has'} the right {right}."


def _password(origin: Origin, *, name: str, unset: bool, **_: Any) -> str:
    user = _somebody(name)
    if unset:
        people.password_set(user=user, password=None, origin=origin)
        return f"Nobody comes in as {name} by a password."
    password = getpass.getpass(f"Password of {name}: ") if os.isatty(0) else input()
    try:
        validate_password(password, user)
    except ValidationError as wrong:
        raise CommandError(" ".join(wrong.messages)) from None
    people.password_set(user=user, password=password, origin=origin)
    return f"{name} has a new password."


def _token(origin: Origin, *, name: str, scope: str, days: int, drop: bool, **_: Any) -> str:
    user = _somebody(name)
    if drop:
        count = tokens.tokens_revoke(person=user, origin=origin)
        return f"{count} tokens of {name} were taken back."
    made = tokens.token_make(person=user, name="made at the machine", scope=scope, days=days, origin=origin)
    if isinstance(made, Refused):
        raise CommandError(" ".join([made.message, *made.errors.values()]))
    return f"The token of {name}, shown this once: {made.secret}"


def _somebody(name: str) -> User:
    try:
        return User.objects.select_for_update().get(username=name)
    except User.DoesNotExist:
        raise CommandError(f"There is nobody called {name}.") from None


def _group_called(name: str) -> Group:
    try:
        return Group.objects.get(name=name)
    except Group.DoesNotExist:
        raise CommandError(f"There is no group {name}; `manage.py role group` makes one.") from None


def _account() -> str:
    """Who is at the machine, as far as it knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


KINDS: dict[str, Callable[..., str]] = {
    "person": _person, "on": _on, "off": _off, "join": _join, "leave": _leave, "group": _group, "right": _right,
    "password": _password, "token": _token,
}  # fmt: skip
