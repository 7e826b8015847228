"""Drills and test rings."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.deps import InStack
from core.clock import utcnow
from core.i18n import Translator
from services import drills
from services.permissions import Permission
from services.tickets import bell
from services.tickets.bell import Result

router = APIRouter(prefix="/api/console", tags=["console"])


class Begin(BaseModel):
    """The devices that take part, for how long, and whether elders and relatives do."""

    model_config = ConfigDict(extra="forbid")
    devices: list[UUID] = Field(min_length=1, max_length=drills.MOST)
    minutes: int = Field(ge=1, le=drills.LONGEST // timedelta(minutes=1))
    households: bool = False


@router.get("/drill", **asks(Permission.TICKETS_READ))
async def read_drill(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Show the drill that runs, if one does."""
    async with stack.db.reading() as session:
        found = await drills.running(session, by.actor, by.community)
    return {"drill": found and asdict(found)}


@router.post("/drill", **asks(Permission.DRILLS_RUN))
async def begin_drill(body: Begin, by: ByOperator, stack: InStack) -> dict[str, UUID]:
    """Begin a drill."""
    now = utcnow()
    made = await stack.db.run(
        lambda s: drills.begin(
            s, by.actor, by.community, devices=body.devices, households=body.households,
            lasts=timedelta(minutes=body.minutes), now=now,
        )
    )  # fmt: skip
    return {"drill": made}


@router.post("/drill/end", **asks(Permission.DRILLS_RUN))
async def end_drill(by: ByOperator, stack: InStack) -> dict[str, bool]:
    """End it; what still alarms is rung again, for real."""
    now = utcnow()
    return {"ended": await stack.db.run(lambda s: drills.end(s, by.actor, by.community, now=now))}


@router.get("/bell", **asks(Permission.DELIVERY_READ))
async def read_bell(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Show the newest test ring and whom an alarm might not reach."""
    async with stack.db.reading() as session:
        found = await bell.newest(session, by.actor, by.community)
    return {"bell": found and _result(found, by.t)}


@router.post("/bell", **asks(Permission.BELL_TEST))
async def ring_bell(by: ByOperator, stack: InStack) -> dict[str, UUID]:
    """Ring every worker and relative now."""
    now = utcnow()
    return {"ticket": await stack.db.run(lambda s: bell.begin(s, by.actor, by.community, now=now))}


def _result(found: Result, t: Translator) -> dict[str, Any]:
    missed = [{**asdict(one), "text": t(f"bell-{one.why.value}")} for one in found.missed]
    return {**asdict(found), "missed": missed}
