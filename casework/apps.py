"""Which Django app shows people their cases?"""

from django.apps import AppConfig
from django.conf import settings


class CaseworkConfig(AppConfig):
    name = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import register_converter

        from orchestration.ground.left_out import left_out

        with left_out("requests", "pygments"):  # of a client for tests, and of pages for browsers: there are none
            import rest_framework.compat  # noqa: F401

        from casework import wiring
        from casework.web.converters import NumberConverter, WordConverter
        from orchestration.ground.tracing import trace_over_http

        wiring.hang_in()
        if settings.TRACES:
            trace_over_http("casewright")
        register_converter(NumberConverter, "number")
        register_converter(WordConverter, "word")
