"""Telling operators what the sending of messages can't mend by itself."""

from datetime import datetime

from cards.talk import say
from core.db import Session, sql, wake
from core.i18n import Translator
from models import Happened
from services import actors, outbox
from services.outbox import Due
from services.tickets.events import Entry, record


async def halted(session: Session, channel: str, reason: str, *, now: datetime) -> None:
    """Tell every operator who has a chat that a channel rests, why, and what to do."""
    rows = await session.execute(
        sql("SELECT DISTINCT person_id FROM membership WHERE role = 'operator'")
    )
    reached = await actors.reachable(session, [row.person_id for row in rows])
    for person, where in reached.items():
        if where == channel:
            continue  # that way is shut; the console's banner says it
        t = Translator((await actors.profile(session, person)).lang)
        title = t("channel-halted", channel=t(f"channel-{channel}"))
        cause = reason.removeprefix("halted-")
        card = say(title, summary=t(f"halted-{cause}"), tone="danger")
        await outbox.enqueue_reply(session, card, person=person, channel=where, turn=None, now=now)
    wake(session, "channels")


async def unreached(session: Session, row: Due, *, now: datetime) -> None:
    """Write into the ticket's log that somebody could not be told in any way."""
    wake(session, "channels")
    if row.kind != "ticket":
        return
    facts = (
        await session.execute(
            sql(
                """
                SELECT t.community_id, t.epoch, c.part FROM ticket t
                JOIN ticket_card c ON c.ticket_id = t.id AND c.person_id = :person
                                  AND c.channel = :channel
                WHERE t.id = :ticket
                """
            ),
            {"ticket": row.object_id, "person": row.person, "channel": row.channel},
        )
    ).one()
    entry = Entry(
        facts.community_id, row.object_id, facts.epoch, Happened.UNREACHABLE, now,
        person=row.person, data={"part": facts.part, "channel": row.channel},
    )  # fmt: skip
    await record(session, [entry])
