"""At the door and nobody opens: elder and family, the key, a neighbour, 110; each with its time."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from models import Happened
from services.permissions import Permission, require
from services.tickets import journal
from services.tickets.acts import place_of
from services.tickets.journal import Noted

POLICE = "police"


class Step(StrEnum):
    """What is noted at a door, in the order in which it is tried."""

    NO_ANSWER = "no_answer"
    NO_ENTRY = "no_entry"
    FAMILY = "family"
    KEY_HOLDER = "key_holder"
    NEIGHBOUR = "neighbour"
    POLICE = "police"
    FORCED = "forced"


TRIED = (Step.FAMILY, Step.KEY_HOLDER, Step.NEIGHBOUR, Step.POLICE, Step.FORCED)


async def note(
    session: Session, by: Actor, *, ticket: UUID, step: Step, beside: str = "", now: datetime
) -> tuple[Noted, ...]:
    """Note a step with its time; returns all that was noted, this one too.

    A door is forced only after 110 was dialled, and by two: `beside` is the second one, `police`
    or the id of somebody who has the ticket's card too. Raises UserError `door-police-first`,
    `door-two`.
    """
    row = await journal.at_the_door(session, by, ticket)
    noted = await journal.of(session, ticket, row.epoch)
    tried = steps(noted)
    if step is Step.FORCED:
        if Step.POLICE not in tried:
            raise UserError("door-police-first", status=409)
        if beside != POLICE and beside not in await _others(session, row, by):
            raise UserError("door-two", status=409)
    if step in tried:
        return noted
    data = {"step": step.value} | ({"beside": beside} if step is Step.FORCED else {})
    await journal.note(session, row, Happened.AT_DOOR, by, now=now, data=data)
    return await journal.of(session, ticket, row.epoch)


async def colleagues(session: Session, by: Actor, *, ticket: UUID) -> list[UUID]:
    """List the other workers who have a card of the ticket: with one of them a door is forced."""
    row = await journal.at_the_door(session, by, ticket)
    require(by, Permission.TICKETS_WORK, place_of(row))
    return [UUID(one) for one in await _others(session, row, by)]


def steps(noted: tuple[Noted, ...]) -> dict[Step, datetime]:
    """Map what was tried at the door to its time."""
    return {Step(one.data["step"]): one.at for one in noted if one.kind is Happened.AT_DOOR}


async def _others(session: Session, row: Any, by: Actor) -> list[str]:
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT person_id FROM ticket_card
            WHERE ticket_id = :ticket AND part IN ('worker', 'backup') AND person_id <> :me
            ORDER BY person_id
            """
        ),
        {"ticket": row.id, "me": by.person},
    )
    return [str(one) for one in rows.scalars()]
