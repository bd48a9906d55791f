"""Which address of the API answers what? All of them below `/api/`."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularAPIView

from casework.actors import registry_api as actors
from casework.actors import stops_api as stops
from casework.actors.api import workers
from casework.agents import proposals_api as proposals
from casework.agents import reports_api
from casework.agents.a2a import pushes_api as a2a_pushes
from casework.agents.a2a import views as a2a
from casework.cases.api import commands, fields, handoffs, incidents, reading
from casework.comments import api as comments
from casework.deadlines import api as deadlines
from casework.documents import api as documents
from casework.intake import api as intake
from casework.knowledge import api as knowledge
from casework.lists import marks_api
from casework.lists import views_api as views
from casework.people import api as people
from casework.people import decisions_api as decisions
from casework.people import token_api, unit_api
from casework.search import api as search
from casework.systems import api as systems
from casework.tasks import api, many_api
from casework.tasks import unit_api as case_units
from casework.web.api.errors import unknown
from casework.web.api.reference import api_docs

urlpatterns: list[URLPattern] = [
    path("cases/", intake.CasesView.as_view(), name="api-cases"),
    path("cases/documents/", intake.DocumentsView.as_view(), name="api-cases-documents"),
    path("cases/samples/", intake.SamplesView.as_view(), name="api-samples"),
    path("cases/<number:case>/", reading.CaseView.as_view(), name="api-case"),
    path("cases/<number:case>/history/", reading.HistoryView.as_view(), name="api-case-history"),
    path("cases/<number:case>/verify/", reading.VerifyView.as_view(), name="api-case-verify"),
    path("cases/<number:case>/replies/", commands.RepliesView.as_view(), name="api-case-replies"),
    path("cases/<number:case>/reveal/", commands.RevealView.as_view(), name="api-case-reveal"),
    path("cases/<number:case>/fields/", fields.FieldsView.as_view(), name="api-case-fields"),
    path("cases/<number:case>/plan/", commands.PlanView.as_view(), name="api-case-plan"),
    path("cases/<number:case>/items/<number:item>/", commands.ItemView.as_view(), name="api-case-item"),
    path("cases/<number:case>/change/", commands.ChangeView.as_view(), name="api-case-change"),
    path("cases/<number:case>/handoffs/", handoffs.HandoffsView.as_view(), name="api-case-handoffs"),
    path("cases/<number:case>/documents/", documents.DocumentsView.as_view(), name="api-case-documents"),
    path(
        "cases/<number:case>/documents/<number:document>/", documents.DocumentView.as_view(), name="api-case-document"
    ),
    path(
        "cases/<number:case>/documents/<number:document>/content/",
        documents.ContentView.as_view(),
        name="api-case-document-content",
    ),
    path("cases/<number:case>/copies/", systems.CopiesView.as_view(), name="api-case-copies"),
    path("cases/<number:case>/deadlines/", deadlines.DeadlinesView.as_view(), name="api-case-deadlines"),
    path("documents/labels/", documents.LabelsView.as_view(), name="api-document-labels"),
    path("cases/<number:case>/comments/", comments.CommentsView.as_view(), name="api-case-comments"),
    path("cases/<number:case>/comments/<number:number>/", comments.CommentView.as_view(), name="api-case-comment"),
    path(
        "cases/<number:case>/comments/<number:number>/withdraw/",
        comments.WithdrawView.as_view(),
        name="api-case-comment-withdraw",
    ),
    path("cases/<number:case>/tags/", marks_api.TagsView.as_view(), name="api-case-tags"),
    path("cases/<number:case>/follow/", marks_api.FollowView.as_view(), name="api-case-follow"),
    path("people/", people.PeopleView.as_view(), name="api-people"),
    path("people/<number:person>/", people.PersonView.as_view(), name="api-person"),
    path("people/<number:person>/switch/", people.PersonSwitchView.as_view(), name="api-person-switch"),
    path("access/v1/evaluation/", decisions.EvaluationView.as_view(), name="api-access-evaluation"),
    path("access/v1/evaluations/", decisions.EvaluationsView.as_view(), name="api-access-evaluations"),
    path("access/v1/search/subject/", decisions.SubjectsView.as_view(), name="api-access-subjects"),
    path("access/v1/search/resource/", decisions.ResourcesView.as_view(), name="api-access-resources"),
    path("access/v1/search/action/", decisions.ActionsView.as_view(), name="api-access-actions"),
    path("token/", token_api.TokenView.as_view(), name="api-token"),
    path("units/", unit_api.UnitsView.as_view(), name="api-units"),
    path("units/<number:unit>/", unit_api.UnitView.as_view(), name="api-unit"),
    path("cases/<number:case>/unit/", case_units.CaseUnitView.as_view(), name="api-case-unit"),
    path("groups/", people.GroupsView.as_view(), name="api-groups"),
    path("groups/<number:group>/", people.GroupView.as_view(), name="api-group"),
    path("search/", search.SearchView.as_view(), name="api-search"),
    path("knowledge/", knowledge.KnowledgeView.as_view(), name="api-knowledge"),
    path("proposals/", proposals.ProposalsView.as_view(), name="api-proposals"),
    path("proposals/<number:proposal>/", proposals.ProposalView.as_view(), name="api-proposal"),
    path("proposals/<number:proposal>/decide/", proposals.DecideView.as_view(), name="api-proposal-decide"),
    path("a2a/message:send", a2a.SendView.as_view(), name="api-a2a-send"),
    path("a2a/message:stream", a2a.StreamView.as_view(), name="api-a2a-stream"),
    path("a2a/tasks", a2a.TasksView.as_view(), name="api-a2a-tasks"),
    path("a2a/tasks/<number:case>", a2a.TaskView.as_view(), name="api-a2a-task"),
    path("a2a/tasks/<number:case>:subscribe", a2a.SubscribeView.as_view(), name="api-a2a-subscribe"),
    path("a2a/tasks/<number:case>:cancel", a2a.CancelView.as_view(), name="api-a2a-cancel"),
    path("a2a/tasks/<number:case>/pushNotificationConfigs", a2a_pushes.PushesView.as_view(), name="api-a2a-pushes"),
    path(
        "a2a/tasks/<number:case>/pushNotificationConfigs/<str:name>", a2a_pushes.PushView.as_view(), name="api-a2a-push"
    ),
    path("attention/", incidents.AttentionView.as_view(), name="api-attention"),
    path("cases/<number:case>/incidents/<number:incident>/", incidents.IncidentView.as_view(), name="api-incident"),
    path(
        "cases/<number:case>/incidents/<number:incident>/resolve/",
        incidents.ResolveView.as_view(),
        name="api-incident-resolve",
    ),
    path("tasks/", api.TasksView.as_view(), name="api-tasks"),
    path("tasks/many/", many_api.ManyView.as_view(), name="api-tasks-many"),
    path("tasks/<number:task>/", api.TaskView.as_view(), name="api-task"),
    path("tasks/<number:task>/claim/", api.ClaimView.as_view(), name="api-task-claim"),
    path("tasks/<number:task>/release/", api.ReleaseView.as_view(), name="api-task-release"),
    path("tasks/<number:task>/complete/", api.CompleteView.as_view(), name="api-task-complete"),
    path("views/", views.ViewsView.as_view(), name="api-views"),
    path("views/<number:view>/", views.ViewView.as_view(), name="api-view"),
    path("views/<number:view>/remove/", views.ViewRemoveView.as_view(), name="api-view-remove"),
    path("workers/runs/", reports_api.ReportView.as_view(), name="api-worker-run"),
    path("workers/fetch/", workers.FetchView.as_view(), name="api-worker-fetch"),
    path("workers/leases/<word:lease>/extend/", workers.ExtendView.as_view(), name="api-worker-extend"),
    path("workers/leases/<word:lease>/complete/", workers.CompleteView.as_view(), name="api-worker-complete"),
    path("workers/leases/<word:lease>/fail/", workers.FailView.as_view(), name="api-worker-fail"),
    path("workers/leases/<word:lease>/pictures/", workers.PicturesView.as_view(), name="api-worker-pictures"),
    path("workers/leases/<word:lease>/error/", workers.ErrorView.as_view(), name="api-worker-error"),
    path("actors/", actors.ActorsView.as_view(), name="api-actors"),
    path("actors/<slug:key>/", actors.ActorView.as_view(), name="api-actor"),
    path("actors/<slug:key>/switch/", actors.ActorSwitchView.as_view(), name="api-actor-switch"),
    path("actors/<slug:key>/versions/", actors.ActorVersionsView.as_view(), name="api-actor-versions"),
    path("actors/<slug:key>/versions/<number:version>/", actors.ActorVersionView.as_view(), name="api-actor-version"),
    path("actors/<slug:key>/versions/<number:version>/replay/", stops.ReplayView.as_view(), name="api-version-replay"),
    path("actors/<slug:key>/others/", stops.OthersView.as_view(), name="api-actor-others"),
    path("stops/", stops.StopsView.as_view(), name="api-stops"),
    path("stops/end/", stops.StopEndView.as_view(), name="api-stops-end"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", api_docs, name="api-docs"),
    re_path("", unknown, name="api-unknown"),
]
