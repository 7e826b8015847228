"""Devices that speak and nobody registered: remembered, and heard when a life is at stake."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from core.crypto import seal_json
from core.db import Session, sql
from core.reading import LIFE_METRICS, Reading
from services.ingest.registry import Registry, external_index
from services.tickets.judge import Signal

FALLBACK = "default"
_EXTERNAL = "unknown_device.external"


async def meet(
    session: Session, registry: Registry, spoken: list[tuple[str, Reading]], *, now: datetime
) -> list[Signal]:
    """Count what strangers said; return the signals of their life metrics for the operator.

    A stranger on the topic of an unknown community is counted for the community `default`.
    """
    heard: Counter[tuple[UUID, str, str]] = Counter()
    signals: list[Signal] = []
    for slug, reading in spoken:
        community = registry.communities.get(slug) or registry.communities.get(FALLBACK)
        if community is None:
            continue
        heard[community, reading.source, reading.device] += 1
        if reading.metric in LIFE_METRICS:
            signals.append(_signal(community, reading))
    if heard:
        await _remember(session, heard, now=now)
    return signals


def _signal(community: UUID, reading: Reading) -> Signal:
    name = external_index(reading.device).hex()
    return Signal(
        key=f"unregistered:{community}:{reading.source}:{name}",
        what="unregistered",
        severity="life",
        community=community,
        grid=None,
        device=None,
        active=bool(reading.value),
        ts=reading.ts,
        place=f"{reading.source} · {reading.device}",
    )


async def _remember(
    session: Session, heard: Counter[tuple[UUID, str, str]], *, now: datetime
) -> None:
    slots = sorted(heard)
    await session.execute(
        sql(
            """
            INSERT INTO unknown_device (community_id, source, external_index, external,
                                        first_seen, last_seen, messages)
            SELECT c, s, i, e, :now, :now, n
            FROM unnest(CAST(:communities AS uuid[]), CAST(:sources AS text[]),
                        CAST(:indexes AS bytea[]), CAST(:externals AS bytea[]),
                        CAST(:counts AS int[])) AS w(c, s, i, e, n)
            ON CONFLICT (community_id, source, external_index) DO UPDATE
            SET last_seen = excluded.last_seen,
                messages = unknown_device.messages + excluded.messages
            """
        ),
        {
            "now": now,
            "communities": [slot[0] for slot in slots],
            "sources": [slot[1] for slot in slots],
            "indexes": [external_index(slot[2]) for slot in slots],
            "externals": [seal_json(slot[2], _EXTERNAL) for slot in slots],
            "counts": [heard[slot] for slot in slots],
        },
    )
