"""Pages of reporting."""

from django.urls import path

from reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.executive, name="dashboard"),
    path("records/", views.records_page, name="records"),
]
