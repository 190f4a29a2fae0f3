"""The learned score: drafted, trained in the background, published by a person, counted for everybody in sets."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from governance.models import User
from martech.learned.document import LearnedRule
from martech.learned.training import TooFew, train
from martech.models import LearnedScore, LearnedStep, LearnedVersion, LearnedWork
from martech.selectors.learned import check_learned, learned_in_force, model_in, read_document, rule_in
from martech.selectors.learned_cases import Cases, cases_of, samples_of
from mops.core.documents import refuse
from mops.core.errors import ConflictError
from mops.core.history import recording
from mops.core.progress import teller
from mops.core.versions import VersionState, drop_draft, locked_draft, put_draft, put_into_force
from mops.core.work import Kind, WorkState, postpone, wake

CHUNK = 10_000
BUSY = "The learned score is being trained already."
CHANGED = "The draft was changed while it was being trained."


def save_learned_draft(*, document: Any, actor: User | None, revision: int | None = None) -> LearnedVersion:
    """Keep a document as the draft; it has to be trained again. Raises DomainError, ConflictError."""
    findings = read_document(document).findings
    refuse([one for one in findings if one.is_shape], "The draft was not saved.", "model")
    with transaction.atomic(), recording("save_learned_draft", actor=actor):
        return put_draft(LearnedVersion.objects.all(), document, revision=revision)


def discard_learned_draft(*, actor: User | None, revision: int | None = None) -> bool:
    """Drop the draft. Raises ConflictError when it is no longer the one that was seen (`revision`)."""
    with transaction.atomic(), recording("discard_learned_draft", actor=actor):
        return drop_draft(LearnedVersion.objects.all(), revision=revision)


def start_training(*, actor: User | None) -> LearnedVersion:
    """Have the draft trained in the background. Raises DomainError for findings, ConflictError when it is busy."""
    with transaction.atomic(), recording("train_learned", actor=actor):
        draft = locked_draft(LearnedVersion.objects.all(), revision=None, noun="model")
        refuse(read_document(draft.document).findings, "The model was not trained.", "model")
        try:
            with transaction.atomic():
                LearnedWork.objects.filter(step=LearnedStep.TRAIN, state=WorkState.QUARANTINED).delete()
                LearnedWork.objects.create(step=LearnedStep.TRAIN, version=draft)
        except IntegrityError as error:
            raise ConflictError(BUSY) from error
        # what it learned before goes at once, and the revision with it: nobody publishes one report and gets another's model
        LearnedVersion.objects.filter(pk=draft.pk).update(
            revision=F("revision") + 1, progress=0.05, refusal="", trained=None, report=None
        )
        draft.refresh_from_db()
        wake("learned")
    return draft


def publish_learned(*, actor: User, revision: int | None = None) -> LearnedVersion:
    """Put the trained draft into force; everybody is scored in the background.

    A person publishes, never a program. Raises DomainError for findings, ConflictError when there is no draft or it is
    not the one the publisher saw.
    """
    versions = LearnedVersion.objects.all()
    with transaction.atomic(), recording("publish_learned", actor=actor):
        draft = locked_draft(versions, revision=revision, noun="model")
        findings = check_learned(draft)
        refuse([one for one in findings if one.level == "error"], "The model was not published.", "model")
        put_into_force(draft, rivals=versions, actor=actor, now=timezone.now())
        LearnedWork.objects.filter(step=LearnedStep.SCORE).delete()
        score_later(draft)
    return draft


def score_later(version: LearnedVersion, position: int = 0) -> None:
    LearnedWork.objects.bulk_create(
        [LearnedWork(step=LearnedStep.SCORE, version=version, position=position)], ignore_conflicts=True
    )
    wake("learned")


def score_again() -> None:
    """Have everybody scored again by the version in force, if there is one; once a day."""
    version = learned_in_force()
    if version is None:
        return
    newest = LearnedScore.objects.order_by("-at").values_list("at", flat=True).first()
    if newest is None or timezone.now() - newest > timedelta(days=1):
        with transaction.atomic():
            score_later(version)


def do_steps(rows: Sequence[LearnedWork]) -> None:
    for row in rows:
        if row.step == LearnedStep.TRAIN:
            train_draft(row.version)
        else:
            score_stretch(row)


def train_draft(version: LearnedVersion) -> None:
    """Learn from the closed deals; what is missing or wrong stands on the draft, and nothing goes into force."""
    rule = rule_in(version)
    assert rule is not None  # noqa: S101 - start_training refuses what has findings
    tell = teller(version)
    found = cases_of(rule)
    tell(0.1)
    values: dict[str, Any] = {"trained_revision": version.revision, "progress": 1.0, "trained_at": timezone.now()}
    try:
        trained = train(found.cases, rule, tell)
    except TooFew as missing:
        values |= {"trained": None, "report": None, "refusal": refusal_of(missing, found, rule)}
    else:
        report = {**trained.report, "without_history": found.without_history}
        values |= {"trained": trained.model.as_json(), "report": report, "refusal": ""}
    still = LearnedVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT, revision=version.revision)
    if not still.update(**values):
        LearnedVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(progress=0, refusal=CHANGED)


def refusal_of(missing: TooFew, found: Cases, rule: LearnedRule) -> str:
    if not found.without_history or rule.before_history == "first_value":
        return str(missing)
    return (
        f"{missing} Of the closed deals {found.without_history:,} were opened before anything was recorded about their "
        "person; they can be used by taking the first value ever recorded."
    )[:500]


KEEP = """
INSERT INTO martech_learnedscore (person_id, version_id, probability, at)
SELECT p.id, %s, s.probability, %s FROM unnest(%s::bigint[], %s::float8[]) s(person, probability)
JOIN martech_person p ON p.id = s.person
ON CONFLICT (person_id) DO UPDATE SET version_id = excluded.version_id, probability = excluded.probability, at = excluded.at
"""


def score_stretch(row: LearnedWork) -> None:
    """Score the next people in the order of their ids; the row comes back for those after them."""
    version, model = row.version, model_in(row.version)
    rule = rule_in(version)
    if rule is None or model is None or version.state != "published":
        return
    samples = samples_of(rule, after=row.position, limit=CHUNK)
    ids = list(samples)
    said = model.probabilities([samples[pk] for pk in ids]).tolist()
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [version.pk, timezone.now(), ids, said])
    if len(ids) == CHUNK:
        LearnedWork.objects.filter(pk=row.pk).update(position=ids[-1])
        postpone([row], until=timezone.now())


LEARNED = Kind("learned", LearnedWork, do_steps, batch=1, is_long=True, max_attempts=2)
