"""The invariants, as SQL that counts what breaks them; a count of zero everywhere is proof."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.crypto import SealBrokenError, keyring
from core.db import Session, sql
from services import looks, readiness


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that must hold, and the rows that break it (id first, at most 20)."""

    name: str
    says: str
    broken: str


INVARIANTS = (
    Invariant(
        "one_live_ticket",
        "one live ticket per key",
        """SELECT key FROM ticket WHERE status <> 'closed' GROUP BY key HAVING count(*) > 1""",
    ),
    Invariant(
        "one_acknowledger",
        "exactly one acknowledger per epoch, and the ticket names them",
        """
        SELECT t.id FROM ticket t WHERE t.status IN ('acked', 'resolved') AND
            (SELECT count(*) FROM ticket_event e WHERE e.ticket_id = t.id AND e.epoch = t.epoch
               AND e.kind = 'acked' AND e.person_id = t.acked_by) <> 1
            AND NOT (t.status = 'resolved' AND t.severity = 'care' AND t.acked_by IS NULL AND EXISTS (
                SELECT 1 FROM safety_answer a WHERE a.ticket_id = t.id AND a.epoch = t.epoch
                  AND a.undone_at IS NULL AND a.how IN ('self', 'together', 'voice')))
        UNION ALL
        SELECT ticket_id FROM ticket_event WHERE kind = 'acked'
        GROUP BY ticket_id, epoch HAVING count(*) > 1
        """,
    ),
    Invariant(
        "no_escalation_after_ack",
        "no escalation after an acknowledgement within an epoch",
        """
        SELECT e.ticket_id FROM ticket_event e JOIN ticket_event a ON a.ticket_id = e.ticket_id
          AND a.epoch = e.epoch AND a.kind = 'acked' AND a.id < e.id
        WHERE e.kind = 'escalated'
        """,
    ),
    Invariant(
        "no_escalation_skipped",
        "an open ticket with a chain has its next escalation set, not long overdue",
        """
        SELECT id FROM ticket WHERE status = 'open' AND jsonb_array_length(chain) > 0
          AND (next_escalation_at IS NULL OR next_escalation_at < CAST(:now AS timestamptz) - interval '1 minute')
        """,
    ),
    Invariant(
        "taken_is_watched",
        "whoever took a ticket is looked after in time",
        """
        SELECT id FROM ticket WHERE status = 'acked'
          AND watch_at < CAST(:now AS timestamptz) - interval '1 minute'
        """,
    ),
    Invariant(
        "duty_handed_over",
        "what somebody had in hand when their shift ended was offered on, and did not stay unasked",
        """
        SELECT id FROM shift WHERE relieved_at IS NULL
          AND ends_at < CAST(:now AS timestamptz) - interval '1 minute'
          AND ends_at > CAST(:now AS timestamptz) - interval '1 day'
        UNION ALL
        SELECT id FROM relief WHERE ended_at IS NULL
          AND due_at < CAST(:now AS timestamptz) - interval '1 minute'
        """,
    ),
    Invariant(
        "acked_is_quiet",
        "an acknowledged or closed ticket has no escalation set",
        """
        SELECT id FROM ticket WHERE status IN ('acked', 'closed')
          AND next_escalation_at IS NOT NULL
        """,
    ),
    Invariant(
        "cards_newest",
        "every card is at the newest version, or on its way there",
        """
        SELECT c.ticket_id FROM ticket_card c JOIN ticket t ON t.id = c.ticket_id
        WHERE (c.shown_version < t.version OR c.shown_ring < c.ring) AND NOT EXISTS (
            SELECT 1 FROM outbox o WHERE o.kind = 'ticket' AND o.object_id = c.ticket_id
              AND o.person_id = c.person_id AND o.channel = c.channel AND o.state = 'due')
        """,
    ),
    Invariant(
        "open_events",
        "every epoch of a ticket begins with exactly one opened or reopened event",
        """
        SELECT t.id FROM ticket t WHERE t.epoch <>
            (SELECT count(*) FROM ticket_event e WHERE e.ticket_id = t.id
               AND e.kind IN ('opened', 'reopened'))
        """,
    ),
    Invariant(
        "alarm_has_ticket",
        "a device whose newest reading alarms for a life has a live ticket, unless it is silenced",
        """
        SELECT s.device_id FROM device_state s JOIN device d ON d.id = s.device_id
        JOIN rule r ON r.community_id = d.community_id AND r.metric = s.metric
          AND (r.kind IS NULL OR r.kind = d.kind)
        WHERE d.removed_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM installation i WHERE i.device_id = d.id AND i.ended_at IS NULL)
          AND r.enabled AND r.comparison = '>=' AND s.value >= r."limit"
          AND r.severity = 'life' AND r.looks_for = 'threshold' AND r.scope = 'community'
          AND r.version = (SELECT max(version) FROM rule n
                           WHERE n.community_id = r.community_id AND n.key = r.key)
          AND NOT EXISTS (SELECT 1 FROM suppression u WHERE u.device_id = d.id AND u.key = r.key
                          AND u.judged_at IS NULL)
          AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.key = d.id || ':' || r.key
                          AND t.status <> 'closed')
        """,
    ),
    Invariant(
        "blue_is_recovered",
        "a ticket of a device closes only when the device has recovered",
        """
        SELECT id FROM ticket WHERE status = 'closed' AND device_id IS NOT NULL
          AND recovered_at IS NULL
        """,
    ),
    Invariant(
        "answers_respected",
        "nobody's certainty outweighs somebody who could not reach the person",
        """
        SELECT t.id FROM ticket t WHERE t.severity = 'care' AND t.status = 'resolved'
          AND t.acked_by IS NULL AND EXISTS (
              SELECT 1 FROM safety_answer a WHERE a.ticket_id = t.id AND a.epoch = t.epoch
                AND a.undone_at IS NULL AND a.how IN ('guess', 'not_reached'))
        """,
    ),
    Invariant(
        "timers_swept",
        "no timer of a rule is overdue by a minute",
        """
        SELECT device_id FROM rule_state
        WHERE due_at < CAST(:now AS timestamptz) - interval '1 minute'
        """,
    ),
    Invariant(
        "suppressed_is_judged",
        "what was not told because of a time away or a silence is judged once that is over",
        """
        SELECT s.device_id FROM suppression s
        LEFT JOIN away a ON a.id = s.because_id LEFT JOIN silence q ON q.id = s.because_id
        WHERE s.judged_at IS NULL
          AND coalesce(a.ended_at, q.ended_at) < CAST(:now AS timestamptz) - interval '1 hour'
        """,
    ),
    Invariant(
        "mailbox_counter",
        "nobody's mailbox holds an item beyond its counter",
        """
        SELECT i.person_id FROM mailbox_item i LEFT JOIN mailbox m ON m.person_id = i.person_id
        GROUP BY i.person_id, m.last_id HAVING max(i.id) > coalesce(m.last_id, 0)
        """,
    ),
    Invariant(
        "talk_has_ticket",
        "a talk is live exactly as long as its ticket",
        """
        SELECT h.ticket_id FROM handover h JOIN ticket t ON t.id = h.ticket_id
        WHERE (h.ended_at IS NULL) <> (t.status <> 'closed')
        UNION ALL
        SELECT id FROM ticket WHERE what = 'handover' AND NOT EXISTS (
            SELECT 1 FROM handover h WHERE h.ticket_id = ticket.id)
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
        "dead_outbox",
        "no card was given up",
        "SELECT id FROM outbox WHERE state = 'dead'",
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

SEALED = (
    ("person", "name"), ("person", "phone"), ("person", "id_number"), ("person", "sex"),
    ("person", "born"), ("person", "needs"), ("home", "label"), ("residence", "groups"),
    ("residence", "relation"), ("family_link", "relation"), ("contact", "name"),
    ("contact", "phone"), ("contact", "relation"), ("binding", "relation"), ("binding", "said"),
    ("access_entry", "reason"), ("broken_glass", "reason"),
    ("device", "place"), ("gateway", "name"), ("device", "external"), ("ticket", "place"), ("ticket", "people"), ("silence", "reason"),
    ("ticket_event", "note"),
    ("conversation", "flow"), ("conversation", "place"), ("conversation", "search"),
    ("outbox", "payload"),
    ("mailbox_item", "card"),
    ("button", "args"), ("dead_letter", "topic"), ("dead_letter", "payload"),
    ("emergency", "elders"), ("emergency", "said"), ("handover_message", "text"),
    ("channel_account", "external"), ("unknown_device", "external"),
    ("unknown_device", "model"), ("unknown_device", "gateway"),
    ("unknown_key", "key"), ("wrong_clock", "claimed"), ("device_request", "said"),
    ("redemption", "secret"), ("inbound", "reply"), ("vendor_message", "receipt"),
    ("last_card", "card"), ("last_card", "rest"), ("access_token", "token"),
)  # fmt: skip
_SAMPLE = 20
_WALKED = 1000


async def run(session: Session, *, now: datetime) -> list[dict[str, Any]]:
    """Check every invariant; each result says how many rows break it and names some.

    Raises ValueError on a database that was never migrated.
    """
    if "migration" in await readiness.missing(session, now=now, stale=timedelta(0)):
        raise ValueError("the database is not at the newest revision: run `./dev migrate` first")
    results = []
    for one in INVARIANTS:
        given = {"now": now} if ":now" in one.broken else {}
        rows = (await session.execute(sql(one.broken), given)).all()
        results.append(
            {
                "name": one.name,
                "says": one.says,
                "broken": len(rows),
                "examples": [str(row[0]) for row in rows[:_SAMPLE]],
            }
        )
    return [*results, await _access_log(session), await _sealed(session)]


async def _access_log(session: Session) -> dict[str, Any]:
    """Walk the newest entries of every community's chain; `ops audit verify` walks them all."""
    broken: list[str] = []
    for community, slug in await looks.communities(session):
        proof = await looks.verify(session, community, last=_WALKED)
        if proof.broken is not None:
            broken.append(f"{slug} {proof.broken}")
    return {
        "name": "access_log_whole",
        "says": "the access log's chain is whole",
        "broken": len(broken),
        "examples": broken,
    }


async def _sealed(session: Session) -> dict[str, Any]:
    """Take samples of each sealed column: they must open with our keys and in their column."""
    broken: list[str] = []
    for table, column in SEALED:
        rows = await session.execute(
            sql(
                f"SELECT {column} AS value FROM {table} "  # noqa: S608  (names from SEALED)
                f"WHERE {column} IS NOT NULL ORDER BY random() LIMIT {_SAMPLE}"
            )
        )
        for row in rows:
            try:
                keyring().open(bytes(row.value), f"{table}.{column}")
            except SealBrokenError:
                broken.append(f"{table}.{column}")
    return {
        "name": "sealed",
        "says": "sealed fields open with our keys alone",
        "broken": len(broken),
        "examples": sorted(set(broken)),
    }
