"""Training: sample refused when too small, leaks found and left out, the latest deals held back as judges."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from martech.learned.document import LearnedRule
from martech.learned.features import Column, Matrix, Sample, is_absent, learn_columns, matrix_of
from martech.learned.measures import auc, brier, calibration, calibration_error
from martech.learned.prediction import Model, Tree, sigmoid

ALONE = 0.95
"""A field that by itself orders the deals better than this knows the outcome."""
AFTER, FEWEST_FILLED = 0.5, 20
FEWEST_OF_A_KIND = 20
LINES = 25
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Case:
    """A closed deal: what was known when it was opened, how it ended, and the rule-based score it would have had.

    `filled_later`: fields that were empty then and are filled today → whether that happened after the deal closed.
    """

    sample: Sample
    is_won: bool
    opened_at: datetime
    rules_score: float | None = None
    filled_later: Mapping[str, bool] = field(default_factory=dict)


class TooFew(ValueError):
    """The deals cannot teach anything yet; the message says what is missing."""


@dataclass(frozen=True)
class Leak:
    field: str
    reason: str


@dataclass(frozen=True)
class Trained:
    model: Model
    report: dict[str, Any]


def check_sample(cases: Sequence[Case], rule: LearnedRule) -> None:
    """Raise TooFew with everything that is missing."""
    won = sum(case.is_won for case in cases)
    lost, missing = len(cases) - won, []
    if len(cases) < rule.minimum:
        missing.append(f"{rule.minimum - len(cases)} more closed deals with a person on them ({len(cases)} are there)")
    for word, number in (("won", won), ("lost", lost)):
        if number < FEWEST_OF_A_KIND:
            missing.append(f"{FEWEST_OF_A_KIND - number} more {word} deals ({number} are there)")
    if missing:
        raise TooFew(f"It takes {' and '.join(missing)}.")


def find_leaks(cases: Sequence[Case], rule: LearnedRule) -> list[Leak]:
    """Fields that know the outcome, each with the evidence."""
    found = []
    for key in rule.fields:
        if reason := _filled_after(cases, key) or _knows_alone(cases, key, rule.seed):
            found.append(Leak(key, reason))
    return found


def _filled_after(cases: Sequence[Case], key: str) -> str:
    known = sum(not is_absent(case.sample.values.get(key)) for case in cases)
    after = sum(case.filled_later.get(key, False) for case in cases)
    later = sum(key in case.filled_later for case in cases)
    if after < FEWEST_FILLED or after <= AFTER * (known + later):
        return ""
    return f"filled for {known + later:,} deals today, and {after:,} of them only after the deal was closed"


def _knows_alone(cases: Sequence[Case], key: str, seed: int) -> str:
    """Every second deal teaches, the others judge."""
    ordered = sorted(cases, key=lambda case: case.opened_at)
    teach, judge = ordered[::2], ordered[1::2]
    columns = [c for c in learn_columns([case.sample for case in teach], [key]) if c.feature == key]
    if not columns or len(set(truth_of(teach))) < 2:
        return ""
    model = fit_logistic(matrix_of([case.sample for case in teach], columns), truth_of(teach), columns, seed)
    found = auc(truth_of(judge), model.probabilities([case.sample for case in judge]))
    if found is None or found < ALONE:
        return ""
    return f"alone it tells won from lost with an AUC of {found:.3f}; nothing known beforehand does"


def truth_of(cases: Sequence[Case]) -> Matrix:
    return np.array([float(case.is_won) for case in cases])


def train(cases: Sequence[Case], rule: LearnedRule, progress: Progress = lambda _share: None) -> Trained:
    """Train on the earlier deals, judge by the later ones; the same cases and rule give the same model.

    Raises TooFew.
    """
    check_sample(cases, rule)
    ordered = sorted(cases, key=lambda case: case.opened_at)
    cut = len(ordered) - max(1, round(len(ordered) * rule.holdout))
    teach, judge = ordered[:cut], ordered[cut:]
    for part, word in ((teach, "earlier"), (judge, "latest")):
        if len(set(truth_of(part))) < 2:
            raise TooFew(f"All of the {len(part)} {word} deals ended the same way; it takes won and lost ones.")
    progress(0.2)
    leaks = find_leaks(teach, rule)
    progress(0.5)
    kept = [key for key in rule.fields if key not in {leak.field for leak in leaks}]
    columns = learn_columns([case.sample for case in teach], kept)
    rows, truth = matrix_of([case.sample for case in teach], columns), truth_of(teach)
    fit = fit_boosting if rule.method == "boosting" else fit_logistic
    model = fit(rows, truth, columns, rule.seed)
    progress(0.8)
    return Trained(model, report_of(model, teach, judge, rows, leaks))


def fit_logistic(rows: Matrix, truth: Matrix, columns: Sequence[Column], seed: int) -> Model:
    """Ridge-penalised logistic regression (scikit-learn, C = 1), solved to the same numbers every time."""
    means = rows.mean(axis=0)
    if not len(columns):
        share = float(np.clip(truth.mean(), 1e-6, 1 - 1e-6))
        return Model([], means, math.log(share / (1 - share)), np.zeros(0), [])
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1.0, max_iter=2_000, random_state=seed).fit(rows, truth)
    return Model(list(columns), means, float(fitted.intercept_[0]), fitted.coef_[0].copy(), [])


def fit_boosting(rows: Matrix, truth: Matrix, columns: Sequence[Column], seed: int) -> Model:
    """Small gradient boosted trees (scikit-learn), their odds straightened on the last fifth of the training deals
    (J. Platt, Probabilistic outputs for support vector machines, 1999)."""
    if not len(columns):
        return fit_logistic(rows, truth, columns, seed)
    from sklearn.ensemble import HistGradientBoostingClassifier

    cut = max(1, int(len(rows) * 0.8))
    fitted = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=120,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    ).fit(rows[:cut], truth[:cut])
    trees = [tree_of(stage[0].nodes) for stage in fitted._predictors]
    raw = Model(list(columns), rows.mean(axis=0), float(np.ravel(fitted._baseline_prediction)[0]), None, trees)
    scale, shift = straighten(raw.odds(rows[cut:]), truth[cut:])
    return Model(raw.columns, raw.means, raw.intercept, None, trees, scale, shift)


def tree_of(nodes: Any) -> Tree:
    is_leaf = nodes["is_leaf"].astype(bool)
    left = np.where(is_leaf, -1, nodes["left"].astype(float))
    right = np.where(is_leaf, -1, nodes["right"].astype(float))
    return Tree(
        np.where(is_leaf, 0, nodes["feature_idx"]).astype(float),
        np.where(is_leaf, 0.0, nodes["num_threshold"]),
        left.astype(float),
        right.astype(float),
        np.where(is_leaf, nodes["value"], 0.0),
    )


def straighten(odds: Matrix, truth: Matrix) -> tuple[float, float]:
    """Scale and shift that make odds probable; nothing changes where the deals are all alike or too few."""
    if len(truth) < 30 or len(set(truth)) < 2:
        return 1.0, 0.0
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=10.0, max_iter=1_000).fit(odds.reshape(-1, 1), truth)
    scale = float(fitted.coef_[0][0])
    return (scale, float(fitted.intercept_[0])) if scale > 0.05 else (1.0, 0.0)


def report_of(
    model: Model, teach: Sequence[Case], judge: Sequence[Case], rows: Matrix, leaks: Sequence[Leak]
) -> dict[str, Any]:
    """Everything a person has to see before they publish."""
    import sklearn

    truth = truth_of(judge)
    said = model.probabilities([case.sample for case in judge])
    base = np.full(len(judge), truth_of(teach).mean())
    bins = calibration(truth, said)
    return {
        "library": f"scikit-learn {sklearn.__version__}",
        "deals": len(teach) + len(judge),
        "won": int(truth_of(teach).sum() + truth.sum()),
        "taught_by": len(teach),
        "judged_by": len(judge),
        "judged_from": judge[0].opened_at.date().isoformat(),
        "model": {"auc": auc(truth, said), "brier": brier(truth, said)},
        "rules": rules_measured(teach, judge),
        "base": {"share": float(base[0]), "auc": 0.5, "brier": brier(truth, base)},
        "calibration": [[one.said, one.happened, one.deals] for one in bins],
        "calibration_error": calibration_error(bins),
        "leaks": [[leak.field, leak.reason] for leak in leaks],
        "lines": lines_of(model, rows),
    }


def rules_measured(teach: Sequence[Case], judge: Sequence[Case]) -> dict[str, Any] | None:
    """The rule-based score on the same deals; made a probability by the deals that taught. None without a model."""
    if any(case.rules_score is None for case in (*teach, *judge)):
        return None
    scores = [np.array([float(case.rules_score or 0) for case in part]) / 100 for part in (teach, judge)]
    scale, shift = straighten(scores[0], truth_of(teach))
    truth = truth_of(judge)
    return {"auc": auc(truth, scores[1]), "brier": brier(truth, sigmoid(scale * scores[1] + shift))}


def lines_of(model: Model, rows: Matrix) -> list[list[Any]]:
    """What counts: each column with the mean change of the log odds when it is there and not (numbers: one spread
    more and one less), over up to 2,000 training deals; the weightiest first."""
    some = rows[:2_000]
    found: list[list[Any]] = []
    for place, column in enumerate(model.columns):
        high, low = some.copy(), some.copy()
        is_switch = column.kind in ("category", "filled")
        high[:, place], low[:, place] = (1.0, 0.0) if is_switch else (1.0, -1.0)
        found.append([*column.as_json()[:3], float(np.mean(model.odds(high) - model.odds(low)))])
    return sorted(found, key=lambda line: -abs(line[3]))[:LINES]
