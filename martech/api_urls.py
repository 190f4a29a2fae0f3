"""API addresses of martech, below /api/v1/."""

from django.urls import path

from martech.api import market, people

urlpatterns = [
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/bulk/", people.BulkView.as_view(), name="people-bulk"),
    path("people/<int:pk>/", people.PersonView.as_view(), name="person"),
    path("people/<int:pk>/trail/", people.TrailView.as_view(), name="person-trail"),
    path("accounts/", market.AccountsView.as_view(), name="accounts"),
    path("accounts/<int:pk>/", market.AccountView.as_view(), name="account"),
    path("deals/", market.DealsView.as_view(), name="deals"),
    path("deals/<int:pk>/", market.DealView.as_view(), name="deal"),
    path("touches/", market.TouchesView.as_view(), name="touches"),
]
