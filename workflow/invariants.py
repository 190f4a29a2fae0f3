"""What must always be true of requests."""

from mops.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "workflow.merged_requests_end",
        "a merged request leads to one that is not merged itself",
        """
        SELECT request.number FROM workflow_request AS request JOIN workflow_request AS target
            ON target.id = request.merged_into_id
        WHERE target.state = 'merged' OR request.state <> 'merged' OR target.id = request.id
        """,
    ),
    Invariant(
        "workflow.verdict_has_a_date",
        "a request that was decided says when",
        """
        SELECT number FROM workflow_request
        WHERE state NOT IN ('submitted', 'asked') AND decided_at IS NULL
        """,
    ),
)
