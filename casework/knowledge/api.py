"""Which call says what the knowledge base knows of a question?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.cases.api.rendering import person
from casework.cases.api.requests import Sent
from casework.cases.api.shapes import Shape
from casework.knowledge.views import MOST_FOUND, reader_of
from casework.web.api.docs import described, example
from orchestration.knowledge.search import find

FOUND: Final = {"results": [{
    "document": 4, "name": "Refunds", "heading": "Within how many days?", "text": "Within 14 days of the receipt.",
    "passage": 31, "near": 0.71,
}]}  # fmt: skip


class Question(Sent):
    q = s.CharField(max_length=1000, help_text="A question or words, as you would ask a colleague.")
    limit = s.IntegerField(required=False, default=5, min_value=1, max_value=MOST_FOUND)
    base = s.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="The knowledge base to look into, with what is in none.",
    )


class PassageShape(Shape):
    document = s.IntegerField()
    name = s.CharField(help_text="What the document is called.")
    heading = s.CharField()
    text = s.CharField()
    passage = s.IntegerField(source="id")
    near = s.FloatField(help_text="How near its meaning is to the question, to 1.")


class PassageList(s.Serializer[Any]):
    results = PassageShape(many=True)


class KnowledgeView(APIView):
    @described(
        "Search knowledge", {200: PassageList}, 400, parameters=[Question], examples=(example("One", FOUND, "200"),)
    )
    def get(self, request: Request) -> Response:
        """Passages of the documents that you may read, the best first."""
        given = Question.query(request)
        reader = replace(reader_of(person(request)), base=given["base"].replace("\0", ""))
        found = find(given["q"].replace("\0", ""), reader, given["limit"])
        return Response(PassageList({"results": found}).data)
