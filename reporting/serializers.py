"""Shapes of the metrics API, for its schema."""

from rest_framework import serializers

METRIC_KINDS = ["sum", "ratio", "median"]


class DefinitionSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    definition = serializers.CharField()
    unit = serializers.ChoiceField(["people", "deals", "count", "money", "share", "ratio", "days", "minutes"])
    kind = serializers.ChoiceField(METRIC_KINDS)
    version = serializers.IntegerField()
    date_basis = serializers.CharField()
    source = serializers.CharField()
    numerator = serializers.CharField()
    denominator = serializers.CharField(allow_null=True)
    by = serializers.ListField(child=serializers.CharField())
    models = serializers.ListField(child=serializers.CharField())
    url = serializers.URLField()


class MetricListSerializer(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = DefinitionSerializer(many=True)


VALUE = {"help_text": "A number; text for money; null where there is nothing to divide by", "allow_null": True}


class SumSerializer(serializers.Serializer):
    value = serializers.JSONField(**VALUE)
    records = serializers.URLField()


class RowSerializer(serializers.Serializer):
    by = serializers.CharField(allow_null=True)
    label = serializers.CharField()
    value = serializers.JSONField(**VALUE)
    records = serializers.URLField()
    numerator = SumSerializer(required=False)
    denominator = SumSerializer(required=False)


class UnconvertedSerializer(serializers.Serializer):
    kind = serializers.CharField()
    currency = serializers.CharField()
    count = serializers.IntegerField()
    amount = serializers.CharField()
    reason = serializers.CharField()


class CompareSerializer(serializers.Serializer):
    to = serializers.DateField()
    total = serializers.JSONField(**VALUE)
    rows = RowSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateField(), **super().get_fields()}


class MetricSerializer(DefinitionSerializer):
    as_of = serializers.DateTimeField()
    to = serializers.DateField(allow_null=True)
    breakdown = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    total = serializers.JSONField(**VALUE)
    records = serializers.URLField()
    rows = RowSerializer(many=True)
    unconverted = UnconvertedSerializer(many=True)
    without_amount = serializers.IntegerField()
    compare = CompareSerializer(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "from": serializers.DateField(allow_null=True)}


class RecordSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(["person", "deal", "spend", "decision"])
    label = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    value = serializers.JSONField(**VALUE)
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    denominator = serializers.JSONField(required=False, **VALUE)
