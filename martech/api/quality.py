"""API of data quality: monitors with their latest figures, a run, findings."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.models import User
from martech.api.routing import ColleagueSerializer
from martech.models import FindingState, Monitor, MonitorVersion, QualityFinding, QualitySnapshot
from martech.selectors.quality import findings_for
from martech.services.quality.findings import accept_finding, assign_finding
from martech.services.quality.monitors import create_monitor, publish_monitor, save_monitor_draft
from martech.services.quality.running import enqueue_run
from mops.core.api.asking import checked, takes_nothing
from mops.core.errors import ConflictError
from mops.core.versions import VersionState

SEE_AND_CHANGE = {"GET": "martech.view_quality", "POST": "martech.edit_quality", "PUT": "martech.edit_quality"}


class FigureSerializer(serializers.ModelSerializer[QualitySnapshot]):
    """What a run found: `score` is the share of one that passes, null where too few people were there."""

    class Meta:
        model = QualitySnapshot
        fields = ("day", "at", "checked", "failing", "score", "target", "detail")


class MonitorSerializer(serializers.ModelSerializer[Monitor]):
    """A monitor: the document in force, that of the draft, and what the latest run found."""

    owner = ColleagueSerializer(allow_null=True, read_only=True)
    version = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()
    draft = serializers.SerializerMethodField()
    latest = serializers.SerializerMethodField()

    class Meta:
        model = Monitor
        fields = ("key", "name", "is_active", "owner", "version", "document", "draft", "latest", "created_at")

    def _of(self, monitor: Monitor, state: str) -> MonitorVersion | None:
        return next((version for version in monitor.versions.all() if version.state == state), None)

    def get_version(self, monitor: Monitor) -> int | None:
        version = self._of(monitor, VersionState.PUBLISHED)
        return version.number if version else None

    @extend_schema(responses=dict)
    def get_document(self, monitor: Monitor) -> dict[str, Any] | None:
        version = self._of(monitor, VersionState.PUBLISHED)
        return version.document if version else None

    @extend_schema(responses=dict)
    def get_draft(self, monitor: Monitor) -> dict[str, Any] | None:
        version = self._of(monitor, VersionState.DRAFT)
        return version.document if version else None

    @extend_schema(responses=FigureSerializer(allow_null=True))
    def get_latest(self, monitor: Monitor) -> dict[str, Any] | None:
        latest = monitor.snapshots.order_by("-day").first()
        return dict(FigureSerializer(latest).data) if latest else None


class NewMonitorSerializer(serializers.Serializer[Any]):
    """`document` as docs/quality.md has it; `key` is made of its name where it is absent."""

    key = serializers.SlugField(max_length=60, required=False, default="")
    document = serializers.JSONField()


def monitors() -> QuerySet[Monitor]:
    living = MonitorVersion.objects.exclude(state=VersionState.SUPERSEDED)
    return Monitor.objects.select_related("owner").prefetch_related(Prefetch("versions", living))


class MonitorsView(generics.ListAPIView[Monitor]):
    """Monitors, the newest first. A POST adds one as a draft, which a person publishes."""

    right = SEE_AND_CHANGE
    serializer_class = MonitorSerializer
    page_order = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Monitor]:
        return monitors()

    @extend_schema(request=NewMonitorSerializer, responses={201: MonitorSerializer})
    def post(self, request: Request) -> Response:
        given = checked(NewMonitorSerializer(data=request.data))
        user: User = request.user  # type: ignore[assignment]
        made = create_monitor(**given, actor=user, owner=user)
        return Response(MonitorSerializer(monitors().get(pk=made.pk)).data, status=201)


class MonitorView(APIView):
    """One monitor; a PUT keeps the document as its draft."""

    right = SEE_AND_CHANGE

    @extend_schema(responses=MonitorSerializer)
    def get(self, request: Request, key: str) -> Response:
        return Response(MonitorSerializer(get_object_or_404(monitors(), key=key)).data)

    @extend_schema(request=dict, responses=MonitorSerializer)
    def put(self, request: Request, key: str) -> Response:
        monitor = get_object_or_404(Monitor, key=key)
        save_monitor_draft(monitor=monitor, document=request.data, actor=request.user)  # type: ignore[arg-type]
        return self.get(request, key)


class PublishMonitorView(APIView):
    """Puts the draft into force; refused while a finding is an error."""

    right = {"POST": "martech.edit_quality"}

    @extend_schema(request=None, responses=MonitorSerializer)
    @takes_nothing
    def post(self, request: Request, key: str) -> Response:
        publish_monitor(monitor=get_object_or_404(Monitor, key=key), actor=request.user)  # type: ignore[arg-type]
        return Response(MonitorSerializer(get_object_or_404(monitors(), key=key)).data)


class RunSerializer(serializers.Serializer[Any]):
    queued = serializers.BooleanField()


class RunView(APIView):
    """Asks all monitors in the background; 409 while a run waits or works already."""

    right = {"POST": "martech.edit_quality"}

    @extend_schema(request=None, responses={202: RunSerializer})
    @takes_nothing
    def post(self, request: Request) -> Response:
        if not enqueue_run(actor=request.user):
            raise ConflictError("A run is on its way already; its figures follow.")
        return Response({"queued": True}, status=202)


class QualityFindingSerializer(serializers.ModelSerializer[QualityFinding]):
    """A monitor below its target, with who puts it right and until when."""

    monitor = serializers.CharField(source="monitor.key")
    owner = ColleagueSerializer(allow_null=True)

    class Meta:
        model = QualityFinding
        fields = (
            *("id", "monitor", "state", "owner", "opened_on", "due_on", "seen_on", "checked", "failing", "score"),
            *("closed_at", "accepted_until", "note"),
        )


class FindingsView(generics.ListAPIView[QualityFinding]):
    """Findings, the newest first."""

    right = {"GET": "martech.view_quality"}
    narrowed_by = {"state": ", ".join(FindingState.values)}
    serializer_class = QualityFindingSerializer
    page_order = ("-opened_on", "-id")

    def get_queryset(self) -> QuerySet[QualityFinding]:
        rows = findings_for(self.request.user)
        state = self.request.query_params.get("state")
        if state is not None and state not in FindingState.values:
            raise serializers.ValidationError({"state": [f"Use one of {', '.join(FindingState.values)}."]})
        return rows.filter(state=state) if state else rows


class FindingChangeSerializer(serializers.Serializer[Any]):
    """Give it an owner and a due date, or with `accepted_until` and `note` live with it until a day."""

    owner = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.filter(is_active=True), allow_null=True, required=False
    )
    due_on = serializers.DateField(required=False)
    accepted_until = serializers.DateField(required=False)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class FindingView(APIView):
    """One finding, and what becomes of it."""

    right = {"GET": "martech.view_quality", "PATCH": "martech.edit_quality"}

    @extend_schema(responses=QualityFindingSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(QualityFindingSerializer(get_object_or_404(findings_for(request.user), pk=pk)).data)

    @extend_schema(request=FindingChangeSerializer, responses=QualityFindingSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(findings_for(request.user), pk=pk)
        values, actor = checked(FindingChangeSerializer(data=request.data)), request.user
        if "accepted_until" in values:
            accept_finding(finding=found, until=values["accepted_until"], note=values["note"], actor=actor)  # type: ignore[arg-type]
        else:
            kept = {"owner": values.get("owner", found.owner), "due_on": values.get("due_on", found.due_on)}
            assign_finding(finding=found, actor=actor, **kept)  # type: ignore[arg-type]
        return self.get(request, pk)
