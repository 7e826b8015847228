"""What rules remember of devices, loaded and kept in sets."""

from collections.abc import Collection, Mapping
from uuid import UUID

import orjson

from core.db import Session, sql
from services.rules.kinds import NOTHING, Memory

Slot = tuple[UUID, str]  # device, key of the rule


async def load(session: Session, slots: Collection[Slot]) -> dict[Slot, Memory]:
    """Load and lock what is remembered, in the order of the slots; nothing is left out."""
    ordered = sorted(slots)
    rows = await session.execute(
        sql(
            """
            SELECT s.device_id, s.key, s.since, s.hits, s.firing, s.due_at
            FROM unnest(CAST(:devices AS uuid[]), CAST(:keys AS text[])) AS w(device, key)
            JOIN rule_state s ON s.device_id = w.device AND s.key = w.key
            ORDER BY s.device_id, s.key FOR UPDATE OF s
            """
        ),
        {"devices": [device for device, _ in ordered], "keys": [key for _, key in ordered]},
    )
    found = {
        (row.device_id, row.key): Memory(row.since, tuple(row.hits), row.firing, row.due_at)
        for row in rows
    }
    return {slot: found.get(slot, NOTHING) for slot in ordered}


async def keep(
    session: Session, changed: Mapping[Slot, Memory], communities: Mapping[UUID, UUID]
) -> None:
    """Write what is remembered from now on; `communities` says whose each device is."""
    if not changed:
        return
    ordered = sorted(changed)
    await session.execute(
        sql(
            """
            INSERT INTO rule_state (device_id, key, community_id, since, hits, firing, due_at)
            SELECT device, key, community, since,
                   ARRAY(SELECT CAST(h AS timestamptz) FROM jsonb_array_elements_text(hits) AS h),
                   firing, due_at
            FROM unnest(CAST(:devices AS uuid[]), CAST(:keys AS text[]),
                        CAST(:communities AS uuid[]), CAST(:sinces AS timestamptz[]),
                        CAST(:hits AS jsonb[]), CAST(:firings AS bool[]),
                        CAST(:dues AS timestamptz[]))
                AS w(device, key, community, since, hits, firing, due_at)
            ON CONFLICT (device_id, key) DO UPDATE
            SET since = excluded.since, hits = excluded.hits, firing = excluded.firing,
                due_at = excluded.due_at
            """
        ),
        {
            "devices": [device for device, _ in ordered],
            "keys": [key for _, key in ordered],
            "communities": [communities[device] for device, _ in ordered],
            "sinces": [changed[slot].since for slot in ordered],
            "hits": [orjson.dumps(changed[slot].hits).decode() for slot in ordered],
            "firings": [changed[slot].firing for slot in ordered],
            "dues": [changed[slot].due_at for slot in ordered],
        },
    )


async def put_off(session: Session, changed: Mapping[Slot, Memory]) -> None:
    """Write what a look has changed of rows that are there and locked, in whatever order."""
    ordered = list(changed)
    await session.execute(
        _PUT_OFF,
        {
            "devices": [device for device, _ in ordered],
            "keys": [key for _, key in ordered],
            "sinces": [changed[slot].since for slot in ordered],
            "firings": [changed[slot].firing for slot in ordered],
            "dues": [changed[slot].due_at for slot in ordered],
        },
    )


_PUT_OFF = sql(
    """
    UPDATE rule_state s SET since = w.since, firing = w.firing, due_at = w.due
    FROM unnest(CAST(:devices AS uuid[]), CAST(:keys AS text[]), CAST(:sinces AS timestamptz[]),
                CAST(:firings AS bool[]), CAST(:dues AS timestamptz[]))
        AS w(device, key, since, firing, due)
    WHERE s.device_id = w.device AND s.key = w.key
    """
)
