"""Which address of the API answers what? All of them below `/api/`."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from casework.api import cases, reading, tasks
from casework.api.errors import unknown

urlpatterns: list[URLPattern] = [
    path("cases/", cases.CasesView.as_view(), name="api-cases"),
    path("cases/<int:case>/", reading.CaseView.as_view(), name="api-case"),
    path("cases/<int:case>/history/", reading.HistoryView.as_view(), name="api-case-history"),
    path("cases/<int:case>/verify/", reading.VerifyView.as_view(), name="api-case-verify"),
    path("cases/<int:case>/replies/", cases.RepliesView.as_view(), name="api-case-replies"),
    path("cases/<int:case>/reveal/", cases.RevealView.as_view(), name="api-case-reveal"),
    path("cases/<int:case>/plan/", cases.PlanView.as_view(), name="api-case-plan"),
    path(
        "cases/<int:case>/incidents/<int:incident>/resolve/", cases.ResolveView.as_view(), name="api-incident-resolve"
    ),
    path("tasks/", tasks.TasksView.as_view(), name="api-tasks"),
    path("tasks/<int:task>/", tasks.TaskView.as_view(), name="api-task"),
    path("tasks/<int:task>/claim/", tasks.ClaimView.as_view(), name="api-task-claim"),
    path("tasks/<int:task>/release/", tasks.ReleaseView.as_view(), name="api-task-release"),
    path("tasks/<int:task>/complete/", tasks.CompleteView.as_view(), name="api-task-complete"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(template_name="api/docs.html"), name="api-docs"),
    re_path("", unknown, name="api-unknown"),
]
