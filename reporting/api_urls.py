"""API addresses of reporting, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from reporting import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("reporting/metrics/", api.MetricList.as_view(), name="metrics"),
    path("reporting/metrics/<slug:key>/", api.MetricDetail.as_view(), name="metric"),
    path("reporting/metrics/<slug:key>/records/", api.MetricRecords.as_view(), name="metric-records"),
]
