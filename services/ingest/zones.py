"""Zones of street cameras: what is watched there, and whether something else still stands in one."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import yaml

from core.db import Session, sql

if TYPE_CHECKING:
    from services.ingest.rows import Row

STATIONARY: Final = "object_stationary"
MARK: Final = "@"  # between an object's id and its zone in the readings' log
_CAMERA: Final = "camera"
_RECORDER: Final = "frigate"
_FILE: Final = Path(__file__).resolve().parent.parent.parent / "data" / "zones.yaml"
_REMEMBERED: Final = timedelta(days=1)

Place = tuple[UUID, str]  # camera, zone


def kind_of(kind: str, zone: str | None) -> str:
    """Tell of what kind a reading is: a camera's zone by its name, else the device's own."""
    return _named(zone) or kind if kind == _CAMERA and zone is not None else kind


def seen(rows: Iterable["Row"]) -> dict[str, str]:
    """Give the recorder's events that alarm, by the key of the ticket that each raises."""
    return {
        f"{row.known.id}:{rule.key}": row.reading.event_id
        for row in rows
        if row.reading.source == _RECORDER and row.reading.zone and row.reading.event_id
        for rule in row.rules
        if not rule.remembers and rule.holds(float(row.reading.value))
    }


async def occupied(session: Session, places: Collection[Place], *, now: datetime) -> set[Place]:
    """Find the zones in which an object still stands: one that drives off frees none for others.

    Only objects with an id can be told apart. One that was not heard of for a day is forgotten:
    its end was lost.
    """
    ordered = sorted(places)
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT o.device_id, o.zone FROM (
                SELECT DISTINCT ON (w.device_id, w.zone, r.event_id)
                       w.device_id, w.zone, r.value
                FROM unnest(CAST(:devices AS uuid[]), CAST(:zones AS text[]))
                    AS w(device_id, zone)
                JOIN reading r ON r.device_id = w.device_id AND r.metric = :metric
                     AND r.ts > :since AND right(r.event_id, length(w.zone)) = w.zone
                     AND r.event_id NOT LIKE '~%'
                ORDER BY w.device_id, w.zone, r.event_id, r.ts DESC, r.value) o
            WHERE o.value = 1
            """
        ),
        {
            "devices": [device for device, _ in ordered],
            "zones": [MARK + zone for _, zone in ordered],
            "metric": STATIONARY, "since": now - _REMEMBERED,
        },
    )  # fmt: skip
    return {(row.device_id, row.zone.removeprefix(MARK)) for row in rows}


@lru_cache(maxsize=1024)
def _named(zone: str) -> str | None:
    plain = zone.lower().replace("-", "_")
    return next((kind for word, kind in _words().items() if word in plain), None)


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """Read the words, the longest first: `fire_lane` says more than `lane`."""
    known: dict[str, list[str]] = yaml.safe_load(_FILE.read_text("utf-8"))
    words = {word: kind for kind, some in known.items() for word in some}
    return dict(sorted(words.items(), key=lambda pair: -len(pair[0])))
