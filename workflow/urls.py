"""Pages of workflow."""

from django.urls import path

from workflow import views

app_name = "workflow"
urlpatterns = [
    path("ask/", views.ask, name="ask"),
    path("ask/similar/", views.similar, name="similar"),
    path("ask/<slug:key>/", views.ask_form, name="ask-form"),
    path("requests/", views.RequestList.as_view(), name="requests"),
    path("requests/<int:number>/", views.request_detail, name="request"),
    path("requests/<int:number>/triage/", views.triage, name="triage"),
    path("requests/<int:number>/comments/", views.comment, name="comment"),
]
