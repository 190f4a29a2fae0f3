"""Writes of workflow, one noun a file."""

from workflow.services.drafts import drop_draft, keep_draft, purge_drafts, send_draft
from workflow.services.forms import (
    build_form,
    change_form,
    create_default_forms,
    create_form,
    publish_form_version,
)
from workflow.services.requests import answer_question, comment_request, file_request, triage_request

__all__ = [
    "answer_question",
    "build_form",
    "change_form",
    "comment_request",
    "create_default_forms",
    "create_form",
    "drop_draft",
    "file_request",
    "keep_draft",
    "publish_form_version",
    "purge_drafts",
    "send_draft",
    "triage_request",
]
