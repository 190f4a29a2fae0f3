"""What must always be true of campaigns and money."""

from mops.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "planning.campaign_code_kept",
        "a campaign's code is the one it began with",
        """
        SELECT campaign.code FROM planning_campaign AS campaign JOIN planning_campaignevent AS event
            ON event.pgh_obj_id = campaign.id AND event.pgh_label = 'insert'
        WHERE event.code <> campaign.code
        """,
    ),
    Invariant(
        "planning.reversal_cancels",
        "a reversal takes back exactly the entry that it names, on the same line",
        """
        SELECT reversal.id FROM planning_budgetentry AS reversal JOIN planning_budgetentry AS entry
            ON entry.id = reversal.reverses_id
        WHERE reversal.kind <> 'reversal' OR reversal.line_id <> entry.line_id OR reversal.amount <> -entry.amount
        """,
    ),
    Invariant(
        "planning.transfers_balance",
        "what a transfer takes from one line it gives to another, in the same currency",
        """
        SELECT entry.document FROM planning_budgetentry AS entry JOIN planning_budgetline AS line ON line.id = entry.line_id
        WHERE entry.kind IN ('transfer_in', 'transfer_out') GROUP BY entry.document
        HAVING sum(entry.amount) <> 0 OR count(DISTINCT line.currency) > 1
        """,
    ),
    Invariant(
        "planning.commitment_not_negative",
        "no line releases more than was committed",
        """
        SELECT line_id FROM planning_budgetentry WHERE kind IN ('commit', 'uncommit')
        GROUP BY line_id HAVING sum(amount) < 0
        """,
    ),
)
