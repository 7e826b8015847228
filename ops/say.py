"""python -m ops say: turns of chat without a channel, each in a fresh conversation."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop

from channels.web import WebChannel
from core.actor import Role
from core.card import Card
from core.clock import utcnow
from core.crypto import open_json, use_keyring
from core.db import Database, sql
from core.event import Said
from core.ids import uuid7
from core.ports import Delivery, Mailbox
from core.settings import Settings
from handlers.delivery import deliver_turn
from handlers.dispatch import dispatch
from handlers.unsure import NAME as UNSURE
from ops.community import opened
from services import conversation, language
from services.language import understand

_WARMING = ("你好", "附近有没有药店", "我的积分", "有什么活动", "where is a pharmacy", "转人工")


@dataclass(frozen=True, slots=True)
class Asking:
    """ROLE[:NAME], the community's slug, whether turns are kept, and how they are shown."""

    as_whom: str
    community: str
    keep: bool
    as_json: bool


@dataclass(slots=True)
class Shown:
    """The web chat, of which what it shows is noted beside."""

    web: WebChannel = field(default_factory=WebChannel)
    name: str = WebChannel.name
    cards: list[Card] = field(default_factory=list)

    async def show(self, delivery: Delivery, mailbox: Mailbox) -> None:
        """Put the card into the person's chat and keep it."""
        self.cards.append(delivery.card)
        await self.web.show(delivery, mailbox)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, in which role, where, and whether anything of it is kept."""

    db: Database
    person: UUID
    role: Role
    media: Path
    keep: bool

    async def warm_up(self) -> None:
        """Fill the caches of a long run before its first line: words, shops, statements."""
        for text in _WARMING:
            async with self.db.rehearsal() as stage:
                await self._turn(stage, text, now=utcnow())

    async def say(self, text: str) -> dict[str, Any]:
        """Take one turn and return the line of DESIGN section 6."""
        async with self._stage() as db:
            return await self._turn(db, text, now=utcnow())

    @asynccontextmanager
    async def _stage(self) -> AsyncIterator[Database]:
        if self.keep:
            yield self.db
            return
        async with self.db.rehearsal() as stage:
            yield stage

    async def _turn(self, db: Database, text: str, *, now: datetime) -> dict[str, Any]:
        shown = Shown()
        before = await self._stand(db, None)
        event = Said(
            channel=shown.name, person=self.person, message_id=str(uuid7()),
            digest=sha256(text.encode()).digest(), at=now, text=text,
        )  # fmt: skip
        turn = await dispatch(db, event, media_folder=self.media)
        await deliver_turn(db, turn.id, channels={shown.name: shown}, now=now)
        after = await self._stand(db, before)
        found = understand(text, self.role)
        flow = after["flow"] if after else None
        return {
            "text": text,
            "intent": found.intent,
            "confidence": round(found.confidence, 3),
            "slots": found.slots,
            "flow": None if flow == UNSURE else flow,
            "choices": list(found.choices),
            "cards": [card.public() for card in shown.cards],
        }

    async def _stand(self, db: Database, flow: dict[str, Any] | None) -> dict[str, Any] | None:
        """Set where the person's conversation stands and return where it stood.

        Each turn begins afresh, and what the person had begun in the chat goes on after it.
        """
        async with db.transaction() as session:
            locked = await conversation.lock(session, person=self.person, channel=WebChannel.name)
            if locked.flow != flow:
                await conversation.stand(session, locked.id, flow)
            await conversation.speak(session, locked.id, None)
        return locked.flow


async def speaker(db: Database, asking: Asking, *, media: Path) -> Speaker:
    """Find who ROLE[:NAME] is: in the demo its persona, else who came first.

    Raises ValueError for an unknown role and when nobody fits.
    """
    named, _, name = asking.as_whom.partition(":")
    if named not in set(Role):
        raise ValueError(f"no role {named}; there are {', '.join(Role)}")
    role = Role(named)
    person = await _found(db, role, name, asking.community)
    if person is None:
        who = f"{named} {name}".strip()
        raise ValueError(f"there is no {who} in the community {asking.community}")
    return Speaker(db, person, role, media, asking.keep)


async def _found(db: Database, role: Role, name: str, community: str) -> UUID | None:
    async with db.reading() as session:
        rows = (
            await session.execute(
                sql(
                    """
                    SELECT p.id, p.name, bool_or(d.persona IS NOT NULL) AS persona
                    FROM membership m JOIN community c ON c.id = m.community_id
                    JOIN person p ON p.id = m.person_id
                    LEFT JOIN demo_persona d ON d.person_id = p.id AND d.persona = m.role
                    WHERE m.role = :role AND c.slug = :slug GROUP BY p.id, p.name
                    ORDER BY persona DESC, p.id
                    """
                ),
                {"role": role.value, "slug": community},
            )
        ).all()
    fits = (row.id for row in rows if not name or open_json(row.name, "person.name") == name)
    return next(fits, None)


def run(settings: Settings, lines: Iterable[str], asking: Asking) -> None:
    """Answer every line with a line on standard output (in words: a few), as soon as it was read."""
    use_keyring(settings.keyring)
    language.prepare(settings.home)

    async def work() -> None:
        async with opened(settings) as db:
            who = await speaker(db, asking, media=settings.home / "media")
            await who.warm_up()
            for line in lines:
                said = await who.say(line.rstrip("\n"))
                print(_as_json(said) if asking.as_json else _as_text(said), flush=True)

    uvloop.run(work())


def _as_json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, default=str)


def _as_text(said: dict[str, Any]) -> str:
    """Show the cards as a channel without cards would."""
    for card in said["cards"]:
        for action in card["actions"]:
            action["args"] = {}
    return "\n\n".join(Card.load(card).fallback() for card in said["cards"])
