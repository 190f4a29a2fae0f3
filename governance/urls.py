"""Pages of governance."""

from django.urls import path

from governance.views import consent, history, inbox, naming, profile, suppression, users

app_name = "governance"
urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:pk>/", inbox.open_line, name="inbox-line"),
    path("inbox/read/", inbox.mark_read, name="inbox-read"),
    path("profile/", profile.profile, name="profile"),
    path("profile/notices/", profile.notices, name="profile-notices"),
    path("profile/tokens/<int:pk>/revoke/", profile.revoke, name="revoke-token"),
    path("history/<str:label>/<str:pk>/", history.history, name="history"),
    path("consent/", consent.consent, name="consent"),
    path("consent/purposes/new/", consent.new_purpose, name="new-purpose"),
    path("consent/purposes/<slug:key>/", consent.purpose, name="purpose"),
    path("suppression/", suppression.SuppressionList.as_view(), name="suppressions"),
    path("suppression/add/", suppression.add, name="suppress"),
    path("suppression/<int:pk>/", suppression.entry, name="lift"),
    path("suppression/<int:pk>/lift/", suppression.lift_entry, name="lift-suppression"),
    path("naming/", naming.naming, name="naming"),
    path("naming/<slug:kind>/", naming.rule, name="naming-rule"),
    path("naming/<slug:kind>/preview/", naming.preview, name="naming-preview"),
    path("naming/<slug:kind>/publish/", naming.publish, name="naming-publish"),
    path("naming/<slug:kind>/discard/", naming.discard, name="naming-discard"),
    path("users/", users.UserList.as_view(), name="users"),
    path("users/new/", users.new_user, name="new-user"),
    path("users/<int:pk>/", users.user, name="user"),
]
