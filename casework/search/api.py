"""Which call finds cases by what stands in them?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import trail
from casework.cases.api.rendering import person
from casework.cases.api.requests import AfterField, Sent
from casework.search.find import GROUPS, PAGE, search
from casework.search.views import LONGEST
from casework.web.api.docs import described, example
from orchestration.ground import clock

EXAMPLE = {
    "results": [{
        "id": 17, "title": "Complaint CRM-20417", "reference": "CRM-20417", "state": "Pending review", "closed": False,
        "created": "2026-11-21T09:30:00Z", "group": "words",
        "matches": [{"place": "Message", "text": "I was charged twice.", "marks": [[6, 13]]}],
    }],
    "next": "", "all": True, "nearly": False,
}  # fmt: skip


class SearchFilter(Sent):
    q = s.CharField(
        max_length=LONGEST,
        help_text="Words: each finds what begins with it, in whatever letters and accents; all have to be there.",
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


class SearchHit(s.Serializer[Any]):
    id = s.IntegerField()
    title = s.CharField(source="title.text")
    reference = s.CharField()
    state = s.CharField(help_text="The named state that people speak of.")
    closed = s.BooleanField()
    created = s.DateTimeField()
    group = s.ChoiceField(choices=list(GROUPS), help_text="Where the words stand.")
    matches = SearchMatch(many=True)


class SearchResult(s.Serializer[Any]):
    results = SearchHit(source="hits", many=True)
    next = s.CharField(source="following", help_text="`after` of the next page; empty on the last one.")
    all = s.BooleanField(help_text="Whether every case was looked at; if not, ask with more words.")
    nearly = s.BooleanField(help_text="Nothing has the words as they are; these have words one letter away.")


class SearchView(APIView):
    @described(
        "Search cases", {200: SearchResult}, 400, parameters=[SearchFilter],
        examples=(example("One case", EXAMPLE, "200"),),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The cases that you may see and that show you all the words, newest first: in reference, title and data, as
        far as you may read it in clear."""
        given = SearchFilter.query(request)
        trail.list_read(request, "search")
        found = search(
            user=person(request), now=clock.utc_now(), asked=given["q"], after=given["after"], limit=given["limit"]
        )
        return Response(SearchResult(found).data)
