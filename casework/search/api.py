"""Which call finds cases by what stands in them, and what the same words lead to besides?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import trail
from casework.access.within import limited_to
from casework.cases.api.rendering import person
from casework.cases.api.requests import AfterField, Sent
from casework.search.beside import Beside, beside
from casework.search.find import GROUPS, PAGE, Found, search
from casework.search.views import LONGEST
from casework.web.api.docs import described, example
from orchestration.casetypes.effective import Days
from orchestration.ground import clock

EXAMPLE = {
    "results": [{
        "id": 17, "title": "Complaint CRM-20417", "reference": "CRM-20417", "state": "Pending review", "closed": False,
        "created": "2026-11-21T09:30:00Z", "group": "words",
        "matches": [{
            "place": "Message", "text": "I was charged twice.", "marks": [[6, 13]], "holds": "20 Nov 2026 at 10:12",
        }],
    }],
    "next": "", "all": True, "nearly": False,
    "tasks": [{
        "id": 41, "name": "Approve the answer", "title": "Complaint CRM-20417", "who": "Clara Weiss",
        "due": "2026-11-24T09:30:00Z",
    }],
    "comments": [{
        "case": 17, "number": 31, "title": "Complaint CRM-20417", "who": "Clara Weiss", "at": "2026-11-22T09:30:00Z",
        "text": "They were charged twice indeed.", "marks": [[10, 17]],
    }],
    "tags": [{"name": "vip", "address": "/cases/?which=all&tag=vip", "cases": 12}],
    "people": [], "pages": [{"name": "Help: Complaints", "address": "/help/use/complaint/"}],
}  # fmt: skip


class SearchFilter(Sent):
    q = s.CharField(
        max_length=LONGEST,
        help_text="Words: each finds what begins with it, in whatever letters and accents; all have to be there.",
    )
    holds_since = s.DateField(
        required=False, default=None, help_text="Only in fields that hold from this day on, or from a later one."
    )
    holds_until = s.DateField(
        required=False, default=None, help_text="Only in fields that hold from this day on, or from an earlier one."
    )
    after = AfterField()
    limit = s.IntegerField(required=False, default=PAGE, min_value=1, max_value=50)


class SearchMatch(s.Serializer[Any]):
    place = s.CharField(source="label", help_text="What the schema calls the field.")
    text = s.CharField(source="text.text", help_text="The text around the words, masked for you.")
    marks = s.ListField(
        source="text.marks",
        child=s.ListField(child=s.IntegerField()),
        help_text="Where in `text` each word begins and ends, in characters.",
    )
    holds = s.CharField(help_text="From when on it holds, where its case type says; empty where not, or not for you.")


class SearchHit(s.Serializer[Any]):
    id = s.IntegerField()
    title = s.CharField(source="title.text")
    reference = s.CharField()
    state = s.CharField(help_text="The named state that people speak of.")
    closed = s.BooleanField()
    created = s.DateTimeField()
    group = s.ChoiceField(choices=list(GROUPS), help_text="Where the words stand.")
    matches = SearchMatch(many=True)


class SearchTask(s.Serializer[Any]):
    id = s.IntegerField()
    name = s.CharField(source="name.text")
    title = s.CharField(source="title.text", help_text="What its case is called.")
    who = s.CharField(help_text="Who has it; empty where nobody.")
    due = s.DateTimeField(allow_null=True)


class SearchColleague(s.Serializer[Any]):
    username = s.CharField()
    name = s.CharField(source="name.text")
    groups = s.CharField(source="groups.text")
    away = s.DateTimeField(allow_null=True, help_text="Until when they are out of office.")
    address = s.CharField(help_text="The page of their work; empty where you may not see it.")


class SearchPage(s.Serializer[Any]):
    name = s.CharField(source="name.text")
    address = s.CharField()


class SearchTag(s.Serializer[Any]):
    name = s.CharField(source="name.text")
    address = s.CharField(help_text="The list of cases that have it.")
    cases = s.IntegerField(help_text="How many of them you see, of the newest thousand with the tag.")


class SearchComment(s.Serializer[Any]):
    case = s.IntegerField()
    number = s.IntegerField(help_text="The event of the case's history that it was written with.")
    title = s.CharField(help_text="What its case is called.")
    who = s.CharField()
    at = s.DateTimeField()
    text = s.CharField(source="text.text", help_text="The text around the words, masked for you.")
    marks = s.ListField(source="text.marks", child=s.ListField(child=s.IntegerField()))


class SearchResult(s.Serializer[Any]):
    results = SearchHit(source="hits", many=True)
    next = s.CharField(source="following", help_text="`after` of the next page; empty on the last one.")
    all = s.BooleanField(help_text="Whether every case was looked at; if not, ask with more words.")
    nearly = s.BooleanField(help_text="Nothing has the words as they are; these have words one letter away.")
    tasks = SearchTask(many=True, help_text="Open ones of these cases, and yours by name; on the first page.")
    comments = SearchComment(many=True, help_text="The newest comments with all the words; on the first page.")
    tags = SearchTag(many=True, help_text="Tags that are these words; on the first page.")
    people = SearchColleague(many=True, help_text="Colleagues by name or group; on the first page.")
    pages = SearchPage(many=True, help_text="Pages that you may go to; on the first page.")


class SearchView(APIView):
    @described(
        "Search cases", {200: SearchResult}, 400, parameters=[SearchFilter],
        examples=(example("One case", EXAMPLE, "200"),),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The cases that you may see and that show you all the words, newest first: in reference, title and data, as
        far as you may read it in clear.

        With days (`holds_since`, `holds_until`) only words count in fields of which the case type says from when on
        they hold in the world, be they known here since when they may; and nothing else is looked for beside."""
        given = SearchFilter.query(request)
        trail.list_read(request, "search")
        user, now, asked = person(request), clock.utc_now(), given["q"]
        holds = Days(given["holds_since"], given["holds_until"])
        found = search(user=user, now=now, asked=asked, after=given["after"], limit=given["limit"], holds=holds)
        others = Beside() if given["after"] or holds else beside(user=user, now=now, asked=asked, found=found)
        if limited_to(user):
            others = replace(others, people=(), pages=(), tags=())
        return Response(SearchResult(_Answer(found, others)).data)


class _Answer:
    """Both as one."""

    def __init__(self, found: Found, others: Beside) -> None:
        self.hits, self.following, self.all, self.nearly = found.hits, found.following, found.all, found.nearly
        self.tasks, self.people, self.pages = others.tasks, others.people, others.pages
        self.tags, self.comments = others.tags, others.comments
