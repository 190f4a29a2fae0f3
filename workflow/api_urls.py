"""API addresses of workflow, below /api/v1/."""

from django.urls import path

from workflow import api, draft_api

urlpatterns = [
    path("workflow/forms/", api.FormsView.as_view(), name="forms"),
    path("workflow/drafts/", draft_api.DraftsView.as_view(), name="drafts"),
    path("workflow/drafts/<slug:key>/", draft_api.DraftView.as_view(), name="draft"),
    path("workflow/drafts/<slug:key>/send/", draft_api.SendDraftView.as_view(), name="draft-send"),
    path("workflow/requests/", api.RequestsView.as_view(), name="requests"),
    path("workflow/requests/<int:number>/", api.RequestView.as_view(), name="request"),
    path("workflow/requests/<int:number>/triage/", api.TriageView.as_view(), name="request-triage"),
]
