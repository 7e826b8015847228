"""What a bare number, a button's words or “更多” mean: the newest card with buttons that the person has here."""

from core.card import Card
from core.errors import UserError
from handlers.context import Context
from services import lastcards
from services.language.commands import normalised
from services.mailbox import newest_with_buttons

_WEB = "web"
_LONGEST_LABEL = 30
_MORE = ".more"  # how the ids of buttons end that turn a list's page


async def _card(ctx: Context) -> Card | None:
    if ctx.channel == _WEB:
        return await newest_with_buttons(ctx.session, ctx.person)
    return lastcards.opened(ctx.card) if ctx.card is not None else None


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


async def worded(ctx: Context, text: str, phrase: str | None) -> str | None:
    """Find the button of the newest card that words press: 更多, or just what a button says.

    Any other fixed phrase has a handler of its own.
    """
    if phrase == "more":
        return await _next_page(ctx)
    if phrase is not None or len(text) > _LONGEST_LABEL:
        return None
    card = await _card(ctx)
    said = normalised(text)
    actions = card.actions if card else ()
    return next((one.token for one in actions if normalised(one.label) == said), None)


async def offering(ctx: Context, action: str) -> str | None:
    """Find the token of this action on the newest card."""
    card = await _card(ctx)
    return next((one.token for one in card.actions if one.id == action), None) if card else None


async def _next_page(ctx: Context) -> str | None:
    """Find the button 更多 of the newest card."""
    card = await _card(ctx)
    actions = card.actions if card else ()
    return next((one.token for one in actions if one.id.endswith(_MORE)), None)


async def rest(ctx: Context) -> str:
    """Take the text that did not fit into the last message; empty where all was shown."""
    if ctx.channel == _WEB:
        return ""
    return await lastcards.read_on(ctx.session, ctx.person, ctx.channel)
