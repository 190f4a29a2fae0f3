"""What must always be true of users, tokens and history."""

from mops.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "governance.one_address_one_user",
        "no two users share an address, whatever its case",
        "SELECT lower(email) FROM governance_user GROUP BY lower(email) HAVING count(*) > 1",
    ),
    Invariant(
        "governance.an_admin_is_left",
        "somebody active may administer the system, once there are users",
        """
        SELECT 'nobody' WHERE EXISTS (SELECT FROM governance_user WHERE is_active)
            AND NOT EXISTS (SELECT FROM governance_user WHERE is_active AND 'admin' = ANY(roles))
        """,
    ),
    Invariant(
        "governance.history_is_append_only",
        "every table of history refuses changes",
        """
        SELECT class.relname FROM pg_class AS class JOIN pg_attribute AS attribute
            ON attribute.attrelid = class.oid AND attribute.attname = 'pgh_obj_id'
        WHERE class.relkind = 'r' AND class.relnamespace = current_schema()::regnamespace AND NOT EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = class.oid AND tgname LIKE 'pgtrigger_append_only_%' AND tgenabled = 'O')
        """,
    ),
    Invariant(
        "governance.consent_is_append_only",
        "consent records refuse changes",
        """
        SELECT 'governance_consentrecord' WHERE NOT EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = 'governance_consentrecord'::regclass
                AND tgname LIKE 'pgtrigger_consent_append_only_%' AND tgenabled = 'O')
        """,
    ),
    Invariant(
        "governance.suppression_holds_hashes_only",
        "the suppression list holds keyed hashes and no addresses",
        "SELECT id FROM governance_suppression WHERE subject !~ '^[0-9a-f]{64}$'",
    ),
    Invariant(
        "governance.held_back_adds_up",
        "everybody the gate held back is on record by name of the asker",
        """
        SELECT id FROM governance_contactcheck AS checked WHERE denied <> (
            SELECT count(*) FROM governance_heldback AS held WHERE held.check_asked_id = checked.id)
        """,
    ),
)
