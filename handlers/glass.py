"""紧急查看 in chat, and telling those whom it concerns."""

from datetime import datetime

from cards import access
from core.act import Act
from core.db import Session
from core.i18n import Translator
from flows import glass as flow
from handlers.context import Context
from handlers.flow import take
from services import actors, glass_notices, outbox
from services.language.commands import rest_after
from services.permissions import Permission, reach

COMMAND = "break_glass"


def asked(text: str) -> str | None:
    """Return what follows the command, "" for the bare one, None for other words."""
    return rest_after(text, COMMAND)


async def begin(ctx: Context) -> list[Act]:
    """Begin with the flat that was named along with the command, if one was."""
    reach(ctx.by, Permission.GLASS_BREAK)
    return await take(ctx, await flow.begin(ctx.turn(), asked(ctx.text) or ""))


async def words(ctx: Context) -> list[Act] | None:
    """Begin where the words are the command; None for anything else."""
    return None if asked(ctx.text) is None else await begin(ctx)


async def tell(session: Session, *, now: datetime) -> int:
    """Tell those whom broken glass concerns, each in their language; returns how many."""
    due = await glass_notices.due(session, now=now)
    for one in due:
        t = Translator((await actors.profile(session, one.listener, channel=one.channel)).lang)
        await outbox.enqueue_reply(
            session, access.broken(one, t), person=one.listener, channel=one.channel, turn=None,
            now=now,
        )  # fmt: skip
    return len(due)
