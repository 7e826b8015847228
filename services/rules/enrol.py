"""Devices join the rules: whose they are is indexed, and what has a clock gets a timer."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.crypto import keyring, open_json
from core.db import Session, sql
from models import RuleKind
from services.rules.kinds import ON_READING

BATCH = 1000
TIMED = [kind.value for kind in RuleKind if kind not in ON_READING]


def person_index(person: UUID) -> bytes:
    """Make the blind index by which a person's own rules and devices are found."""
    return keyring().index(str(person), "rule.scope_index")


async def keep_up(session: Session, *, now: datetime) -> int:
    """Take up to a thousand devices that are new or belong to somebody else now; counts them."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT d.id, d.place, sha256(d.place) AS hash FROM device d
                LEFT JOIN device_scope s ON s.device_id = d.id
                WHERE d.removed_at IS NULL AND s.place_hash IS DISTINCT FROM sha256(d.place)
                ORDER BY d.id LIMIT :batch FOR UPDATE OF d SKIP LOCKED
                """
            ),
            {"batch": BATCH},
        )
    ).all()
    if not rows:
        return 0
    await session.execute(
        sql(
            """
            INSERT INTO device_scope (device_id, people, place_hash)
            VALUES (:device, CAST(:people AS bytea[]), :hash)
            ON CONFLICT (device_id) DO UPDATE
            SET people = excluded.people, place_hash = excluded.place_hash
            """
        ),
        [
            {
                "device": row.id,
                "hash": row.hash,
                "people": [
                    person_index(UUID(person))
                    for person in open_json(row.place, "device.place")["people"]
                ],
            }
            for row in rows
        ],
    )
    await start(session, devices=[row.id for row in rows], now=now)
    return len(rows)


async def start(
    session: Session,
    *,
    now: datetime,
    devices: Collection[UUID] | None = None,
    key: str | None = None,
) -> None:
    """Give these devices (or all of them) a timer for each timed rule (or this one)."""
    await session.execute(
        sql(
            """
            INSERT INTO rule_state (device_id, key, community_id, firing, due_at)
            SELECT DISTINCT d.id, r.key, d.community_id, false, CAST(:now AS timestamptz)
            FROM rule r JOIN device d ON d.community_id = r.community_id
                 AND (r.kind IS NULL OR r.kind = d.kind)
            WHERE r.looks_for = ANY(CAST(:timed AS text[])) AND d.removed_at IS NULL
              AND (CAST(:devices AS uuid[]) IS NULL OR d.id = ANY(CAST(:devices AS uuid[])))
              AND (CAST(:key AS text) IS NULL OR r.key = CAST(:key AS text))
            ON CONFLICT (device_id, key) DO NOTHING
            """
        ),
        {
            "now": now,
            "timed": TIMED,
            "devices": list(devices) if devices is not None else None,
            "key": key,
        },
    )
