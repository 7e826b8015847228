"""How a community escalates: its policies, each in versions."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.deps import InStack
from core.clock import utcnow
from core.db import Session
from services.permissions import Permission
from services.tickets import policies
from services.tickets.policies import Draft

router = APIRouter(prefix="/api/console/policies", tags=["console"])
Seconds = Annotated[int, Field(gt=0, le=86_400)]


class Step(BaseModel):
    """One step: after how long, or again every so often; whom it rings."""

    model_config = ConfigDict(extra="forbid")
    after_s: Seconds | None = None
    every_s: Seconds | None = None
    to: list[Literal["worker", "backup", "lead", "all"]] = Field(min_length=1, max_length=4)
    asks: bool | None = None


class Policy(BaseModel):
    """A chain, and how whoever took a ticket is watched."""

    model_config = ConfigDict(extra="forbid")
    chain: list[Step] = Field(max_length=10)
    watch: dict[Literal["arrive_s", "again_s", "quiet_s"], Seconds]
    version: int | None = None


@router.get("", **asks(Permission.RULES_READ))
async def read_policies(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List what is in force for every kind of ticket; version 0 is the default."""
    async with stack.db.reading() as session:
        found = await policies.in_force(session, by.actor, community=by.community)
    return {"policies": found}


@router.put("/{key}", **asks(Permission.RULES_WRITE))
async def change_policy(key: str, body: Policy, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Put a version in force for tickets that open or are taken from now on."""
    chain = [step.model_dump(exclude_none=True) for step in body.chain]
    draft = Draft(key, chain, {str(name): seconds for name, seconds in body.watch.items()})

    async def work(session: Session) -> int:
        return await policies.change(
            session, by.actor, draft, community=by.community, now=utcnow(), seen=body.version
        )

    return {"version": await stack.db.run(work)}
