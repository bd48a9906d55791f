"""Who would join, move and leave by the LDAP directory, and do they? `manage.py directory` looks at it now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from audit.services import Origin
from casework.ldap.client import Away, everybody
from casework.ldap.plan import Plan, plan_of, too_many_leave
from casework.ldap.rounds import here_now, look, taken_over
from casework.ldap.setup import Directory
from orchestration.ground.refusals import Refused


class Command(BaseCommand):
    help = "Look at the LDAP directory now, and do what it says. --check: say what would be done, and do nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="say what would be done")
        parser.add_argument("--all", action="store_true", help="also where many would leave at once")
        parser.add_argument("--take", metavar="NAME", default="", help="who is here under this name is who is there")
        parser.add_argument("--why", default="", help="with --take: the reason, which is kept with the change")

    def handle(self, *, check: bool, all: bool, take: str, why: str, **options: Any) -> None:
        directory: Directory | None = settings.LDAP
        if directory is None:
            raise CommandError("No directory is named: CASEWRIGHT_LDAP is empty.")
        try:
            said = self._take(directory, take, why) if take else self._checked(directory) if check else None
        except Away as away:
            raise CommandError(f"The directory was not read: {away}.") from None
        self.stdout.write(said if said is not None else self._looked(directory, all))

    def _looked(self, directory: Directory, all_may_leave: bool) -> str:
        outcome = look(directory, all_may_leave=all_may_leave)
        if isinstance(outcome, Refused):
            raise CommandError(outcome.message)
        if outcome.failed:
            raise CommandError(outcome.failed)
        return "\n".join([str(outcome), *(f"not taken: {name}: {why}" for name, why in outcome.not_taken)])

    def _checked(self, directory: Directory) -> str:
        entries, here = everybody(directory), here_now()
        plan = plan_of(entries, here)
        refused = too_many_leave(plan, sum(one.active for one in here.known.values()))
        lines = [f"Nothing was changed. The directory has {len(entries)} people.", *_lines(plan)]
        return "\n".join([*lines, *([refused.message] if refused else [])])

    def _take(self, directory: Directory, name: str, why: str) -> str:
        if len(why.strip()) < 3:
            raise CommandError("Say by --why why: it is kept with the change.")
        user = User.objects.filter(username=name, service=None).first()
        entry = next((one for one in everybody(directory) if one.name.casefold() == name.casefold()), None)
        if user is None or entry is None:
            raise CommandError(f"There is nobody called {name} {'here' if user is None else 'in the directory'}.")
        refused = taken_over(user, entry, Origin("system:setup", cause=why.strip()[:150]))
        if refused is not None:
            raise CommandError(refused.message)
        return f"From now on {name} signs in by the directory, and it says in which groups they are."


def _lines(plan: Plan) -> list[str]:
    counts = {
        "would join": len(plan.joins), "would come back": len(plan.returns), "would be renamed": len(plan.renames),
        "would change groups": len(plan.moves), "would leave": len(plan.leaves),
    }  # fmt: skip
    names = User.objects.filter(pk__in=plan.leaves).order_by("username").values_list("username", flat=True)
    return [
        *(f"{count} {words}" for words, count in counts.items() if count),
        *(f"would leave: {name}" for name in names[:20]),
        *(f"not taken: {name}: {why}" for name, why in plan.not_taken),
    ]
