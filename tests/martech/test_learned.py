"""The learned score: it finds what is true in made-up deals, names leaks, refuses too few, and is kept as data."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.learned.document import LearnedRule, usual_document
from martech.learned.features import Sample, learn_columns, matrix_of
from martech.learned.measures import auc, brier, calibration, calibration_error
from martech.learned.prediction import model_from
from martech.learned.training import Case, TooFew, fit_boosting, train, truth_of

START = datetime(2025, 1, 1, tzinfo=UTC)
FIELDS = ("person.country", "account.employees", "person.city", "person.source")


def rule(**changes: Any) -> LearnedRule:
    first = {
        "name": "Won",
        "method": "logistic",
        "fields": FIELDS,
        "window_days": 90,
        "holdout": 0.25,
        "minimum": 100,
        "seed": 7,
        "before_history": "leave_out",
    }
    return LearnedRule(**{**first, **changes})


def odds_of(sample: Sample) -> float:
    """The truth: Germany, large companies and forms win; nothing else counts."""
    large = math.log(sample.values["account.employees"]) - 5
    return -1.0 + 1.6 * (sample.values["person.country"] == "DE") + 0.5 * large + 0.9 * sample.touches.get("form", 0)


def deals(number: int, seed: int = 3, **more: Any) -> list[Case]:
    rng = np.random.default_rng(seed)
    found = []
    for place in range(number):
        values = {
            "person.country": str(rng.choice(["DE", "FR", "US"])),
            "account.employees": int(np.exp(rng.normal(5, 1.2))) + 1,
            "person.city": str(rng.choice(["Berlin", "Paris", "Rome", ""])),
            "person.source": "web",
        }
        sample = Sample(
            values, {"form": int(rng.integers(0, 3)), "page": int(rng.integers(0, 9))}, float(rng.integers(0, 60))
        )
        is_won = bool(rng.random() < 1 / (1 + math.exp(-odds_of(sample))))
        found.append(Case(sample, is_won, START + timedelta(hours=place), **more))
    return found


@pytest.mark.parametrize("method", ["logistic", "boosting"])
def test_it_recovers_what_counts_and_its_percentages_are_right(method: str) -> None:
    cases = deals(4_000)
    trained = train(cases, rule(method=method))
    report = trained.report
    words = [(line[0], line[1], line[2]) for line in report["lines"]]
    assert {words[0], words[1], words[2]} == {
        ("person.country", "category", "de"),
        ("touches", "touches", "form"),
        ("account.employees", "number", ""),
    } or words.index(("person.country", "category", "de")) < 4
    weights = {(line[0], line[2]): line[3] for line in report["lines"]}
    assert weights["person.country", "de"] > 0.8
    assert abs(weights.get(("person.city", "berlin"), 0)) < 0.3
    truth = truth_of(cases[3_000:])
    best = auc(truth, np.array([odds_of(case.sample) for case in cases[3_000:]]))
    assert best is not None
    assert report["model"]["auc"] > best - 0.03
    assert report["model"]["brier"] < report["base"]["brier"] - 0.02
    assert report["calibration_error"] < 0.05


def test_a_planted_leak_is_named_with_its_evidence_and_left_out() -> None:
    cases = []
    for case in deals(600):
        values = {**case.sample.values, "person.city": "contract signed" if case.is_won else "rejected"}
        cases.append(Case(Sample(values, case.sample.touches), case.is_won, case.opened_at))
    trained = train(cases, rule())
    assert [(leak[0], leak[1].split(" of ")[0]) for leak in trained.report["leaks"]] == [
        ("person.city", "alone it tells won from lost with an AUC")
    ]
    assert "person.city" not in {column.feature for column in trained.model.columns}


def test_a_field_that_is_filled_only_after_the_outcome_is_left_out() -> None:
    cases = []
    for place, case in enumerate(deals(600)):
        values = {**case.sample.values, "person.source": "web" if place % 10 == 0 else ""}
        later = {"person.source": True} if place % 2 and place % 10 else {}
        cases.append(Case(Sample(values, {}), case.is_won, case.opened_at, None, later))
    leaks = dict(train(cases, rule()).report["leaks"])
    assert list(leaks) == ["person.source"]
    assert "only after the deal was closed" in leaks["person.source"]


def test_twelve_deals_are_refused_with_what_is_missing() -> None:
    with pytest.raises(TooFew) as refused:
        train(deals(12), rule())
    assert "88 more closed deals with a person on them (12 are there)" in str(refused.value)


def test_deals_that_all_end_alike_are_refused() -> None:
    cases = [Case(case.sample, place < 450 and place % 2 == 0, case.opened_at) for place, case in enumerate(deals(600))]
    with pytest.raises(TooFew, match="150 latest deals ended the same way"):
        train(cases, rule())


@pytest.mark.parametrize("method", ["logistic", "boosting"])
def test_the_same_deals_in_any_order_give_the_same_model_and_it_survives_being_stored(method: str) -> None:
    cases = deals(800)
    one, other = train(cases, rule(method=method)), train(cases[::-1], rule(method=method))
    assert one.model.as_json() == other.model.as_json()
    back = model_from(json.loads(json.dumps(one.model.as_json())))
    samples = [case.sample for case in cases[:50]]
    assert np.array_equal(back.probabilities(samples), one.model.probabilities(samples))


def test_our_trees_say_what_the_library_says() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    cases = deals(500)
    columns = learn_columns([case.sample for case in cases], FIELDS)
    rows, truth = matrix_of([case.sample for case in cases], columns), truth_of(cases)
    model = fit_boosting(rows, truth, columns, 7)
    library = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=120,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=7,
    ).fit(rows[:400], truth[:400])
    odds = (model.odds(rows) - model.shift) / model.scale
    assert np.allclose(odds, library.decision_function(rows), atol=1e-9)


def test_the_contributions_of_a_person_add_up_to_the_distance_from_the_average() -> None:
    model = train(deals(800), rule()).model
    sample = Sample({"person.country": "DE", "account.employees": 4_000}, {"form": 2}, 3.0)
    parts = model.contributions(sample)
    row = matrix_of([sample], model.columns)
    average = model.odds(model.means.reshape(1, -1))[0]
    assert sum(points for _column, points in parts) == pytest.approx(model.odds(row)[0] - average)
    assert parts[0][1] > 0


def test_rules_are_measured_on_the_same_deals() -> None:
    cases = [Case(c.sample, c.is_won, c.opened_at, 50 + 10 * odds_of(c.sample)) for c in deals(800)]
    report = train(cases, rule()).report
    assert report["rules"]["auc"] > 0.7
    assert report["rules"]["brier"] < report["base"]["brier"]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[bool, int]]) -> None:
    truth, score = np.array([float(won) for won, _ in rows]), np.array([float(value) for _, value in rows])
    pairs = [
        (a > b) + (a == b) / 2
        for a, w in zip(score, truth, strict=True)
        if w
        for b, x in zip(score, truth, strict=True)
        if not x
    ]
    assert auc(truth, score) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=60))
def test_calibration_loses_no_deal(rows: list[tuple[bool, float]]) -> None:
    truth, said = np.array([float(won) for won, _ in rows]), np.array([value for _, value in rows])
    bins = calibration(truth, said)
    assert sum(one.deals for one in bins) == len(rows)
    assert 0 <= calibration_error(bins) <= 1
    assert 0 <= brier(truth, said) <= 1


def test_the_usual_document_is_complete() -> None:
    assert set(usual_document()) == {
        *("name", "method", "fields", "window_days", "holdout", "minimum", "seed", "before_history")
    }
