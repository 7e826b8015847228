"""When words were not clear: offer the likeliest meanings, and after a second miss a person first.

How often in a row is kept where flows stand, so it works in every channel; it never holds a flow.
"""

from cards.guide import choices
from core.act import Act, Reply
from handlers.context import Context
from services import conversation
from services.language import Understanding

NAME = "unsure"
CHOOSE = "understood.choose"
_ENOUGH = 2


async def ask(ctx: Context, found: Understanding) -> list[Act]:
    """Offer three guesses and a person; count the miss."""
    misses = ctx.misses + 1
    state = {"flow": NAME, "step": "", "data": {"misses": misses}, "ref": ""}
    await conversation.stand(ctx.session, ctx.conversation, state)
    return [Reply(choices(found.choices, ctx.text, ctx.t, person_first=misses >= _ENOUGH))]


async def forget(ctx: Context) -> None:
    """Begin to count anew after words that were clear."""
    if ctx.misses:
        await conversation.stand(ctx.session, ctx.conversation, None)
