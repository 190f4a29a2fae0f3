"""Pages of martech."""

from django.urls import path

from martech.views import people

app_name = "martech"
urlpatterns = [
    path("people/", people.PersonList.as_view(), name="people"),
    path("people/new/", people.new_person, name="new-person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit_person, name="edit-person"),
    path("accounts/", people.AccountList.as_view(), name="accounts"),
    path("accounts/<int:pk>/", people.account, name="account"),
    path("deals/", people.DealList.as_view(), name="deals"),
    path("deals/<int:pk>/", people.deal, name="deal"),
]
