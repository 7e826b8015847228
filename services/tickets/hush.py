"""What is not told because its device is silenced: recorded, to be judged again at the end."""

from collections.abc import Sequence
from datetime import datetime

from core.db import Session, sql
from services.rules import pauses
from services.rules.pauses import Pause
from services.tickets.judge import Signal

_LIVE = sql(
    """
    SELECT device_id, id FROM silence
    WHERE ended_at IS NULL AND begins_at <= :now AND ends_at > :now
      AND device_id = ANY(CAST(:devices AS uuid[]))
    """
)


async def told(session: Session, signals: Sequence[Signal], *, now: datetime) -> Sequence[Signal]:
    """Return the signals of devices that nobody silenced; clearing ones always count."""
    alarming = {one.device for one in signals if one.active and one.device is not None}
    if not alarming:
        return signals
    rows = await session.execute(_LIVE, {"devices": list(alarming), "now": now})
    silenced = {row.device_id: Pause(row.id, None) for row in rows}
    if not silenced:
        return signals
    held = {
        (one.device, one.what): silenced[one.device]
        for one in signals
        if one.active and one.device is not None and one.device in silenced
    }
    await pauses.note(session, held, now=now)
    return [one for one in signals if not one.active or (one.device, one.what) not in held]
