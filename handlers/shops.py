"""Shops: by what one needs, by name, around home or around a place that was sent."""

from typing import Any
from uuid import UUID

from cards.shops import shop_detail, shop_list
from core.act import Act, Reply
from core.errors import UserError
from core.event import Located
from handlers.context import Context, Pressed
from models import Datum
from services.shops import distance, index, places, search, words
from services.shops.distance import Point
from services.shops.search import PAGE, Kind, Origin


async def find_shop(ctx: Context) -> list[Act]:
    """附近修鞋, 老李修鞋铺在哪: the three nearest that fit; 哪些店还开着 names none of them."""
    open_now = bool(ctx.slots.get("open_now"))
    whatever = open_now and not ctx.slots.keys() & {"category", "name"}
    return await _first_page(ctx, "" if whatever else ctx.text, open_now=open_now)


async def browse_circle(ctx: Context) -> list[Act]:
    """附近有什么: whatever is nearest, unless a word says more to this community."""
    return await _first_page(ctx, "", open_now=bool(ctx.slots.get("open_now")))


async def taught(ctx: Context) -> list[Act] | None:
    """Look for what this community calls so; None where no taught word was said."""
    start = await places.standpoint(ctx.session, ctx.by, conversation=ctx.conversation, now=ctx.now)
    known = start and await index.shops_of(ctx.session, start.community)
    return await find_shop(ctx) if known and known.taught(ctx.text) else None


async def around(ctx: Context, event: Located) -> list[Act]:
    """Take a place that was sent: the last question about shops again from there, or what is near.

    The next questions start there too.
    """
    await keep_place(ctx, event)
    asked, open_now = await places.awaiting(ctx.session, ctx.conversation, now=ctx.now)
    return await _first_page(ctx, asked, open_now=open_now)


async def keep_place(ctx: Context, event: Located) -> None:
    """Remember a place that was sent; raises UserError for coordinates of an unknown kind."""
    try:
        datum = Datum(event.datum.lower().replace("-", ""))
    except ValueError:
        raise UserError("place-datum-unknown") from None
    place = distance.to_wgs84(event.lon, event.lat, datum)
    await places.remember(ctx.session, ctx.conversation, place, now=ctx.now)


async def more(ctx: Context, pressed: Pressed) -> list[Act]:
    """更多: the next three of the same question."""
    return await _page(ctx, pressed.args)


async def show(ctx: Context, pressed: Pressed) -> list[Act]:
    """Show one shop with everything that is known."""
    args = pressed.args
    start = await _standpoint(ctx)
    hit = await search.one(
        ctx.session, start.community, UUID(args["shop"]), origin=_origin(args), now=ctx.now
    )
    if hit is None:
        raise UserError("shop-gone", status=404)
    return [Reply(shop_detail(hit, ctx.now, ctx.t))]


async def _first_page(ctx: Context, text: str, *, open_now: bool) -> list[Act]:
    start = await _standpoint(ctx)
    known = await index.shops_of(ctx.session, start.community)
    if known is not None and known.taught(ctx.text):
        text = ctx.text
    await places.await_place(
        ctx.session, ctx.conversation, asked=text, open_now=open_now, now=ctx.now
    )
    at = start.origin.at
    return await _page(
        ctx,
        {
            "asked": text, "open": open_now, "offset": 0,
            "source": start.source, "lon": at.lon, "lat": at.lat, "home": start.origin.home,
        },
    )  # fmt: skip


async def _page(ctx: Context, args: dict[str, Any]) -> list[Act]:
    start = await _standpoint(ctx)
    found = await search.find(
        ctx.session, start.community, args["asked"], origin=_origin(args), now=ctx.now,
        limit=PAGE, offset=args["offset"], open_now=args["open"],
    )  # fmt: skip
    if args["asked"] and (not found.shops or found.kind is Kind.MAYBE):
        await words.missed(ctx.session, start.community, args["asked"], now=ctx.now)
    if found.total == 1 and found.shops:
        return [Reply(shop_detail(found.shops[0], ctx.now, ctx.t))]
    return [Reply(shop_list(found, args["source"], args, now=ctx.now, t=ctx.t))]


async def _standpoint(ctx: Context) -> places.Standpoint:
    start = await places.standpoint(ctx.session, ctx.by, conversation=ctx.conversation, now=ctx.now)
    if start is None:
        raise UserError("shops-no-community")
    return start


def _origin(args: dict[str, Any]) -> Origin:
    return Origin(Point(args["lon"], args["lat"]), home=args["home"])
