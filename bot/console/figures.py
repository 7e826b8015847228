"""The figures of a month beside those of a month that was kept."""

import re
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.deps import InStack
from core.clock import local, utcnow
from core.i18n import Translator
from services import months
from services.months import Figure
from services.permissions import Permission

router = APIRouter(prefix="/api/console", tags=["console"])


def _read(text: str) -> str:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text):
        raise ValueError("a month is written 2026-11")
    return text


Month = Annotated[str, AfterValidator(_read)]


class Keep(BaseModel):
    """The month to keep."""

    model_config = ConfigDict(extra="forbid")
    month: Month


@router.get("/figures", **asks(Permission.FIGURES_READ))
async def read_figures(
    by: ByOperator, stack: InStack, month: Annotated[Month | None, Query()] = None
) -> dict[str, Any]:
    """Show a month (by default this one) by kind and grid, and the newest kept one before it."""
    wanted = _first(month) if month else local(utcnow()).date().replace(day=1)
    async with stack.db.reading() as session:
        found = await months.figures(session, by.actor, by.community, month=wanted)
        kept = await months.baseline(session, by.actor, by.community, month=wanted)
    return {
        "month": f"{wanted:%Y-%m}",
        "rows": _rows(found, by.t),
        "baseline": kept
        and {"month": f"{kept.month:%Y-%m}", "rows": _rows(kept.figures, by.t)},
    }  # fmt: skip


@router.post("/figures/baseline", **asks(Permission.FIGURES_KEEP))
async def keep(body: Keep, by: ByOperator, stack: InStack) -> dict[str, str]:
    """Keep a month that is over, to compare later ones with."""
    now = utcnow()
    await stack.db.run(
        lambda s: months.keep(s, by.actor, by.community, month=_first(body.month), now=now)
    )
    return {"month": body.month}


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _rows(figures: list[Figure], t: Translator) -> list[dict[str, Any]]:
    return [{**asdict(one), "title": t(f"what-{one.what}")} for one in figures]
