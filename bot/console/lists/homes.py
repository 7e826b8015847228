"""Flats, buildings and gateways."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.console.lists.people import buildings, grids
from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from bot.deps import InStack
from core.clock import utcnow
from core.i18n import Translator
from models import HomeUse
from services import homes as flats
from services.lists import homes
from services.permissions import Permission


class Use(BaseModel):
    """How a flat is used."""

    model_config = ConfigDict(extra="forbid")
    use: HomeUse


def _use(t: Translator, code: str) -> str:
    return t(f"use-{code}")


def _state(t: Translator, code: str) -> str:
    return t(f"state-{code}")


FLATS = Listing(
    "flats", "homes", Permission.HOMES_READ, homes.flats,
    (
        Column("building"), Column("flat"), Column("floor", "number"), Column("grid"),
        Column("use", words=_use), Column("people", "number"), Column("elders", "number"),
    ),
    (
        Filter("grid", grids), Filter("building", buildings),
        Filter("use", fixed(list(HomeUse), _use)),
    ),
    (
        Act("set-use", "PUT", "/api/console/lists/flats/{id}", Permission.HOMES_WRITE, body=Use,
            takes="values"),
    ),
)  # fmt: skip
BUILDINGS = Listing(
    "buildings", "homes", Permission.HOMES_READ, homes.buildings,
    (
        Column("building"), Column("address"), Column("grid"), Column("stairs", "number"),
        Column("floors", "number"), Column("flats", "number"), Column("people", "number"),
        Column("drawn", "flag"),
    ),
    (Filter("grid", grids),),
    table="buildings",
)  # fmt: skip
GATEWAYS = Listing(
    "gateways", "devices", Permission.DEVICES_READ, homes.gateways,
    (
        Column("state", "state", _state), Column("name"), Column("building"), Column("grid"),
        Column("last_seen", "moment"), Column("devices", "number"), Column("silent", "number"),
        Column("source"),
    ),
    (Filter("state", fixed(["normal", "offline"], _state)), Filter("grid", grids)),
    searched=False,
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the route by which a flat's use is changed."""

    async def set_use(row: UUID, body: Use, by: ByOperator, stack: InStack) -> dict[str, Any]:
        now = utcnow()
        await stack.db.run(
            lambda s: flats.set_use(
                s, by.actor, row, body.use, community=by.community, now=now
            )
        )  # fmt: skip
        return {"ok": True}

    set_use.__doc__ = "Write how a flat is used."
    router.put("/flats/{row}", **asks(Permission.HOMES_WRITE))(set_use)
