"""The tracking endpoint below /cdp/: public addresses that a write key opens."""

from django.urls import path

from martech.views import tracking_intake

urlpatterns = [path("v1/<slug:kind>", tracking_intake.receive, name="tracking")]
