"""Asking for a completeness proof."""

from collections.abc import Mapping
from typing import Any

from governance.models import User
from martech.models import RunKind, SyncObject, SyncRun
from martech.services.sync.connections import MAPPED
from martech.services.sync.course import course_of
from martech.services.sync.questions import asked_for
from martech.services.sync.runs import request_run
from mops.core.errors import DomainError


def request_proof(*, object: SyncObject, asked: Mapping[str, Any], actor: User | None) -> SyncRun:
    """Ask in the background for a proof of an object: of everything, or of a stage, a segment or a condition.

    Raises DomainError where the mapping does not carry it, ConflictError while a proof of the object is under way.
    """
    course = course_of(object) if object.kind in MAPPED else None
    if course is None:
        raise DomainError("There is nothing to compare.", errors={"object": ["It has no mapping in force."]})
    if not object.is_enabled:
        raise DomainError("There is nothing to compare.", errors={"object": ["It is left out of the connection."]})
    question = asked_for(course, asked)
    return request_run(object.connection, RunKind.COMPARE, object=object, actor=actor, question=question)
