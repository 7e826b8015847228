"""A turn's cards as the answer to a vendor's own request: it costs no quota and is there at once."""

from collections.abc import Callable
from datetime import datetime

from core.card import Card
from core.crypto import open_json, seal_json
from core.db import Database, Session, sql
from core.i18n import Translator
from handlers import rendering
from services import lastcards, outbox

_REPLY = "inbound.reply"
Write = Callable[[list[Card], Translator], tuple[str, str]]


async def reply(
    db: Database, turn: int, *, channel: str, write: Write, now: datetime
) -> str | None:
    """Write the turn's own cards as one text, and keep it: the vendor's retry gets the same.

    `write` turns cards into (text, what did not fit). None when there is nothing to say, or when
    the worker has taken the cards over because the lease ran out. Safe to call again.
    """

    async def work(session: Session) -> str | None:
        row = (
            await session.execute(
                sql("SELECT reply, person_id FROM inbound WHERE id = :turn FOR UPDATE"),
                {"turn": turn},
            )
        ).one()
        if row.reply is not None:
            return str(open_json(row.reply, _REPLY))
        return await _write(session, turn, channel=channel, write=write, now=now)

    return await db.run(work)


async def _write(
    session: Session, turn: int, *, channel: str, write: Write, now: datetime
) -> str | None:
    shown = []
    for row in await outbox.claim(session, channels=[channel], now=now, turn=turn):
        rendered = await rendering.render(session, row, now=now)
        if rendered is not None:
            await rendering.note(session, row, rendered, now=now)
            shown.append((row, rendered))
    if not shown:
        return None
    text, rest = write([one.card for _, one in shown], Translator(shown[0][1].lang))
    person = shown[0][0].person
    for place, (_, one) in enumerate(shown, 1):
        await lastcards.remember(
            session, one.card, rest if place == len(shown) else "", person=person,
            channel=channel, now=now,
        )  # fmt: skip
    await session.execute(
        sql("UPDATE inbound SET reply = :reply WHERE id = :turn"),
        {"turn": turn, "reply": seal_json(text, _REPLY)},
    )
    return text
