"""Which address answers what?"""

from django.urls import URLPattern, URLResolver, include, path

from casework.access import views as account
from casework.access.desk import desk
from casework.access.passwords import PasswordLink
from casework.access.second_step import second
from casework.account import provider_views, saml_views
from casework.account.views import forgotten
from casework.actors import card_views as actor_cards
from casework.actors import connectors, demo_faults, golden, hosts, pictures, prompt_views, tool_servers
from casework.actors import stop_views as actor_stops
from casework.actors import token_views as actor_tokens
from casework.actors import version_views as actor_versions
from casework.actors import views as actors
from casework.actors.ledger import budget_pages, measure_pages
from casework.actors.ledger import views as ledger
from casework.agents import links, share_views, worth
from casework.agents import tower_views as tower
from casework.agents import views as agents
from casework.agents.a2a.card import card as agent_card
from casework.asking import views as asking
from casework.cases.list_live import cases_live
from casework.cases.live import case_live
from casework.cases.views import actions, attention, editing, glass, handoffs, history, incidents, listing, pages, stuck
from casework.cases.views import review as case_reviews
from casework.cases.waiting_live import waiting_live
from casework.comments import views as comments
from casework.deadlines import views as deadlines
from casework.documents import views as documents
from casework.drafts import views as drafts
from casework.erasure import copy_views
from casework.erasure import views as erasure
from casework.events import views as events
from casework.events.hook import hook
from casework.explaining import views as explaining
from casework.governance import register_page
from casework.governance import views as governance
from casework.governance.review_views import reviews
from casework.intake import views as intake
from casework.knowledge import views as knowledge
from casework.lists import marks_views
from casework.lists import pages as saved_views
from casework.people import (
    decisions_api,
    group_views,
    matrix,
    principal_views,
    shared_view_pages,
    sign_in_views,
    unit_views,
    who_views,
)
from casework.people import views as people
from casework.proof import views as proof
from casework.proof.controls import views as controls
from casework.scim import views as scim
from casework.search import views as search
from casework.studio.views import models, rules, texts, words
from casework.systems import views as systems
from casework.tasks.board_live import board_live
from casework.tasks.live import inbox_live
from casework.tasks.views import away, board, delegating, following, giving, inbox, many, tasks, unit
from casework.viewing import views as viewing
from casework.web import catalogue, health, help, metrics, notices

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.inbox, name="inbox"),
    path("live/", inbox_live, name="inbox-live"),
    path("login/", account.SignIn.as_view(), name="login"),
    path("login/second/", second, name="login-second"),
    path("login/provider/", provider_views.begin, name="login-provider"),
    path("login/provider/back/", provider_views.back, name="login-provider-back"),
    path("login/provider/ended/", provider_views.ended_there, name="login-provider-ended"),
    path("login/saml/", saml_views.begin, name="login-saml"),
    path("login/saml/back/", saml_views.back, name="login-saml-back"),
    path("login/saml/in/", saml_views.come_in, name="login-saml-in"),
    path("login/saml/out/", saml_views.ended_there, name="login-saml-out"),
    path("login/saml/metadata/", saml_views.metadata, name="login-saml-metadata"),
    path("logout/", saml_views.sign_out, name="logout"),
    path("password/forgotten/", forgotten, name="password-forgotten"),
    path("account/", include("casework.account.urls")),
    path("password/<word:uidb64>/<word:token>/", PasswordLink.as_view(), name="password-link"),
    path("people/", people.people_list, name="people"),
    path("people/download/", people.people_download, name="people-download"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/views/", shared_view_pages.views, name="people-views"),
    path("people/views/<number:view_id>/", shared_view_pages.view, name="people-view"),
    path("people/who/", who_views.who_sees, name="people-who"),
    path("people/matrix/", matrix.matrix, name="people-matrix"),
    path("people/matrix/download/", matrix.matrix_download, name="people-matrix-download"),
    path("people/groups/", group_views.groups, name="people-groups"),
    path("people/groups/<number:group_id>/", group_views.group, name="people-group"),
    path("people/units/", unit_views.units, name="people-units"),
    path("people/units/<number:unit_id>/", unit_views.unit, name="people-unit"),
    path("people/sign-in/", sign_in_views.sign_in, name="people-sign-in"),
    path("people/services/", principal_views.services, name="people-services"),
    path("people/services/<number:service_id>/", principal_views.service, name="people-service"),
    path("people/services/<number:service_id>/secret/", principal_views.service_secret, name="people-service-secret"),
    path("people/changes/<number:proposal_id>/", people.rights_decide, name="rights-decide"),
    path("people/<number:person_id>/", people.person_page, name="person"),
    path("people/<number:person_id>/link/", people.person_link, name="person-link"),
    path("people/<number:person_id>/second/", people.person_second, name="person-second"),
    path("people/<number:person_id>/tokens/<number:token>/", people.person_token, name="person-token"),
    path("scheme/", account.scheme, name="scheme"),
    path("away/", away.away, name="away"),
    path("today/", governance.today, name="today"),
    path("reviews/", reviews, name="reviews"),
    path("view-as/", viewing.view_as, name="view-as"),
    path("view-as/end/", viewing.view_as_end, name="view-as-end"),
    path("delegations/", delegating.delegations, name="delegations"),
    path("delegations/<number:number>/end/", delegating.delegation_end, name="delegation-end"),
    path("giving/", giving.giving, name="giving"),
    path("board/", board.board_page, name="board"),
    path("board/live/", board_live, name="board-live"),
    path("desk/", desk, name="desk"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("tasks/many/", many.many, name="tasks-many"),
    path("tasks/next/", following.open_next, name="task-next"),
    path("tasks/<number:task_id>/", tasks.task, name="task"),
    path("tasks/<number:task_id>/now/", tasks.task_now, name="task-now"),
    path("tasks/<number:task_id>/preview/", tasks.task_preview, name="task-preview"),
    path("tasks/<number:task_id>/claim/", inbox.claim, name="task-claim"),
    path("tasks/<number:task_id>/release/", inbox.release, name="task-release"),
    path("tasks/<number:task_id>/complete/", tasks.complete, name="task-complete"),
    path("views/", saved_views.views, name="views"),
    path("views/<number:view_id>/", saved_views.view, name="view"),
    path("drafts/", drafts.keep, name="drafts"),
    path("attention/", attention.attention, name="attention"),
    path("waiting/live/", waiting_live, name="waiting-live"),
    path("search/", search.search_page, name="search"),
    path("cases/", listing.cases, name="cases"),
    path("cases/live/", cases_live, name="cases-live"),
    path("tags/", marks_views.tags_all, name="tags"),
    path("following/", marks_views.following, name="following"),
    path("contests/", explaining.contests, name="contests"),
    path("contests/<number:contest_id>/", explaining.contest, name="contest"),
    path("cases/<number:case_id>/decisions/<number:sequence>/letter/", explaining.case_letter, name="case-letter"),
    path("cases/<number:case_id>/letters/<number:number>/", explaining.case_letter_sent, name="case-letter-sent"),
    path("cases/<number:case_id>/decisions/<number:sequence>/contest/", explaining.case_contest, name="case-contest"),
    path("glass/", glass.glass_list, name="glass"),
    path("glass/new/", glass.glass_new, name="glass-new"),
    path("glass/<number:glass_id>/review/", glass.glass_judge, name="glass-review"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("calendars/", deadlines.calendars, name="calendars"),
    path("calendars/new/", deadlines.calendar, name="calendar-new"),
    path("calendars/<slug:key>/", deadlines.calendar, name="calendar"),
    path("cases/<number:case_id>/deadlines/<slug:key>/", deadlines.deadline, name="case-deadline"),
    path("comments/", comments.told, name="comments-told"),
    path("cases/<number:case_id>/comments/", comments.comments, name="case-comments"),
    path("cases/<number:case_id>/comments/people/", comments.people, name="case-comment-people"),
    path("cases/<number:case_id>/comments/<number:number>/", comments.comment, name="case-comment"),
    path("cases/<number:case_id>/comments/<number:number>/edit/", comments.edit, name="case-comment-edit"),
    path("cases/<number:case_id>/comments/<number:number>/withdraw/", comments.withdraw, name="case-comment-withdraw"),
    path("cases/<number:case_id>/tags/", marks_views.tags, name="case-tags"),
    path("cases/<number:case_id>/follow/", marks_views.follow, name="case-follow"),
    path("systems/", systems.systems, name="systems"),
    path("cases/<number:case_id>/copies/", systems.copies, name="case-copies"),
    path("cases/<number:case_id>/copies/change/", systems.change, name="case-copy-change"),
    path("cases/stuck/", stuck.stuck_page, name="cases-stuck"),
    path("cases/samples/", intake.samples, name="case-samples"),
    path("cases/new/<slug:key>/", intake.case_new, name="case-new"),
    path("cases/<number:case_id>/", pages.case, name="case"),
    path("cases/<number:case_id>/data/", pages.case, {"place": "data"}, name="case-data"),
    path("cases/<number:case_id>/golden/", golden.case_golden, name="case-golden"),
    path("cases/<number:case_id>/ask/", asking.case_asking, name="case-ask"),
    path("cases/<number:case_id>/unit/", unit.case_unit, name="case-unit"),
    path("cases/<number:case_id>/people/", pages.case, {"place": "people"}, name="case-people"),
    path("cases/<number:case_id>/review/", case_reviews.case_review, name="case-review"),
    path("cases/<number:case_id>/edit/", editing.edit, name="case-edit"),
    path("cases/<number:case_id>/decisions/", pages.case, {"place": "decisions"}, name="case-decisions"),
    path("cases/<number:case_id>/documents/", documents.case_documents, name="case-documents"),
    path("cases/<number:case_id>/documents/<number:document_id>/", documents.document, name="case-document"),
    path(
        "cases/<number:case_id>/documents/<number:document_id>/fields/<slug:name>/",
        documents.field,
        name="case-document-field",
    ),
    path(
        "cases/<number:case_id>/documents/<number:document_id>/content/",
        documents.content,
        name="case-document-content",
    ),
    path("cases/<number:case_id>/documents/<number:document_id>/sound/", documents.sound, name="case-document-sound"),
    path(
        "cases/<number:case_id>/documents/<number:document_id>/pages/<number:page>/<number:width>/",
        documents.page_picture,
        name="case-document-page",
    ),
    path("cases/<number:case_id>/live/", case_live, name="case-live"),
    path("cases/<number:case_id>/history/", history.history, name="history"),
    path("cases/<number:case_id>/decisions/<number:sequence>/", proof.why, name="case-why"),
    path("cases/<number:case_id>/evidence/", proof.evidence, name="case-evidence"),
    path("cases/<number:case_id>/hold/", erasure.case_hold, name="case-hold"),
    path("cases/<number:case_id>/then/", proof.then, name="case-then"),
    path("cases/<number:case_id>/pdf/", proof.pdf, name="case-pdf"),
    path("cases/<number:case_id>/pictures/<word:name>/", pictures.picture, name="case-picture"),
    path("cases/<number:case_id>/jobs/<number:job>/steps/", pictures.bot_steps, name="case-bot-steps"),
    path("cases/<number:case_id>/verify/", actions.verify_history, name="case-verify"),
    path("cases/<number:case_id>/reveal/", actions.reveal, name="case-reveal"),
    path("agents/", tower.agents, name="agents"),
    path("agents/<number:run_id>/", tower.run, name="agent-run"),
    path("agents/<number:run_id>/stop/", tower.stop, name="agent-run-stop"),
    path("cases/<number:case_id>/links/", links.links, name="case-links"),
    path("approvals/", agents.waiting, name="proposals"),
    path("cases/<number:case_id>/proposals/<number:proposal_id>/", agents.proposal, name="case-proposal"),
    path("cases/<number:case_id>/proposals/<number:proposal_id>/undo/", agents.undo, name="case-proposal-undo"),
    path("cases/<number:case_id>/plan/", actions.plan, name="case-plan"),
    path("cases/<number:case_id>/items/<number:number>/", actions.item, name="case-item"),
    path("cases/<number:case_id>/change/", actions.change, name="case-change"),
    path("cases/<number:case_id>/receive/<word:item>/", actions.receive, name="case-receive"),
    path("cases/<number:case_id>/handoffs/", handoffs.inspector, name="case-handoffs"),
    path("cases/<number:case_id>/incidents/<number:number>/", incidents.incident, name="case-incident"),
    path("cases/<number:case_id>/incidents/<number:number>/decide/", incidents.trouble, name="case-trouble"),
    path("events/", events.events, name="events"),
    path("events/inlets/new/", events.inlet_new, name="inlet-new"),
    path("events/inlets/<slug:key>/switch/", events.inlet_switch, name="inlet-switch"),
    path("events/subscribers/new/", events.subscriber_new, name="subscriber-new"),
    path("events/subscribers/<slug:key>/", events.subscriber, name="subscriber"),
    path("events/subscribers/<slug:key>/switch/", events.subscriber_switch, name="subscriber-switch"),
    path("events/subscribers/<slug:key>/again/", events.send_again, name="events-again"),
    path("hooks/<slug:key>/", hook, name="hook"),
    path("rules/", rules.rules, name="rules"),
    path("rules/texts/", texts.texts, name="rules-texts"),
    path("rules/<number:definition_id>/", rules.rules_version, name="rules-version"),
    path("rules/<number:definition_id>/<word:table_id>/", rules.rules_edit, name="rules-edit"),
    path("models/import/", models.model_import, name="model-import"),
    path("models/import/<number:proposal_id>/", models.proposal, name="model-proposal"),
    path("models/words/", words.words, name="model-words"),
    path("models/words/<number:case_id>/", words.words_run, name="model-words-run"),
    path("models/<number:definition_id>/", models.models, name="models"),
    path("models/<number:definition_id>/download/", models.download, name="models-download"),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/<number:document_id>/", knowledge.knowledge_document, name="knowledge-document"),
    path(
        "knowledge/<number:document_id>/withdraw/",
        knowledge.knowledge_document_withdraw,
        name="knowledge-document-withdraw",
    ),
    path("actors/", actors.actors, name="actors"),
    path("actors/capabilities/", actors.capabilities, name="capabilities"),
    path("actors/hosts/", hosts.hosts, name="hosts"),
    path("actors/hosts/<number:host_id>/remove/", hosts.host_remove, name="host-remove"),
    path("actors/connectors/new/", connectors.connector_new, name="connector-new"),
    path("actors/connectors/tools/", tool_servers.connector_tools, name="connector-tools"),
    path("actors/connectors/openapi/", connectors.connector_openapi, name="connector-openapi"),
    path("actors/new/", actor_stops.actor_new, name="actor-new"),
    path("actors/demo-faults/", demo_faults.demo_faults, name="demo-faults"),
    path("actors/stop/", actor_stops.stop, name="actors-stop"),
    path("actors/stop/end/", actor_stops.stop_end, name="actors-stop-end"),
    path("actors/golden/", golden.golden_cases, name="golden-cases"),
    path("actors/prompts/", prompt_views.prompts, name="prompts"),
    path("actors/prompts/<word:capability>/", prompt_views.prompt, name="prompt"),
    path("actors/<slug:key>/", actors.actor, name="actor"),
    path("actors/<slug:key>/health/", connectors.actor_health, name="actor-health"),
    path("actors/<slug:key>/card/", actor_cards.actor_card, name="actor-card"),
    path("actors/<slug:key>/others/", actor_stops.actor_others, name="actor-others"),
    path("actors/<slug:key>/tokens/", actor_tokens.worker_tokens, name="worker-tokens"),
    path(
        "actors/<slug:key>/tokens/<number:token>/revoke/", actor_tokens.worker_token_revoke, name="worker-token-revoke"
    ),
    path("actors/<slug:key>/switch/", actors.actor_switch, name="actor-switch"),
    path("actors/<slug:key>/retry/", actors.actor_retry, name="actor-retry"),
    path("actors/<slug:key>/versions/new/", actor_versions.version_new, name="actor-version-new"),
    path("actors/<slug:key>/versions/<number:version_id>/", actor_versions.version, name="actor-version"),
    path("actors/<slug:key>/versions/<number:version_id>/step/", actor_versions.version_step, name="version-step"),
    path(
        "actors/<slug:key>/versions/<number:version_id>/replay/", actor_versions.version_replay, name="version-replay"
    ),
    path("actors/<slug:key>/versions/<number:version_id>/file/", actor_versions.version_file, name="version-file"),
    path("actors/<slug:key>/versions/<number:version_id>/passport/", golden.passport_page, name="version-passport"),
    path("actors/<slug:key>/versions/<number:version_id>/activate/", actors.model_activate, name="model-activate"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/calls/<number:number>/", ledger.call, name="ledger-call"),
    path("ledger/rates/<number:group_id>/", ledger.rate, name="ledger-rate"),
    path("ledger/measures/", measure_pages.measures, name="measures"),
    path("ledger/measures/<slug:key>/", measure_pages.actor_measures, name="actor-measures"),
    path("ledger/budgets/", budget_pages.budgets, name="budgets"),
    path("help/", help.help_index, name="help"),
    path("help/licences/", notices.notices_page, name="notices"),
    path("help/licences/<slug:system>/<path:name>/", notices.notice_page, name="notice"),
    path("help/<path:name>/", help.help_page, name="help-page"),
    path("changes/", governance.controls, name="controls"),
    path("changes/access/", governance.access, name="access"),
    path("changes/registers/", register_page.register, name="register"),
    path("changes/registers/<slug:key>/<slug:form>/download/", register_page.event_log, name="event-log"),
    path("changes/controls/", controls.liveness, name="liveness"),
    path("changes/approvals/", worth.worth, name="approvals-worth"),
    path("changes/approvals/shares/", share_views.shares_of, name="approvals-shares"),
    path("changes/proof/", governance.proof, name="proof"),
    path("changes/proof/verifier.py", governance.verifier, name="verifier"),
    path("changes/keeping/", erasure.keeping, name="keeping"),
    path("changes/keeping/person/", erasure.keeping_person, name="keeping-person"),
    path("changes/keeping/copy/", copy_views.keeping_copy, name="keeping-copy"),
    path("changes/keeping/rules/<slug:key>/", erasure.keeping_rule, name="keeping-rule"),
    path("changes/keeping/rules/<slug:key>/due/", erasure.keeping_due, name="keeping-due"),
    path("changes/keeping/orders/<number:order_id>/", erasure.keeping_order, name="keeping-order"),
    path("scim/v2/", scim.DirectoryView.as_view(), name="scim-root"),
    path("scim/v2/<path:rest>", scim.DirectoryView.as_view(), name="scim"),
    path("metrics", metrics.metrics, name="metrics"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(".well-known/agent-card.json", agent_card, name="agent-card"),
    path(".well-known/authzen-configuration", decisions_api.metadata, name="authzen"),
    path("api/", include("casework.api_urls")),
]

handler400 = "casework.web.errors.bad_request"
handler403 = "casework.web.errors.denied"
handler404 = "casework.web.errors.missing"
handler500 = "casework.web.errors.failed"
