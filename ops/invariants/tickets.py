"""Tickets, cards and the rules that open them."""

from ops.invariants import Invariant

TICKETS = (
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
        SELECT t.id FROM ticket t LEFT JOIN (
            SELECT ticket_id, count(*) AS begun FROM ticket_event
            WHERE kind IN ('opened', 'reopened') GROUP BY ticket_id) e ON e.ticket_id = t.id
        WHERE t.epoch <> coalesce(e.begun, 0)
        """,
    ),
    Invariant(
        "alarm_has_ticket",
        "a device whose newest reading alarms for a life has a live ticket, unless it is silenced"
        " or the desk has closed it with a reason",
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
                          AND (t.status <> 'closed' OR t.closed_at >= s.ts AND EXISTS (
                              SELECT 1 FROM ticket_event e WHERE e.ticket_id = t.id
                                AND e.kind = 'closed' AND e.note IS NOT NULL)))
        """,
    ),
    Invariant(
        "blue_is_recovered",
        "a ticket of a device closes when the device has recovered, or at the desk with a reason",
        """
        SELECT id FROM ticket t WHERE status = 'closed' AND device_id IS NOT NULL
          AND recovered_at IS NULL AND NOT EXISTS (
              SELECT 1 FROM ticket_event e WHERE e.ticket_id = t.id AND e.kind = 'closed'
                AND e.note IS NOT NULL)
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
        "dead_outbox",
        "no card was given up",
        "SELECT id FROM outbox WHERE state = 'dead'",
    ),
    Invariant(
        "drill_over",
        "nothing stays practice once its drill is over, by a minute at most",
        """
        SELECT t.id FROM ticket t JOIN drill d ON d.id = t.drill_id
        WHERE t.status <> 'closed' AND (d.ended_at IS NOT NULL
              OR d.ends_at < CAST(:now AS timestamptz) - interval '1 minute')
        """,
    ),
)
