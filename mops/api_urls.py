"""The API of the contract, version 1. Each app lists its own addresses in `api_urls.py`."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "schema/",
        type("SchemaView", (SpectacularAPIView,), {"right": "governance.use_api_docs"}).as_view(),
        name="schema",
    ),
    path(
        "docs/",
        type("DocsView", (SpectacularSwaggerSplitView,), {"right": "governance.use_api_docs"}).as_view(
            url_name="api:schema"
        ),
        name="docs",
    ),
    path("", include("governance.api_urls")),
    path("", include("planning.api_urls")),
    path("", include("workflow.api_urls")),
    path("", include("martech.api_urls")),
    path("", include("reporting.api_urls")),
]
