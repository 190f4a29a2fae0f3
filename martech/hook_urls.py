"""Where other systems send their webhooks: public addresses that a signature opens."""

from django.urls import path

from martech.views import hooks

urlpatterns = [
    path("<slug:name>/", hooks.receive, name="webhook"),
    # Who sends does not follow a redirect, and the address was typed by hand over there.
    path("<slug:name>", hooks.receive, name="webhook-without-slash"),
]
