"""What is measured: definitions as data, periods, and how values are written. Nothing here reads the database."""

from reporting.metrics.definitions import METRICS, Kind, Metric, Part, Unit, metric_named
from reporting.metrics.histogram import Histogram, median_of
from reporting.metrics.period import Period, day_after, month_label, quarter_label

__all__ = [
    "METRICS",
    "Histogram",
    "Kind",
    "Metric",
    "Part",
    "Period",
    "Unit",
    "day_after",
    "median_of",
    "metric_named",
    "month_label",
    "quarter_label",
]
