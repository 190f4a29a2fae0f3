"""Pages of martech."""

from django.urls import URLPattern, URLResolver

app_name = "martech"
urlpatterns: list[URLPattern | URLResolver] = []
