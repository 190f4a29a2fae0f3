"""Pages of martech."""

from django.urls import path

from martech.views import board, decisions, imports, merging, people, policy_edit, routing

app_name = "martech"
urlpatterns = [
    path("people/", people.PersonList.as_view(), name="people"),
    path("people/new/", people.new_person, name="new-person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit_person, name="edit-person"),
    path("people/<int:pk>/merge/", merging.merge, name="merge-person"),
    path("people/merges/<int:pk>/undo/", merging.undo, name="undo-merge"),
    path("people/merge-rules/", merging.rules, name="merge-rules"),
    path("accounts/", people.AccountList.as_view(), name="accounts"),
    path("accounts/<int:pk>/", people.account, name="account"),
    path("deals/", people.DealList.as_view(), name="deals"),
    path("deals/<int:pk>/", people.deal, name="deal"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.batch, name="import"),
    path("imports/<int:pk>/step/", imports.step, name="import-step"),
    path("imports/<int:pk>/undo/", imports.undo, name="import-undo"),
    path("imports/<int:pk>/rejects/", imports.rejects, name="import-rejects"),
    path("people/<int:pk>/assign/", routing.assign, name="assign"),
    path("routing/", routing.policies, name="routing"),
    path("people/<int:pk>/respond/", board.respond, name="respond"),
    path("routing/board/", board.board, name="board"),
    path("routing/outlook/", board.outlook, name="outlook"),
    path("routing/new/", routing.new_policy, name="new-policy"),
    path("routing/route/", routing.route_everybody, name="route-everybody"),
    path("routing/decisions/", decisions.DecisionList.as_view(), name="decisions"),
    path("routing/decisions/<int:pk>/", routing.decision, name="decision"),
    path("routing/<slug:key>/", routing.policy, name="policy"),
    path("routing/<slug:key>/publish/", routing.publish, name="publish-policy"),
    path("routing/<slug:key>/discard/", routing.discard, name="discard-draft"),
    path("routing/<slug:key>/try/", routing.try_lead, name="try-policy"),
    path("routing/<slug:key>/replay/", routing.replay, name="replay-policy"),
    path("routing/<slug:key>/export/", routing.export, name="export-policy"),
    path("routing/<slug:key>/text/", policy_edit.text, name="edit-policy"),
    path("routing/<slug:key>/settings/", policy_edit.settings, name="policy-settings"),
    path("routing/<slug:key>/rules/new/", policy_edit.rule, name="new-rule"),
    path("routing/<slug:key>/rules/<int:number>/", policy_edit.rule, name="edit-rule"),
    path("routing/<slug:key>/rules/<int:number>/change/", policy_edit.change_rule, name="change-rule"),
    path("routing/<slug:key>/rules/<int:number>/leads/", routing.RuleLeads.as_view(), name="rule-leads"),
    path("routing/<slug:key>/pools/new/", policy_edit.pool, name="new-pool"),
    path("routing/<slug:key>/pools/<str:pool>/", policy_edit.pool, name="edit-pool"),
    path("routing/<slug:key>/pools/<str:pool>/remove/", policy_edit.remove_pool, name="remove-pool"),
]
