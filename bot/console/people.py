"""One person opened, glass broken in an emergency, and who looked at whom."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.deps import InStack
from cards import access
from core.clock import utcnow
from core.db import Session
from core.i18n import Translator
from services import audit, glass, looks, records
from services.looks import Entry
from services.permissions import Permission
from services.records import Record

router = APIRouter(prefix="/api/console", tags=["console"])
PAGE = 50


class Break(BaseModel):
    """Whom to look at in an emergency, why, and for which ticket if there is one."""

    model_config = ConfigDict(extra="forbid")
    person: UUID
    reason: str = Field(max_length=glass.REASON_LIMIT)
    ticket: UUID | None = None


class Asked(BaseModel):
    """What of the log is wanted: of whom, about whom, which deeds, from when until when."""

    model_config = ConfigDict(extra="forbid")
    person: UUID | None = None
    actor: UUID | None = None
    action: Permission | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    before: int | None = Field(default=None, ge=1, lt=2**31)


@router.post("/people/{person}/open", **asks(Permission.PEOPLE_READ))
async def open_person(person: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Show a person without masks; the look is written down and they can read of it."""

    async def work(session: Session) -> Record:
        return await records.opened(session, by.actor, person, community=by.community, now=utcnow())

    return _record(await stack.db.run(work), by.t)


@router.get("/glass", **asks(Permission.GLASS_LIST))
async def read_glass(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List emergency looks, the newest first, with reason, end, and when somebody was told."""
    async with stack.db.reading() as session:
        found = await glass.listing(session, by.actor, community=by.community, now=utcnow())
    return {"glass": [asdict(one) for one in found]}


@router.post("/glass", **asks(Permission.GLASS_BREAK))
async def break_glass(body: Break, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Look at a person in an emergency, contacts and keys too; they are told at once."""
    now = utcnow()

    async def work(session: Session) -> tuple[Record, datetime]:
        await glass.break_for(
            session, by.actor, body.person, reason=body.reason, ticket=body.ticket,
            community=by.community, now=now,
        )  # fmt: skip
        return await glass.look(session, by.actor, body.person, now=now)

    seen, until = await stack.db.run(work)
    return {**_record(seen, by.t), "until": until}


@router.get("/access", **asks(Permission.ACCESS_READ))
async def read_access(
    by: ByOperator, stack: InStack, asked: Annotated[Asked, Query()]
) -> dict[str, Any]:
    """List who looked at whom, the newest first; `next` is the `before` of the next page.

    That it was read is an entry too.
    """

    async def work(session: Session) -> list[Entry]:
        found = await looks.listing(
            session, by.actor, community=by.community, limit=PAGE, **asked.model_dump()
        )
        audit.note(
            session, by.actor, Permission.ACCESS_READ, community=by.community, now=utcnow(),
            subject=asked.person, how_many=len(found),
        )  # fmt: skip
        return found

    found = await stack.db.run(work)
    last = found[-1].number if len(found) == PAGE else None
    return {"entries": [_entry(one, by.t) for one in found], "next": last}


def _record(seen: Record, t: Translator) -> dict[str, Any]:
    groups = [t(f"group-{group}") for group in seen.groups]
    return {**asdict(seen), "groups": groups}


def _entry(one: Entry, t: Translator) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": one.at,
        "who": access.who(one, t),
        "person": one.subject,
        "action": one.action,
        "text": access.look(one, t),
        "way": one.way,
    }
