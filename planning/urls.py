"""Pages of planning."""

from django.urls import path

from planning import budget_views, rate_views, views

app_name = "planning"
urlpatterns = [
    path("campaigns/", views.CampaignList.as_view(), name="campaigns"),
    path("campaigns/new/", views.new_campaign, name="new-campaign"),
    path("campaigns/name-check/", views.check_campaign_name, name="check-name"),
    path("campaigns/options/", views.campaign_options, name="campaign-options"),
    path("campaigns/<str:code>/", views.campaign, name="campaign"),
    path("campaigns/<str:code>/edit/", views.edit_campaign, name="edit-campaign"),
    path("campaigns/<str:code>/state/", views.campaign_state, name="campaign-state"),
    path("calendar/", views.month_calendar, name="calendar"),
    path("rates/", rate_views.RateList.as_view(), name="rates"),
    path("rates/new/", rate_views.new_rate, name="new-rate"),
    path("rates/import/", rate_views.import_rates, name="import-rates"),
    path("rates/<int:pk>/", rate_views.rate, name="rate"),
    path("rates/<int:pk>/delete/", rate_views.delete_rate, name="delete-rate"),
    path("budget/", budget_views.BudgetList.as_view(), name="budget"),
    path("budget/new/", budget_views.new_line, name="new-line"),
    path("budget/<int:pk>/", budget_views.budget_line, name="budget-line"),
    path("budget/<int:pk>/entries/", budget_views.add_entry, name="add-entry"),
    path("budget/<int:pk>/transfer/", budget_views.transfer, name="transfer"),
    path("budget/<int:pk>/transfer/options/", budget_views.transfer_options, name="transfer-options"),
    path("budget/<int:pk>/entries/<int:entry>/reverse/", budget_views.undo_entry, name="reverse-entry"),
]
