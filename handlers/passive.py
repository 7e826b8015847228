"""A turn's cards as the answer to a vendor's own request: it costs no quota and is there at once.

What is only said is written within the turn's own transaction. A ticket's card goes through the
outbox like everybody else's, and is taken from there by the request that waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from uuid import UUID

from core.card import Card
from core.crypto import open_json, seal_json
from core.db import Database, Session, sql
from core.i18n import Translator
from handlers import rendering
from services import buttons, lastcards, links, outbox

_REPLY = "inbound.reply"
Write = Callable[[list[Card], Translator], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Passive:
    """A request that waits for its answer, till `until` on the monotonic clock.

    `write` turns cards into (text, what did not fit); their links begin with `base_url`.
    """

    write: Write
    until: float
    base_url: str = ""

    def waits(self) -> bool:
        """Tell whether an answer that is begun now still arrives."""
        return monotonic() < self.until


async def answer(
    session: Session, cards: Sequence[Card], *, person: UUID, channel: str, turn: int,
    passive: Passive, t: Translator, now: datetime,
) -> str:  # fmt: skip
    """Write what a turn says within its transaction; the vendor's retry gets the same text."""
    shown = [
        await buttons.mint(session, card, person=person, channel=channel, now=now) for card in cards
    ]
    text, rest = passive.write(_outside(shown, person, passive, now=now), t)
    await _keep(session, shown, text, rest, person=person, channel=channel, turn=turn, now=now)
    return text


async def reply(
    db: Database, turn: int, *, channel: str, passive: Passive, now: datetime
) -> str | None:
    """Return the text that was kept for a turn, else write its cards that wait in the outbox.

    None when there is nothing to say, or when the worker has taken the cards over because the
    lease ran out. Safe to call again.
    """

    async def work(session: Session) -> str | None:
        row = (
            await session.execute(
                sql("SELECT reply FROM inbound WHERE id = :turn FOR UPDATE"),
                {"turn": turn},
            )
        ).one()
        if row.reply is not None:
            return str(open_json(row.reply, _REPLY))
        return await _write(session, turn, channel=channel, passive=passive, now=now)

    return await db.run(work)


async def _write(
    session: Session, turn: int, *, channel: str, passive: Passive, now: datetime
) -> str | None:
    shown = []
    for row in await outbox.claim(session, channels=[channel], now=now, turn=turn):
        rendered = await rendering.render(session, row, now=now)
        if rendered is not None:
            await rendering.note(session, row, rendered, now=now)
            shown.append((row.person, rendered))
    if not shown:
        return None
    person, cards = shown[0][0], [one.card for _, one in shown]
    whole = _outside(cards, person, passive, now=now)
    text, rest = passive.write(whole, Translator(shown[0][1].lang))
    await _keep(session, cards, text, rest, person=person, channel=channel, turn=turn, now=now)
    return text


def _outside(cards: Sequence[Card], person: UUID, passive: Passive, *, now: datetime) -> list[Card]:
    return [links.outside(card, person, passive.base_url, now=now) for card in cards]


async def _keep(
    session: Session, shown: Sequence[Card], text: str, rest: str, *, person: UUID, channel: str,
    turn: int, now: datetime,
) -> None:  # fmt: skip
    for place, card in enumerate(shown, 1):
        left = rest if place == len(shown) else ""
        await lastcards.remember(session, card, left, person=person, channel=channel, now=now)
    await session.execute(
        sql("UPDATE inbound SET reply = :reply WHERE id = :turn"),
        {"turn": turn, "reply": seal_json(text, _REPLY)},
    )
