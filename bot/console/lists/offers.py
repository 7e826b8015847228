"""Shops, activities, rewards, and the merchants who give them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator, Operator
from bot.console.doors import asks
from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from bot.deps import InStack
from core.clock import utcnow
from core.db import Session
from core.i18n import LANGUAGES, Translator
from services.lists import offers
from services.permissions import Permission
from services.points import rewards
from services.points.rewards import Offer
from services.shops.taxonomy import categories

_REWARD = "/api/console/lists/rewards"


class Reward(BaseModel):
    """A reward; without a stock there is no end of it."""

    model_config = ConfigDict(extra="forbid")
    item: str = Field(min_length=1, max_length=40)
    item_en: str = Field(default="", max_length=60)
    place: str = Field(min_length=1, max_length=60)
    cost: int = Field(ge=1, le=100_000)
    stock: int | None = Field(default=None, ge=0, le=100_000)
    merchant: UUID
    version: str = Field(default="", max_length=64)

    def offer(self) -> Offer:
        """Give what is offered."""
        return Offer(self.item, self.item_en, self.place, self.cost, self.stock, self.merchant)


def _category(t: Translator, code: str) -> str:
    one = categories()[code]
    return one.zh if t.lang == LANGUAGES[0] else one.en


def _when(t: Translator, code: str) -> str:
    return t("list-coming") if code == "coming" else t("list-past")


def _offered(t: Translator, code: str) -> str:
    return t("list-offered") if code == "yes" else t("list-ended")


async def _categories(_session: Session, by: Operator) -> list[tuple[str, str]]:
    return [(code, _category(by.t, code)) for code in categories()]


SHOPS = Listing(
    "shops", "offers", Permission.OFFERS_READ, offers.shops,
    (
        Column("name", title="shop"), Column("category", words=_category), Column("address"),
        Column("phone"), Column("hours", "long", title="opening"), Column("tags", "chips"),
    ),
    (Filter("category", _categories),),
    table="shops",
)  # fmt: skip
ACTIVITIES = Listing(
    "activities", "offers", Permission.OFFERS_READ, offers.activities,
    (
        Column("title"), Column("place"), Column("starts_at", "moment"),
        Column("ends_at", "moment"), Column("taken", "number"), Column("capacity", "number"),
        Column("points", "number"), Column("organiser"),
    ),
    (Filter("when", fixed(["coming", "past"], _when)),),
    table="activities", changeable="changeable",
)  # fmt: skip
REWARDS = Listing(
    "rewards", "offers", Permission.OFFERS_READ, offers.on_offer,
    (
        Column("item"), Column("place"), Column("cost", "number"), Column("stock", "number"),
        Column("merchant"), Column("offered", "flag"),
    ),
    (Filter("offered", fixed(["yes", "no"], _offered)),),
    (
        Act("add-reward", "POST", _REWARD, Permission.OFFERS_WRITE, on="list", body=Reward),
        Act("edit-reward", "PUT", f"{_REWARD}/{{id}}", Permission.OFFERS_WRITE, body=Reward,
            takes="values", versioned=True, when="offered"),
        Act("end-reward", "DELETE", f"{_REWARD}/{{id}}", Permission.OFFERS_WRITE, sure=True,
            when="offered"),
    ),
)  # fmt: skip
MERCHANTS = Listing(
    "merchants", "offers", Permission.OFFERS_READ, offers.merchants,
    (
        Column("name", title="person"), Column("phone"), Column("places", "lines"),
        Column("rewards", "number"), Column("confirmed", "number"),
    ),
    personal=True,
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the routes by which rewards are put on offer, changed and taken from it."""

    async def add_reward(body: Reward, by: ByOperator, stack: InStack) -> dict[str, Any]:
        now = utcnow()
        made = await stack.db.run(
            lambda s: rewards.offer(s, by.actor, body.offer(), community=by.community, now=now)
        )
        return {"id": made}

    async def change_reward(
        row: UUID,
        body: Reward,
        by: ByOperator,
        stack: InStack,
    ) -> dict[str, Any]:
        await stack.db.run(
            lambda s: rewards.change(
                s, by.actor, row, body.offer(), community=by.community, version=body.version
            )
        )  # fmt: skip
        return {"ok": True}

    async def end_reward(row: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
        now = utcnow()
        await stack.db.run(
            lambda s: rewards.withdraw(s, by.actor, row, community=by.community, now=now)
        )
        return {"ok": True}

    add_reward.__doc__ = "Put a reward on offer."
    change_reward.__doc__ = "Change a reward."
    end_reward.__doc__ = "Take a reward from the offer."
    what = asks(Permission.OFFERS_WRITE)
    router.post("/rewards", **what)(add_reward)
    router.put("/rewards/{row}", **what)(change_reward)
    router.delete("/rewards/{row}", **what)(end_reward)
