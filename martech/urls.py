"""Pages of martech."""

from django.urls import path

from martech.views import imports, people, routing

app_name = "martech"
urlpatterns = [
    path("people/", people.PersonList.as_view(), name="people"),
    path("people/new/", people.new_person, name="new-person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit_person, name="edit-person"),
    path("accounts/", people.AccountList.as_view(), name="accounts"),
    path("accounts/<int:pk>/", people.account, name="account"),
    path("deals/", people.DealList.as_view(), name="deals"),
    path("deals/<int:pk>/", people.deal, name="deal"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.batch, name="import"),
    path("imports/<int:pk>/step/", imports.step, name="import-step"),
    path("imports/<int:pk>/undo/", imports.undo, name="import-undo"),
    path("imports/<int:pk>/rejects/", imports.rejects, name="import-rejects"),
    path("routing/", routing.routing, name="routing"),
    path("routing/new/", routing.new_policy, name="new-policy"),
    path("routing/decisions/<int:pk>/", routing.decision, name="decision"),
    path("routing/<slug:key>/", routing.policy, name="policy"),
    path("routing/<slug:key>/draft/", routing.edit_policy, name="edit-policy"),
    path("routing/<slug:key>/publish/", routing.publish, name="publish-policy"),
    path("routing/<slug:key>/try/", routing.try_policy, name="try-policy"),
]
