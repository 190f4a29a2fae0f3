"""Tables of workflow."""

from workflow.models.draft import RequestDraft
from workflow.models.form import FormVersion, IntakeForm
from workflow.models.request import Request, RequestComment, RequestState, Verdict

__all__ = ["FormVersion", "IntakeForm", "Request", "RequestComment", "RequestDraft", "RequestState", "Verdict"]
