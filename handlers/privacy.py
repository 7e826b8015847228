"""Who looked at my data, at any time: for oneself, and for an elder by a relative."""

import re
from datetime import datetime
from uuid import UUID

from cards import access, guide
from core.act import Act, Reply
from handlers.context import Context, Pressed
from services import actors, looks

PAGE = 3
_WHO = re.compile(
    r"谁.{0,6}(看|查|翻|动)|\bwho\b.{0,24}\b(look|see|seen|saw|view|access|check|read)",
    re.IGNORECASE,
)


async def privacy(ctx: Context) -> list[Act]:
    """Say who looked, when that was asked; else what is kept and who answers for it."""
    if _WHO.search(ctx.text):
        return await _shown(ctx, ctx.person, None)
    return [Reply(guide.privacy(ctx.t))]


async def looked(ctx: Context, pressed: Pressed) -> list[Act]:
    """谁看过我的信息 by button; with a person, the relative's."""
    return await _shown(ctx, UUID(pressed.args.get("person", str(ctx.person))), None)


async def more(ctx: Context, pressed: Pressed) -> list[Act]:
    """更多: the looks before those shown."""
    after = datetime.fromisoformat(pressed.args["at"]), int(pressed.args["number"])
    return await _shown(ctx, UUID(pressed.args["person"]), after)


async def _shown(ctx: Context, person: UUID, after: tuple[datetime, int] | None) -> list[Act]:
    found = await looks.about(ctx.session, ctx.by, person, after=after, limit=PAGE + 1)
    elders = await actors.names(ctx.session, sorted(ctx.by.elders))
    last = found[PAGE - 1] if len(found) > PAGE else None
    card = access.looks(
        found[:PAGE], last, elders, ctx.t, person=person, name=elders.get(person, "")
    )
    return [Reply(card)]
