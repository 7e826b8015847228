"""What a bare number or “更多” means: the newest card with buttons that the person has here."""

from core.card import Card
from core.errors import UserError
from handlers.context import Context
from services import lastcards
from services.mailbox import newest_with_buttons

_WEB = "web"
_MORE = ".more"  # how the ids of buttons end that turn a list's page


async def _card(ctx: Context) -> Card | None:
    if ctx.channel == _WEB:
        return await newest_with_buttons(ctx.session, ctx.person)
    return await lastcards.last(ctx.session, ctx.person, ctx.channel)


async def numbered(ctx: Context, number: int) -> str | None:
    """Find the token of the button with this number; None without a card.

    Raises UserError for a number that is on no button, or on a link.
    """
    card = await _card(ctx)
    if card is None or not any(action.token for action in card.actions):
        return None
    if not 1 <= number <= len(card.actions):
        raise UserError("number-out-of-range", count=len(card.actions))
    action = card.actions[number - 1]
    if action.url is not None:
        raise UserError("number-is-a-link", label=action.label)
    return action.token


async def next_page(ctx: Context) -> str | None:
    """Find the button 更多 of the newest card."""
    card = await _card(ctx)
    actions = card.actions if card else ()
    return next((one.token for one in actions if one.id.endswith(_MORE)), None)


async def rest(ctx: Context) -> str:
    """Take the text that did not fit into the last message; empty where all was shown."""
    if ctx.channel == _WEB:
        return ""
    return await lastcards.read_on(ctx.session, ctx.person, ctx.channel)
