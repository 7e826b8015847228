"""What is reported about shops, and words that found none, which an operator teaches."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.console.lists.shape import Act, Column, Listing
from bot.deps import InStack
from core.clock import utcnow
from core.db import Session
from core.i18n import Translator
from handlers import shop_reports
from services.lists import shops
from services.permissions import Permission
from services.shops import words

_HERE = "/api/console/lists"


class Word(BaseModel):
    """A word, and the category that it means here."""

    model_config = ConfigDict(extra="forbid")
    word: str = Field(min_length=2, max_length=20)
    category: str = Field(max_length=60)


def _fault(t: Translator, code: str) -> str:
    return t(f"shop-fault-{code}")


REPORTS = Listing(
    "shop_reports", "offers", Permission.SHOPS_DECIDE, shops.reported,
    (
        Column("name", title="shop"), Column("address"), Column("fault", words=_fault),
        Column("said", "long"), Column("count", "number", title="neighbours"),
    ),
    acts=(
        Act("shop-true", "POST", f"{_HERE}/shop_reports/{{id}}/accept", Permission.SHOPS_DECIDE,
            sure=True),
        Act("shop-untrue", "POST", f"{_HERE}/shop_reports/{{id}}/refuse", Permission.SHOPS_DECIDE),
    ),
)  # fmt: skip
MISSES = Listing(
    "shop_misses", "offers", Permission.SHOPS_TEACH, shops.missed,
    (Column("word"), Column("times", "number"), Column("last_at", "moment")),
    acts=(
        Act("teach", "POST", f"{_HERE}/shop_misses/words", Permission.SHOPS_TEACH, on="list",
            body=Word),
        Act("teach-this", "POST", f"{_HERE}/shop_misses/words", Permission.SHOPS_TEACH, body=Word,
            takes="values"),
    ),
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the routes by which shops are put right and words are taught."""

    async def accept(row: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
        await stack.db.run(lambda s: _decide(s, by, row, accept=True))
        return {"ok": True}

    async def refuse(row: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
        await stack.db.run(lambda s: _decide(s, by, row, accept=False))
        return {"ok": True}

    async def teach(body: Word, by: ByOperator, stack: InStack) -> dict[str, str]:
        now = utcnow()
        code = await stack.db.run(
            lambda s: words.teach(
                s, by.actor, by.community, word=body.word, category=body.category, now=now
            )
        )
        return {"category": code}

    accept.__doc__ = "Put a shop right; those who reported it hear of it."
    refuse.__doc__ = "Leave a shop as it is listed; those who reported it hear of it."
    teach.__doc__ = "Let a word mean a category in this community."
    router.post("/shop_reports/{row}/accept", **asks(Permission.SHOPS_DECIDE))(accept)
    router.post("/shop_reports/{row}/refuse", **asks(Permission.SHOPS_DECIDE))(refuse)
    router.post("/shop_misses/words", **asks(Permission.SHOPS_TEACH))(teach)


async def _decide(session: Session, by: ByOperator, which: UUID, *, accept: bool) -> None:
    await shop_reports.decide(session, by.actor, which, accept=accept, now=utcnow())
