"""Where other systems send their webhooks: public addresses that a signature opens."""

from django.urls import path

from martech.views import hooks

urlpatterns = [path("<slug:name>/", hooks.receive, name="webhook")]
