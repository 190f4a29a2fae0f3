"""Every address of mops: pages by area, the API below /api/v1/, sign-in, admin, health."""

from django.contrib import admin
from django.urls import include, path

from mops import views
from mops.core import health, pages, search

urlpatterns = [
    path("", views.home, name="home"),
    path("first-steps/", views.first_steps, name="first-steps"),
    path("first-steps/form/", views.first_form, name="first-form"),
    path("due/", views.due, name="due"),
    path("due/run-again/", views.run_again, name="run-again"),
    path("planning/", include("planning.urls")),
    path("workflow/", include("workflow.urls")),
    path("martech/", include("martech.urls")),
    path("cdp/", include("martech.tracking_urls")),
    path("hooks/", include("martech.hook_urls")),
    path("reporting/", include("reporting.urls")),
    path("governance/", include("governance.urls")),
    path("api/v1/", include("mops.api_urls")),
    path("search/", search.palette, name="palette"),
    path("preferences/", pages.preferences, name="preferences"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "mops.core.pages.handler400"
handler403 = "mops.core.pages.handler403"
handler404 = "mops.core.pages.handler404"
handler500 = "mops.core.pages.handler500"
