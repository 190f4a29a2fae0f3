"""API addresses of planning, below /api/v1/."""

from django.urls import path

from planning import api, rate_api

urlpatterns = [
    path("planning/campaigns/", api.CampaignsView.as_view(), name="campaigns"),
    path("planning/campaigns/<str:code>/", api.CampaignView.as_view(), name="campaign"),
    path("planning/budget-lines/", api.LinesView.as_view(), name="budget-lines"),
    path("planning/entries/", api.EntriesView.as_view(), name="entries"),
    path("planning/transfers/", api.TransfersView.as_view(), name="transfers"),
    path("planning/exchange-rates/", rate_api.RatesView.as_view(), name="exchange-rates"),
    path("planning/exchange-rates/<int:pk>/", rate_api.RateView.as_view(), name="exchange-rate"),
]
