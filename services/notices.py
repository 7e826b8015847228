"""Telling somebody else: in the channel they used last, in their language, by day if it can wait."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from core.card import Card
from core.db import Session
from core.i18n import Translator
from services import actors, outbox, quiet


async def tell(
    session: Session, people: Iterable[UUID], make: Callable[[Translator], Card], *,
    now: datetime, at_once: bool = False,
) -> list[UUID]:  # fmt: skip
    """Enqueue a card for each who can be reached; returns those. An answer comes `at_once`."""
    wanted = list(dict.fromkeys(people))
    ways = await actors.reachable(session, wanted)
    told = [one for one in wanted if one in ways]
    for one in told:
        lang = (await actors.profile(session, one, channel=ways[one])).lang
        await outbox.enqueue_reply(
            session, make(Translator(lang)), person=one, channel=ways[one], turn=None, now=now,
            after=now if at_once else quiet.over(now),
        )  # fmt: skip
    return told
