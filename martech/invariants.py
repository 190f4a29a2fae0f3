"""What must always be true of people, deals, routing, imports and identity."""

from mops.core.invariants import Invariant

WORK_TABLES = (
    *("martech_routingwork", "martech_responseclock", "martech_importwork", "martech_identitywork"),
    *("martech_identitymarks", "martech_searchwork", "martech_eventintake"),
)

INVARIANTS = (
    Invariant(
        "martech.merged_people_lead_to_living_ones",
        "a merged person leads to one who is not merged",
        """
        SELECT person.id FROM martech_person AS person JOIN martech_person AS survivor ON survivor.id = person.merged_into_id
        WHERE survivor.merged_into_id IS NOT NULL
        """,
    ),
    Invariant(
        "martech.addresses_belong_to_the_living",
        "addresses and ids belong to people who are not merged away",
        """
        SELECT person.id FROM martech_person AS person WHERE person.merged_into_id IS NOT NULL AND (
            EXISTS (SELECT FROM martech_personemail WHERE person_id = person.id)
            OR EXISTS (SELECT FROM martech_personidentity WHERE person_id = person.id))
        """,
    ),
    Invariant(
        "martech.the_address_is_one_of_theirs",
        "the address a person shows is one that they, or somebody who shares it, are known by",
        """
        SELECT person.id FROM martech_person AS person
        WHERE person.email <> '' AND person.merged_into_id IS NULL AND NOT EXISTS (
            SELECT FROM martech_personemail AS known WHERE known.key = lower(person.email)
                OR (known.person_id = person.id AND known.address = person.email))
        """,
    ),
    Invariant(
        "martech.stage_is_the_last_one_entered",
        "a person's stage is the one they entered last",
        """
        SELECT person.id FROM martech_person AS person CROSS JOIN LATERAL (
            SELECT stage FROM martech_stagemove WHERE person_id = person.id ORDER BY at DESC, id DESC LIMIT 1) AS latest
        WHERE latest.stage <> person.lifecycle_stage AND person.merged_into_id IS NULL
        """,
    ),
    Invariant(
        "martech.an_owner_was_decided",
        "who was given an owner by routing or by hand has the owner of the latest such decision, or the file's",
        """
        SELECT person.id FROM martech_person AS person CROSS JOIN LATERAL (
            SELECT owner_id, decided_at FROM martech_routingdecision
            WHERE person_id = person.id AND outcome IN ('assigned', 'manual')
            ORDER BY decided_at DESC, id DESC LIMIT 1) AS latest
        WHERE person.owner_id IS DISTINCT FROM latest.owner_id AND person.merged_into_id IS NULL AND NOT EXISTS (
            SELECT FROM martech_personevent AS event WHERE event.pgh_obj_id = person.id
                AND event.owner_id IS NOT DISTINCT FROM person.owner_id AND event.pgh_created_at > latest.decided_at)
        """,
    ),
    Invariant(
        "martech.one_response_clock",
        "an owner's clock runs for a person who belongs to them",
        """
        SELECT clock.id FROM martech_responseclock AS clock JOIN martech_person AS person ON person.id = clock.person_id
        WHERE clock.ended_at IS NULL AND person.owner_id IS DISTINCT FROM clock.owner_id
            AND clock.run_after < now() - interval '1 hour' AND clock.state IN ('pending', 'running')
        """,
    ),
    Invariant(
        "martech.pointers_move_by_turns",
        "members of a pool have got as many leads as decisions say",
        """
        SELECT state.id FROM martech_poolmemberstate AS state
        LEFT JOIN (
            SELECT version.policy_id, decision.pool, decision.owner_id, count(*) AS given
            FROM martech_routingdecision AS decision JOIN martech_policyversion AS version ON version.id = decision.version_id
            WHERE decision.outcome = 'assigned' AND decision.pool <> '' GROUP BY 1, 2, 3) AS told
            ON told.policy_id = state.policy_id AND told.pool = state.pool AND told.owner_id = state.user_id
        WHERE state.assigned <> coalesce(told.given, 0)
        """,
    ),
    Invariant(
        "martech.work_is_not_stuck",
        "no work is held by a lease that ran out an hour ago",
        " UNION ALL ".join(
            f"SELECT '{table} ' || id FROM {table} WHERE state = 'running' AND lease_until < now() - interval '1 hour'"  # noqa: S608 - constants
            for table in WORK_TABLES
        ),
    ),
    Invariant(
        "martech.import_counts_add_up",
        "the rows of a finished import are created, updated, unchanged or rejected",
        """
        SELECT id FROM martech_importbatch
        WHERE state = 'done' AND "rows" <> created + updated + unchanged + rejected
        """,
    ),
    Invariant(
        "martech.rejected_pairs_stay_apart",
        "two people who were judged to be different are in no cluster together",
        """
        SELECT pair.id FROM martech_duplicatepair AS pair
        JOIN martech_identitycluster AS one ON one.person_id = pair.one_id
        JOIN martech_identitycluster AS other ON other.person_id = pair.other_id
        WHERE pair.state = 'rejected' AND one.review_cluster = other.review_cluster
        """,
    ),
    Invariant(
        "martech.locked_people_stay_apart",
        "two people who are verified are in no cluster together",
        """
        SELECT cluster.review_cluster FROM martech_identitycluster AS cluster
        JOIN martech_lockedidentity AS lock ON lock.person_id = cluster.person_id
        GROUP BY cluster.review_cluster HAVING count(*) > 1
        """,
    ),
    Invariant(
        "martech.clusters_go_by_their_first",
        "a cluster has the id of its lowest person, and an automatic one lies within one to review",
        """
        SELECT review_cluster FROM martech_identitycluster GROUP BY review_cluster HAVING min(person_id) <> review_cluster
        UNION ALL
        SELECT auto_cluster FROM martech_identitycluster GROUP BY auto_cluster
            HAVING min(person_id) <> auto_cluster OR min(review_cluster) <> max(review_cluster)
        """,
    ),
    Invariant(
        "martech.keys_belong_to_the_living",
        "people merged away have no match keys, unless their comparison still waits",
        """
        SELECT DISTINCT person.id FROM martech_person AS person JOIN martech_matchkey AS key ON key.person_id = person.id
        WHERE person.merged_into_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM martech_identitywork AS work
            WHERE work.person_id = person.id AND work.state IN ('pending', 'running', 'quarantined'))
        AND NOT EXISTS (
            SELECT FROM martech_identitymarks AS marks
            WHERE marks.state <> 'done' AND marks.people::int8multirange @> person.id)
        """,
    ),
    Invariant(
        "martech.search_finds_everybody",
        "search knows what is written of everybody, unless they came in a large statement a moment ago",
        """
        SELECT person.id FROM martech_person AS person LEFT JOIN martech_personwords AS known ON known.person_id = person.id
        WHERE known.words IS DISTINCT FROM
            martech_words(person.first_name, person.last_name, person.email, person.company)
            AND (known.person_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM martech_searchwork AS work
                WHERE work.state <> 'done' AND work.people::int8multirange @> person.id))
        UNION ALL
        SELECT known.person_id FROM martech_personwords AS known
        WHERE NOT EXISTS (SELECT FROM martech_person WHERE id = known.person_id)
        """,
    ),
    Invariant(
        "martech.scores_are_as_counted_again",
        "the last recount of everybody found the scores that were kept",
        "SELECT day FROM martech_scoringstate WHERE differing > 0",
    ),
    Invariant(
        "martech.changes_are_counted",
        "nobody waits for an hour to be scored and staged again",
        "SELECT person_id FROM martech_changedperson WHERE at < now() - interval '1 hour'",
    ),
    Invariant(
        "martech.furthest_stage_is_no_earlier",
        "nobody is in a stage of the way that is beyond the furthest they came",
        """
        SELECT id FROM martech_person WHERE merged_into_id IS NULL
            AND array_position(ARRAY['subscriber','lead','mql','sal','sql','opportunity','customer'], lifecycle_stage::text)
              > array_position(ARRAY['subscriber','lead','mql','sal','sql','opportunity','customer'], furthest_stage::text)
        """,
    ),
    Invariant(
        "martech.segments_are_as_counted_again",
        "the last nightly recount of every segment found the members that were kept",
        "SELECT key FROM martech_segment WHERE differing > 0 AND archived_at IS NULL",
    ),
    Invariant(
        "martech.segment_counts_add_up",
        "a segment's number is that of its open stays",
        """
        SELECT segment.key FROM martech_segment AS segment WHERE segment.members <> (
            SELECT count(*) FROM martech_segmentmembership AS stay
            WHERE stay.segment_id = segment.id AND stay.left_at IS NULL)
        """,
    ),
    Invariant(
        "martech.stays_do_not_overlap",
        "nobody is in a segment twice at a time",
        """
        SELECT one.id FROM martech_segmentmembership AS one JOIN martech_segmentmembership AS other
            ON other.segment_id = one.segment_id AND other.person_id = one.person_id AND other.id > one.id
        WHERE tstzrange(one.entered_at, one.left_at) && tstzrange(other.entered_at, other.left_at)
        """,
    ),
    Invariant(
        "martech.who_was_merged_away_is_in_no_segment",
        "people merged away are in no segment, unless the refresh has still to look at them",
        """
        SELECT stay.id FROM martech_segmentmembership AS stay JOIN martech_person AS person ON person.id = stay.person_id
        JOIN martech_segment AS segment ON segment.id = stay.segment_id AND segment.archived_at IS NULL
        WHERE stay.left_at IS NULL AND person.merged_into_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM martech_changedperson AS waits WHERE waits.person_id = person.id)
        """,
    ),
)
