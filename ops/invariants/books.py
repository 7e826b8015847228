"""Points, redemptions and places: what is counted adds up; accounts: who is apart is apart."""

from ops.invariants import Invariant

BOOKS = (
    Invariant(
        "administrators_apart",
        "who looks after accounts does nothing else on that account",
        """
        SELECT a.person_id FROM membership a JOIN membership b ON b.person_id = a.person_id
        WHERE a.role IN ('system', 'security', 'audit') AND b.role <> a.role
          AND b.role IN ('system', 'security', 'audit', 'worker', 'operator', 'street', 'lead', 'desk')
        """,
    ),
    Invariant(
        "places_counted",
        "an activity's places are counted right, and never more than there are",
        """
        SELECT a.id FROM activity a WHERE a.taken > a.capacity OR a.taken <>
            (SELECT count(*) FROM enrolment e WHERE e.activity_id = a.id AND e.status <> 'left')
        """,
    ),
    Invariant(
        "attendance_credited",
        "every approved attendance was credited, once",
        """
        SELECT e.id FROM enrolment e JOIN activity a ON a.id = e.activity_id
        WHERE e.status = 'attended' AND a.points > 0 AND
            (SELECT count(*) FROM transfer t WHERE t.community_id = e.community_id
               AND t.key = 'attendance:' || e.activity_id || ':' || e.person_id) <> 1
        """,
    ),
    Invariant(
        "ledger_sums_to_zero",
        "every transfer's postings sum to zero, and so do all accounts of a community",
        """
        SELECT t.id FROM transfer t LEFT JOIN posting p ON p.transfer_id = t.id
        GROUP BY t.id HAVING count(p.id) < 2 OR sum(p.amount) <> 0
        UNION ALL
        SELECT community_id FROM account GROUP BY community_id HAVING sum(balance) <> 0
        """,
    ),
    Invariant(
        "ledger_not_below_zero",
        "no account but issuance is below zero",
        "SELECT id FROM account WHERE balance < 0 AND kind <> 'issuance'",
    ),
    Invariant(
        "ledger_replays",
        "every balance is what its postings add up to",
        """
        SELECT a.id FROM account a LEFT JOIN posting p ON p.account_id = a.id
        GROUP BY a.id HAVING a.balance <> coalesce(sum(p.amount), 0)
        """,
    ),
    Invariant(
        "ledger_reversed_once",
        "a transfer is reversed at most once, by its exact opposite",
        """
        SELECT reverses_id FROM transfer WHERE reverses_id IS NOT NULL
        GROUP BY reverses_id HAVING count(*) > 1
        UNION ALL
        SELECT t.id FROM transfer t
        JOIN posting n ON n.transfer_id = t.id
        LEFT JOIN posting o ON o.transfer_id = t.reverses_id AND o.account_id = n.account_id
          AND o.amount = -n.amount
        WHERE t.reverses_id IS NOT NULL AND o.id IS NULL
        """,
    ),
    Invariant(
        "code_used_once",
        "a redemption's code moves points to the merchant at most once, and only if confirmed",
        """
        SELECT coalesce(r.id, t.id) FROM redemption r
        FULL JOIN (SELECT id FROM transfer WHERE reason = 'redeemed') t ON t.id = r.end_id
        WHERE (r.state IS NOT DISTINCT FROM 'confirmed') <> (t.id IS NOT NULL)
        UNION ALL
        SELECT CAST(min(CAST(id AS text)) AS uuid) FROM redemption WHERE state = 'held'
        GROUP BY merchant_id, code_index HAVING count(*) > 1
        """,
    ),
    Invariant(
        "holds_end_once",
        "every hold stands, or has ended by exactly one transfer of the same points",
        """
        SELECT r.id FROM redemption r
        JOIN posting h ON h.transfer_id = r.hold_id AND h.amount > 0
        LEFT JOIN posting e ON e.transfer_id = r.end_id AND e.account_id = h.account_id
        WHERE h.amount <> r.amount
           OR (r.state = 'held') <> (e.id IS NULL)
           OR (e.id IS NOT NULL AND e.amount <> -r.amount)
        UNION ALL
        SELECT a.id FROM account a WHERE a.kind = 'hold' AND a.balance <>
            (SELECT coalesce(sum(r.amount), 0) FROM redemption r
             WHERE r.person_id = a.person_id AND r.community_id = a.community_id
               AND r.state = 'held')
        """,
    ),
    Invariant(
        "holds_lapse",
        "no hold outlives its time by a minute",
        """
        SELECT id FROM redemption
        WHERE state = 'held' AND expires_at < CAST(:now AS timestamptz) - interval '1 minute'
        """,
    ),
)
