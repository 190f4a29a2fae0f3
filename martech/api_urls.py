"""API addresses of martech, below /api/v1/."""

from django.urls import path

from martech.api import learned, market, matching, merging, people, quality, routing, scoring, segments, stack

urlpatterns = [
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/bulk/", people.BulkView.as_view(), name="people-bulk"),
    path("people/<int:pk>/", people.PersonView.as_view(), name="person"),
    path("people/<int:pk>/trail/", people.TrailView.as_view(), name="person-trail"),
    path("people/<int:pk>/decisions/", routing.DecisionsView.as_view(), name="person-decisions"),
    path("people/<int:pk>/score/", scoring.ScoreView.as_view(), name="person-score"),
    path("people/<int:pk>/learned/", learned.PersonLearnedView.as_view(), name="person-learned"),
    path("people/<int:pk>/stage/", scoring.StageView.as_view(), name="person-stage"),
    path("people/<int:pk>/merge/", merging.MergeView.as_view(), name="person-merge"),
    path("people/<int:pk>/unmerge/", merging.UnmergeView.as_view(), name="person-unmerge"),
    path("people/<int:pk>/merges/", merging.MergesView.as_view(), name="person-merges"),
    path("routing/policies/", routing.PoliciesView.as_view(), name="policies"),
    path("routing/policies/<slug:key>/draft/", routing.DraftView.as_view(), name="policy-draft"),
    path("routing/policies/<slug:key>/compare/", routing.CompareView.as_view(), name="policy-compare"),
    path("routing/policies/<slug:key>/check/", routing.CheckView.as_view(), name="policy-check"),
    path("routing/policies/<slug:key>/publish/", routing.PublishView.as_view(), name="policy-publish"),
    path("routing/policies/<slug:key>/replay/", routing.ReplayView.as_view(), name="policy-replay"),
    path("routing/preview/", routing.PreviewView.as_view(), name="routing-preview"),
    path("scoring/learned/", learned.LearnedView.as_view(), name="learned"),
    path("scoring/learned/train/", learned.TrainLearnedView.as_view(), name="learned-train"),
    path("quality/monitors/", quality.MonitorsView.as_view(), name="monitors"),
    path("quality/monitors/<slug:key>/", quality.MonitorView.as_view(), name="monitor"),
    path("quality/monitors/<slug:key>/publish/", quality.PublishMonitorView.as_view(), name="monitor-publish"),
    path("quality/run/", quality.RunView.as_view(), name="quality-run"),
    path("quality/findings/", quality.FindingsView.as_view(), name="quality-findings"),
    path("quality/findings/<int:pk>/", quality.FindingView.as_view(), name="quality-finding"),
    path("accounts/", market.AccountsView.as_view(), name="accounts"),
    path("accounts/match/", matching.MatchView.as_view(), name="account-match"),
    path("accounts/<int:pk>/", market.AccountView.as_view(), name="account"),
    path("deals/", market.DealsView.as_view(), name="deals"),
    path("deals/<int:pk>/", market.DealView.as_view(), name="deal"),
    path("segments/", segments.SegmentsView.as_view(), name="segments"),
    path("segments/<int:pk>/", segments.SegmentView.as_view(), name="segment"),
    path("segments/<int:pk>/people/", segments.SegmentPeopleView.as_view(), name="segment-people"),
    path("tools/", stack.ToolsView.as_view(), name="tools"),
    path("touches/", market.TouchesView.as_view(), name="touches"),
]
