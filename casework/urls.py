"""Which address answers what?"""

from django.urls import URLPattern, URLResolver, include, path

from casework import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include("casework.api.urls")),
]
