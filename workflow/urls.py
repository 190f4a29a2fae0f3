"""Pages of workflow."""

from django.urls import path

from workflow.views import drafts, forms, requests

app_name = "workflow"
urlpatterns = [
    path("ask/", requests.ask, name="ask"),
    path("ask/similar/", requests.similar, name="similar"),
    path("ask/<slug:key>/", requests.ask_form, name="ask-form"),
    path("ask/<slug:key>/draft/", drafts.keep, name="keep-draft"),
    path("ask/<slug:key>/draft/drop/", drafts.drop, name="drop-draft"),
    path("forms/", forms.FormList.as_view(), name="forms"),
    path("forms/new/", forms.new_form, name="new-form"),
    path("forms/<slug:key>/", forms.form, name="form"),
    path("forms/<slug:key>/versions/<int:number>/", forms.version, name="form-version"),
    path("requests/", requests.RequestList.as_view(), name="requests"),
    path("requests/<int:number>/", requests.request_detail, name="request"),
    path("requests/<int:number>/triage/", requests.triage, name="triage"),
    path("requests/<int:number>/triage/options/", requests.merge_options, name="merge-options"),
    path("requests/<int:number>/comments/", requests.comment, name="comment"),
]
