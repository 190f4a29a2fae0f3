"""API of completeness proofs: asking for one, its figures, and the records that differ."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.models import ProofSide, SyncDifference, SyncObject, SyncRun
from martech.selectors import sync_rows
from martech.selectors.sync_proofs import proof_of, proofs, question_of_run
from martech.services.sync.connections import MAPPED
from martech.services.sync.proving import request_proof
from martech.sync.reasons import DIFFERENCES
from mops.core.api.asking import checked
from mops.core.errors import DomainError

SEE = {"GET": "martech.view_sync"}


class AskedProofSerializer(serializers.Serializer[Any]):
    """The object of a connection, and at most one of `stage`, `segment` (its key) and `condition`; none: everything."""

    connection = serializers.CharField(max_length=60)
    object = serializers.CharField(max_length=60)
    stage = serializers.CharField(max_length=20, required=False)
    segment = serializers.CharField(max_length=80, required=False)
    condition = serializers.JSONField(required=False)


class ReasonSerializer(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=ProofSide.choices)
    reason = serializers.CharField()
    label = serializers.CharField()
    remedy = serializers.CharField()
    number = serializers.IntegerField()


class ProofSerializer(serializers.ModelSerializer[SyncRun]):
    """A proof. Until it is `done` the figures are null. Asked of a part, `here` = `matched` + `only_here` and `there` =
    `matched` + `only_there`; `other_values` are on both sides and differ elsewhere."""

    connection = serializers.CharField(source="connection.name")
    object = serializers.CharField(source="object.name")
    condition = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()
    here = serializers.SerializerMethodField()
    there = serializers.SerializerMethodField()
    matched = serializers.SerializerMethodField()
    only_here = serializers.SerializerMethodField()
    only_there = serializers.SerializerMethodField()
    other_values = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()
    differences = serializers.SerializerMethodField()

    class Meta:
        model = SyncRun
        fields = (
            *("id", "connection", "object", "state", "asked", "condition", "here", "there", "matched", "only_here"),
            *("only_there", "other_values", "reasons", "problem", "differences", "created_at", "finished_at"),
        )

    @extend_schema(responses=dict)
    def get_condition(self, run: SyncRun) -> Any:
        return question_of_run(run).get("condition")

    def get_asked(self, run: SyncRun) -> str:
        return str(question_of_run(run).get("words", ""))

    def get_here(self, run: SyncRun) -> int | None:
        return proof.here if (proof := proof_of(run)) else None

    def get_there(self, run: SyncRun) -> int | None:
        return proof.there if (proof := proof_of(run)) else None

    def get_matched(self, run: SyncRun) -> int | None:
        return proof.matched if (proof := proof_of(run)) else None

    def get_only_here(self, run: SyncRun) -> int | None:
        return proof.only(ProofSide.HERE) if (proof := proof_of(run)) else None

    def get_only_there(self, run: SyncRun) -> int | None:
        return proof.only(ProofSide.THERE) if (proof := proof_of(run)) else None

    def get_other_values(self, run: SyncRun) -> int | None:
        return proof.only(ProofSide.BOTH) if (proof := proof_of(run)) else None

    @extend_schema(responses=ReasonSerializer(many=True))
    def get_reasons(self, run: SyncRun) -> list[dict[str, Any]]:
        proof = proof_of(run)
        return [
            {
                "side": line.side,
                "reason": line.reason,
                "label": line.word,
                "remedy": line.step,
                "number": line.number,
            }
            for side in (proof.sides if proof else ())
            for line in side.lines
        ]

    def get_problem(self, run: SyncRun) -> str:
        return str((run.problem or {}).get("detail", ""))

    def get_differences(self, run: SyncRun) -> str:
        found: str = self.context["request"].build_absolute_uri(reverse("api:proof-differences", args=[run.pk]))
        return found


class ProofsView(generics.ListAPIView[SyncRun]):
    """Proofs, the newest first. A POST asks for one, which is made in the background."""

    right = {"GET": "martech.view_sync", "POST": "martech.edit_sync"}
    narrowed_by = {"connection": "The name of a connection", "object": "An object of it, as the other system calls it"}
    serializer_class = ProofSerializer
    page_order = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[SyncRun]:
        rows, query = proofs(), self.request.query_params
        if "connection" in query:
            rows = rows.filter(connection__name=query["connection"])
        return rows.filter(object__name=query["object"]) if "object" in query else rows

    @extend_schema(request=AskedProofSerializer, responses={202: ProofSerializer})
    def post(self, request: Request) -> Response:
        given = checked(AskedProofSerializer(data=request.data))
        objects = SyncObject.objects.select_related("connection").filter(kind__in=MAPPED)
        objects = objects.filter(connection__name=given.pop("connection"))
        found = objects.filter(name=given.pop("object")).first()
        if found is None:
            known = ", ".join(objects.values_list("name", flat=True))
            reason = f"Use one of {known}." if known else "There is no such connection with an object to compare."
            raise DomainError("The object is not known.", errors={"object" if known else "connection": [reason]})
        run = request_proof(object=found, asked=given, actor=request.user)  # type: ignore[arg-type]
        shown = ProofSerializer(proofs().get(pk=run.pk), context={"request": request})
        return Response(shown.data, status=202)


class ProofView(APIView):
    """One proof."""

    right = SEE

    @extend_schema(responses=ProofSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ProofSerializer(get_object_or_404(proofs(), pk=pk), context={"request": request}).data)


class DifferenceSerializer(serializers.ModelSerializer[SyncDifference]):
    """A record that differs: `local_id` is ours, `external_id` theirs, `fields` `{field: [here, there]}`; values that
    you may not see are masked."""

    name = serializers.CharField(source="record_name")
    label = serializers.SerializerMethodField()
    fields_ = serializers.SerializerMethodField()

    class Meta:
        model = SyncDifference
        fields = ("id", "side", "reason", "label", "local_id", "external_id", "name", "fields_")

    def get_label(self, row: SyncDifference) -> str:
        return DIFFERENCES.get(row.reason, row.reason)

    @extend_schema(responses=dict)
    def get_fields_(self, row: SyncDifference) -> dict[str, Any]:
        masked = self.context.get("masked", frozenset())
        return {name: [sync_rows.MASK] * 2 if name in masked else pair for name, pair in row.fields.items()}

    def to_representation(self, instance: SyncDifference) -> dict[str, Any]:
        found = super().to_representation(instance)
        return {("fields" if name == "fields_" else name): value for name, value in found.items()}


class DifferencesView(generics.ListAPIView[SyncDifference]):
    """The records on which the two sides differ."""

    right = SEE
    narrowed_by = {"side": ", ".join(ProofSide.values), "reason": "One of the reasons of the proof"}
    serializer_class = DifferenceSerializer
    page_order = ("id",)

    def get_queryset(self) -> QuerySet[SyncDifference]:
        if getattr(self, "swagger_fake_view", False):
            return SyncDifference.objects.none()
        run, query = get_object_or_404(proofs(), pk=self.kwargs["pk"]), self.request.query_params
        rows = sync_rows.differences_of(run, self.request.user)
        for name, known in (("side", ProofSide.values), ("reason", list(DIFFERENCES))):
            if name in query:
                if query[name] not in known:
                    raise serializers.ValidationError({name: [f"Use one of {', '.join(known)}."]})
                rows = rows.filter(**{name: query[name]})
        return rows

    def get_serializer_context(self) -> dict[str, Any]:
        found = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return found
        run = get_object_or_404(proofs(), pk=self.kwargs["pk"])
        return {**found, "masked": sync_rows.masked_fields(run, self.request.user)}
