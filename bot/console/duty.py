"""Duty in the command centre: who is there, the rota, days off, somebody set for some hours."""

from datetime import date, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.deps import InStack
from core.clock import utcnow
from core.db import Session
from models import Duty
from services import office, posts, rotas
from services.permissions import Permission
from services.rotas import Post

router = APIRouter(prefix="/api/console/duty", tags=["console"])


class Held(BaseModel):
    """A post: somebody's duty in a grid."""

    model_config = ConfigDict(extra="forbid")
    grid: UUID
    person: UUID
    duty: Duty


class Weekly(Held):
    """A post that is held every week; days count from Monday as 1."""

    days: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)
    begins: time
    ends: time


class Hours(Held):
    """A post that is held once."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Span(BaseModel):
    """Local times of some days of the week; no days mean all."""

    model_config = ConfigDict(extra="forbid")
    days: list[Annotated[int, Field(ge=1, le=7)]] = []
    begins: time
    ends: time


class Staffed(BaseModel):
    """When somebody sits in the centre, and whom one calls besides."""

    model_config = ConfigDict(extra="forbid")
    hours: list[Span] = Field(max_length=30)
    duty_phone: str | None = Field(default=None, max_length=30)


@router.get("", **asks(Permission.WORKERS_READ))
async def read_duty(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Show who is awake and reachable now in each grid, and the shifts of the next two weeks."""
    async with stack.db.reading() as session:
        return await posts.board(session, by.actor, by.community, now=utcnow())


@router.post("/rota", **asks(Permission.DUTY_PLAN))
async def add_post(body: Weekly, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Let somebody hold a post every week."""
    post = Post(body.grid, body.person, body.duty, body.days, body.begins, body.ends)

    async def work(session: Session) -> UUID:
        return await rotas.add(session, by.actor, post, community=by.community, now=utcnow())

    return {"id": str(await stack.db.run(work))}


@router.delete("/rota/{rota}", **asks(Permission.DUTY_PLAN))
async def end_post(rota: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """End a post; its shifts to come are called off."""

    async def work(session: Session) -> None:
        await rotas.end(session, by.actor, rota, community=by.community, now=utcnow())

    await stack.db.run(work)
    return {"ok": True}


@router.post("/shifts", **asks(Permission.DUTY_PLAN))
async def set_shift(body: Hours, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Set somebody for some hours."""
    post = Post(body.grid, body.person, body.duty, (), time(), time())
    starts_at, ends_at = body.starts_at, body.ends_at

    async def work(session: Session) -> UUID:
        return await rotas.set_by_hand(
            session, by.actor, post, community=by.community, starts_at=starts_at, ends_at=ends_at,
            now=utcnow(),
        )  # fmt: skip

    return {"id": str(await stack.db.run(work))}


@router.delete("/shifts/{shift}", **asks(Permission.DUTY_PLAN))
async def call_off(shift: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Call a shift off, or end it now; what is in hand is handed over."""

    async def work(session: Session) -> None:
        await rotas.call_off(session, by.actor, shift, community=by.community, now=utcnow())

    await stack.db.run(work)
    return {"ok": True}


@router.post("/rest/{person}/{day}", **asks(Permission.DUTY_PLAN))
async def give_rest(person: UUID, day: date, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Give somebody a whole day off; says how many shifts of theirs were called off."""

    async def work(session: Session) -> int:
        return await rotas.rest(
            session, by.actor, person, day, community=by.community, now=utcnow()
        )

    return {"called_off": await stack.db.run(work)}


@router.delete("/rest/{person}/{day}", **asks(Permission.DUTY_PLAN))
async def take_rest_back(person: UUID, day: date, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Take a day off back."""

    async def work(session: Session) -> None:
        await rotas.work_after_all(
            session, by.actor, person, day, community=by.community, now=utcnow()
        )

    await stack.db.run(work)
    return {"ok": True}


@router.put("/hours", **asks(Permission.DUTY_PLAN))
async def set_hours(body: Staffed, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Say when the centre is staffed, and which telephone stands on first cards otherwise."""
    hours = [
        {"days": one.days, "from": f"{one.begins:%H:%M}", "to": f"{one.ends:%H:%M}"}
        for one in body.hours
    ]

    async def work(session: Session) -> None:
        await office.set_hours(
            session, by.actor, community=by.community, staffed=hours, duty_phone=body.duty_phone
        )

    await stack.db.run(work)
    return {"ok": True}
