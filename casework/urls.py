"""Which address answers what?"""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from casework import health, live
from casework.views import account, actors, case_actions, cases, history, inbox, models, rules, tasks

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.inbox, name="inbox"),
    path("live/", live.inbox_live, name="inbox-live"),
    path("login/", account.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("scheme/", account.scheme, name="scheme"),
    path("tasks/<number:task_id>/", tasks.task, name="task"),
    path("tasks/<number:task_id>/claim/", inbox.claim, name="task-claim"),
    path("tasks/<number:task_id>/release/", inbox.release, name="task-release"),
    path("tasks/<number:task_id>/complete/", tasks.complete, name="task-complete"),
    path("cases/", cases.cases, name="cases"),
    path("cases/new/<slug:key>/", cases.case_new, name="case-new"),
    path("cases/<number:case_id>/", cases.case, name="case"),
    path("cases/<number:case_id>/live/", live.case_live, name="case-live"),
    path("cases/<number:case_id>/history/", history.history, name="history"),
    path("cases/<number:case_id>/verify/", case_actions.verify_history, name="case-verify"),
    path("cases/<number:case_id>/reveal/", case_actions.reveal, name="case-reveal"),
    path("cases/<number:case_id>/plan/", case_actions.plan, name="case-plan"),
    path("cases/<number:case_id>/items/<number:number>/", case_actions.item, name="case-item"),
    path("cases/<number:case_id>/change/", case_actions.change, name="case-change"),
    path("cases/<number:case_id>/receive/<str:item>/", case_actions.receive, name="case-receive"),
    path("cases/<number:case_id>/incidents/<number:number>/", case_actions.incident, name="case-incident"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<number:definition_id>/", rules.rules_version, name="rules-version"),
    path("rules/<number:definition_id>/<str:table_id>/", rules.rules_edit, name="rules-edit"),
    path("models/import/", models.model_import, name="model-import"),
    path("models/import/<number:proposal_id>/", models.proposal, name="model-proposal"),
    path("models/<number:definition_id>/", models.models, name="models"),
    path("models/<number:definition_id>/download/", models.download, name="models-download"),
    path("actors/", actors.actors, name="actors"),
    path("actors/<slug:key>/switch/", actors.actor_switch, name="actor-switch"),
    path("actors/<slug:key>/versions/<number:version_id>/activate/", actors.model_activate, name="model-activate"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include("casework.api.urls")),
]

handler400 = "casework.views.errors.bad_request"
handler403 = "casework.views.errors.denied"
handler404 = "casework.views.errors.missing"
handler500 = "casework.views.errors.failed"
