"""The same labelled sets given to Splink, a well-known library, when it is installed (`pip install splink`).

It gets our normalised columns, comparisons and blocking rules fit for business contacts, and of several thresholds the one
that turns out best: as good as somebody who knew the answers could make it without writing rules of their own.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import pandas as pd

from martech.identity.measures import pairwise
from martech.identity.record import Record

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)
SEED = 7
COLUMNS: dict[str, Callable[[Record], str]] = {
    "first_name": lambda r: r.name.given or r.name.first,
    "last_name": lambda r: r.name.last,
    "email": lambda r: f"{r.mails[0].local}@{r.mails[0].domain}" if r.mails else "",
    "phone": lambda r: r.phones[0] if r.phones else "",
    "company": lambda r: r.companies[0] if r.companies else "",
    "profile": lambda r: r.profiles[0] if r.profiles else "",
    "city": lambda r: r.city,
    "title": lambda r: r.title,
    "street": lambda r: r.street,
    "postcode": lambda r: r.postcode,
    "born": lambda r: r.born,
    "number": lambda r: r.number,
}


def is_installed() -> bool:
    return find_spec("splink") is not None


def f1_of(records: Sequence[Record], truth: Mapping[int, int]) -> dict[str, float]:
    """Splink's best F1 over the thresholds, and the threshold."""
    found = {t: round(pairwise(clusters, truth).f1, 4) for t, clusters in clusterings(records).items()}
    best = max(found, key=lambda threshold: found[threshold])
    return {"f1": found[best], "threshold": best}


def table_of(records: Sequence[Record]) -> pd.DataFrame:
    rows = [{"unique_id": r.id, **{name: read(r) or None for name, read in COLUMNS.items()}} for r in records]
    table = pd.DataFrame(rows)
    return table.dropna(axis="columns", how="all")


def clusterings(records: Sequence[Record]) -> dict[float, dict[int, int]]:
    """Record → cluster for every threshold."""
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    table = table_of(records)
    known = set(table.columns)
    blocks = [block_on(*names) for names in BLOCKS if set(names) <= known]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[make() for name, make in comparisons().items() if name in known],
        blocking_rules_to_generate_predictions=blocks,
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level=logging.ERROR, validate_settings=False)
    sure = [block_on(*names) for names in SURE if set(names) <= known]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=SEED)
    for names in TRAINING:
        if set(names) <= known:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*names))
    pairs = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    return {threshold: clusters_at(linker, pairs, threshold) for threshold in THRESHOLDS}


def clusters_at(linker: Any, pairs: Any, threshold: float) -> dict[int, int]:
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold).as_pandas_dataframe()
    return dict(zip(found["unique_id"].tolist(), found["cluster_id"].tolist(), strict=True))


BLOCKS = (
    ("email",),
    ("phone",),
    ("profile",),
    ("number",),
    ("last_name", "company"),
    ("first_name", "company"),
    ("first_name", "last_name"),
    ("born",),
    ("last_name", "postcode"),
)
SURE = (("email", "last_name"), ("phone", "last_name"), ("number",))
TRAINING = (("last_name",), ("company",), ("email",), ("postcode",))


def comparisons() -> dict[str, Any]:
    """By column, what makes its comparison."""
    import splink.comparison_library as library

    return {
        "first_name": lambda: library.NameComparison("first_name"),
        "last_name": lambda: library.NameComparison("last_name"),
        "email": lambda: library.EmailComparison("email"),
        "phone": lambda: library.ExactMatch("phone"),
        "company": lambda: library.JaroWinklerAtThresholds("company", [0.92, 0.8]),
        "profile": lambda: library.ExactMatch("profile"),
        "city": lambda: library.ExactMatch("city"),
        "title": lambda: library.JaroWinklerAtThresholds("title", [0.9]),
        "street": lambda: library.JaroWinklerAtThresholds("street", [0.9, 0.7]),
        "postcode": lambda: library.ExactMatch("postcode"),
        "born": lambda: library.LevenshteinAtThresholds("born", [1, 2]),
        "number": lambda: library.LevenshteinAtThresholds("number", [1, 2]),
    }
