"""What do the people of the demo say to each other about a sample case? A short thread, as they would write it."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.comments.services import About, comment_say
from casework.models import Case, Comment

ABOUT: Final = "SAMPLE-002"
SAID: Final = (
    ("ben", "Has anybody seen this travel agency before? The amount looks like the one from last week.", False),
    ("clara", "@ben yes, twice. The card was used abroad both times: look at the date before you answer.", True),
    ("ben", "Thank you. Then I ask them where the card was on that day.", True),
)
"""By whom, what, and whether it answers the first."""


def say() -> int:
    """How many comments there are now; none where the sample is not there, or they may not work it."""
    case = Case.objects.filter(source="sample", reference=ABOUT).first()
    people = {user.username: user for user in User.objects.filter(username__in={name for name, *_ in SAID})}
    if case is None or not all(permissions.may(user, "work", case) for user in people.values()):
        return 0
    first: Comment | None = None
    for name, text, answers in SAID if len(people) == len({name for name, *_ in SAID}) else ():
        about = About(reply=first.number) if answers and first is not None else About()
        outcome = comment_say(by=people[name], case=case, text=text, about=about)
        first = first or (outcome if isinstance(outcome, Comment) else None)
    return Comment.objects.filter(case=case).count()
