"""Which address of the API answers what? All of them below `/api/`."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from casework.api import cases, reading, tasks
from casework.api.errors import unknown

urlpatterns: list[URLPattern] = [
    path("cases/", cases.CasesView.as_view(), name="api-cases"),
    path("cases/<number:case>/", reading.CaseView.as_view(), name="api-case"),
    path("cases/<number:case>/history/", reading.HistoryView.as_view(), name="api-case-history"),
    path("cases/<number:case>/verify/", reading.VerifyView.as_view(), name="api-case-verify"),
    path("cases/<number:case>/replies/", cases.RepliesView.as_view(), name="api-case-replies"),
    path("cases/<number:case>/reveal/", cases.RevealView.as_view(), name="api-case-reveal"),
    path("cases/<number:case>/plan/", cases.PlanView.as_view(), name="api-case-plan"),
    path("cases/<number:case>/items/<number:item>/", cases.ItemView.as_view(), name="api-case-item"),
    path("cases/<number:case>/change/", cases.ChangeView.as_view(), name="api-case-change"),
    path(
        "cases/<number:case>/incidents/<number:incident>/resolve/",
        cases.ResolveView.as_view(),
        name="api-incident-resolve",
    ),
    path("tasks/", tasks.TasksView.as_view(), name="api-tasks"),
    path("tasks/<number:task>/", tasks.TaskView.as_view(), name="api-task"),
    path("tasks/<number:task>/claim/", tasks.ClaimView.as_view(), name="api-task-claim"),
    path("tasks/<number:task>/release/", tasks.ReleaseView.as_view(), name="api-task-release"),
    path("tasks/<number:task>/complete/", tasks.CompleteView.as_view(), name="api-task-complete"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(template_name="api/docs.html"), name="api-docs"),
    re_path("", unknown, name="api-unknown"),
]
