"""API addresses of governance, below /api/v1/."""

from django.urls import path

from governance.api import consents, tokens

urlpatterns = [
    path("governance/consents/", consents.ConsentList.as_view(), name="consents"),
    path("governance/tokens/", tokens.TokenList.as_view(), name="tokens"),
    path("governance/tokens/<int:pk>/", tokens.TokenDetail.as_view(), name="token"),
]
