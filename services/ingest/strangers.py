"""Devices that speak and nobody registered: remembered, and heard when a life is at stake."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.crypto import seal_json
from core.db import Session, sql
from core.reading import LIFE_METRICS, Reading
from services.ingest.origins import Told
from services.ingest.registry import Registry, external_index
from services.tickets.judge import Signal

FALLBACK = "default"
_EXTERNAL, _MODEL, _GATEWAY = (
    f"unknown_device.{column}" for column in ("external", "model", "gateway")
)
Slot = tuple[UUID, str, str]  # community, source, external id


async def meet(
    session: Session,
    registry: Registry,
    spoken: list[tuple[str, Reading]],
    heard_of: Sequence[Told],
    *,
    now: datetime,
) -> list[Signal]:
    """Count what strangers said; return the signals of their life metrics for the operator.

    What was told of their models and gateways is kept for whoever registers them.

    A stranger on the topic of an unknown community is counted for the community `default`.
    """
    heard: Counter[Slot] = Counter()
    signals: list[Signal] = []
    for slug, reading in spoken:
        community = _community(registry, slug)
        if community is None:
            continue
        heard[community, reading.source, reading.device] += 1
        if reading.metric in LIFE_METRICS:
            signals.append(_signal(community, reading))
    about = _about(registry, heard_of)
    if heard or about:
        await _remember(session, heard, about, now=now)
    return signals


def _community(registry: Registry, slug: str) -> UUID | None:
    return registry.communities.get(slug) or registry.communities.get(FALLBACK)


def _about(registry: Registry, heard_of: Sequence[Told]) -> dict[Slot, tuple[str, str]]:
    """Choose of what was told that about strangers: their model and gateway, the newest of each."""
    found: dict[Slot, tuple[str, str]] = {}
    for one in heard_of:
        source, external, slug = one.address
        community = _community(registry, slug)
        if one.zone or community is None or one.address in registry.devices:
            continue
        model, gateway = found.get((community, source, external), ("", ""))
        through = one.gateway[1] if one.gateway else ""
        found[community, source, external] = (one.model or model, through or gateway)
    return found


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
    session: Session, heard: Counter[Slot], about: dict[Slot, tuple[str, str]], *, now: datetime
) -> None:
    """Note who was heard, or only heard of, which makes nobody heard lately."""
    slots = sorted(heard.keys() | about.keys())
    told = [about.get(slot, ("", "")) for slot in slots]
    await session.execute(
        sql(
            """
            INSERT INTO unknown_device AS u (community_id, source, external_index, external,
                                             model, gateway, first_seen, last_seen, messages)
            SELECT c, s, i, e, m, g, :now, :now, n
            FROM unnest(CAST(:communities AS uuid[]), CAST(:sources AS text[]),
                        CAST(:indexes AS bytea[]), CAST(:externals AS bytea[]),
                        CAST(:models AS bytea[]), CAST(:gateways AS bytea[]),
                        CAST(:counts AS int[])) AS w(c, s, i, e, m, g, n)
            ON CONFLICT (community_id, source, external_index) DO UPDATE
            SET last_seen = CASE excluded.messages WHEN 0 THEN u.last_seen
                                                   ELSE excluded.last_seen END,
                messages = u.messages + excluded.messages,
                model = coalesce(excluded.model, u.model),
                gateway = coalesce(excluded.gateway, u.gateway)
            """
        ),
        {
            "now": now,
            "communities": [slot[0] for slot in slots],
            "sources": [slot[1] for slot in slots],
            "indexes": [external_index(slot[2]) for slot in slots],
            "externals": [seal_json(slot[2], _EXTERNAL) for slot in slots],
            "models": [seal_json(one, _MODEL) if one else None for one, _ in told],
            "gateways": [seal_json(one, _GATEWAY) if one else None for _, one in told],
            "counts": [heard[slot] for slot in slots],
        },
    )
