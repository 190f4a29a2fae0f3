"""API addresses of governance, below /api/v1/."""

from django.urls import path

from governance import api

urlpatterns = [
    path("governance/tokens/", api.TokenList.as_view(), name="tokens"),
    path("governance/tokens/<int:pk>/", api.TokenDetail.as_view(), name="token"),
]
