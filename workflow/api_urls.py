"""API addresses of workflow, below /api/v1/."""

from django.urls import path

from workflow import api

urlpatterns = [
    path("workflow/forms/", api.FormsView.as_view(), name="forms"),
    path("workflow/requests/", api.RequestsView.as_view(), name="requests"),
    path("workflow/requests/<int:number>/", api.RequestView.as_view(), name="request"),
    path("workflow/requests/<int:number>/triage/", api.TriageView.as_view(), name="request-triage"),
]
