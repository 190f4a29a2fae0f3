"""What must always be true of the roll-ups, where no change waits to be counted."""

from mops.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "reporting.rollups_count_everybody",
        "the roll-ups count as many people as there are, unless days wait to be counted",
        """
        SELECT counted.subject FROM (
            SELECT 'people' AS subject, (SELECT coalesce(sum("rows"), 0) FROM reporting_dailyrollup
                WHERE subject = 'people' AND grain = 'channel') AS told, (SELECT count(*) FROM martech_person WHERE merged_into_id IS NULL) AS live) AS counted
        WHERE told <> live AND NOT EXISTS (SELECT FROM reporting_staleday)
        """,
    ),
)
