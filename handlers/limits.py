"""限值: an operator sets a vital sign's limit for one person, or a vendor's for its wristbands."""

from typing import Any
from uuid import UUID

from cards import limits as cards
from core.act import Act, Reply
from core.actor import Role
from core.errors import UserError
from handlers.context import Context, Pressed
from services.language.limits import Limit, read
from services.people import lookup
from services.permissions import Permission, reach
from services.rules import limits
from services.rules.draft import For


async def words(ctx: Context) -> list[Act] | None:
    """Show what would change; None for words that are no limit."""
    said = read(ctx.text) if Role.OPERATOR in ctx.by.roles else None
    if said is None:
        return None
    if not said.source:
        raise UserError("limit-source")
    args = await _args(ctx, said)
    known = await limits.now_for(
        ctx.session, ctx.by, community=UUID(args["community"]), key=said.key, to=_whom(args),
        now=ctx.now,
    )  # fmt: skip
    return [Reply(cards.confirm(args["whose"], known, said.value, args, ctx.t))]


async def put(ctx: Context, pressed: Pressed) -> list[Act]:
    """Put it in force."""
    args = pressed.args
    await limits.put(
        ctx.session, ctx.by, community=UUID(args["community"]), key=args["key"],
        limit=args["limit"], to=_whom(args), source=args["source"], now=ctx.now,
    )  # fmt: skip
    return [Reply(cards.put(args["whose"], ctx.t))]


async def _args(ctx: Context, said: Limit) -> dict[str, Any]:
    """Find whose limit it is to be: a vendor's, or of the one person that is meant."""
    given = {"key": said.key, "limit": said.value, "source": said.source}
    if said.vendor:
        where = reach(ctx.by, Permission.RULES_WRITE).communities[0]
        return {**given, "community": str(where), "vendor": said.vendor, "whose": said.vendor}
    found = await lookup.find(ctx.session, ctx.by, said.who)
    people = [one for one in found.hits if one.person is not None]
    if len({one.person for one in people}) != 1:
        raise UserError("limit-who")
    one = people[0]
    return {
        **given, "community": str(one.community), "person": str(one.person), "whose": one.name,
    }  # fmt: skip


def _whom(args: dict[str, Any]) -> For:
    if "vendor" in args:
        return For.vendor(args["vendor"])
    return For.somebody(UUID(args["person"]))
