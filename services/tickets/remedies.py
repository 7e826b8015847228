"""What the reason at closing calls for: a device that is faulty gets its own ticket."""

from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services.tickets import acts, alarms
from services.tickets.judge import Signal

FAULTY = "device_faulty"


async def repair(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> None:
    """Ask for the repair of a ticket's device, for whoever may work on the ticket."""
    row = await acts.locked(session, by, ticket)
    if row.device_id is None:
        raise UserError("ticket-unknown", status=404)
    await faulty(session, ticket, now=now)


async def faulty(session: Session, ticket: UUID, *, now: datetime) -> None:
    """Put the device of a ticket on the maintenance list; once, however often it is said."""
    row = (
        await session.execute(
            sql(
                """
                SELECT d.id, d.community_id, d.grid_id, d.place FROM ticket t
                JOIN device d ON d.id = t.device_id WHERE t.id = :ticket
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None:
        return
    signal = Signal(
        key=f"{FAULTY}:{row.id}", what=FAULTY, severity="maintenance", community=row.community_id,
        grid=row.grid_id, device=None, active=True, ts=now,
        place=open_json(row.place, "device.place")["name"],
    )  # fmt: skip
    await alarms.apply(session, [signal], now=now)
