"""A small community in which tests are told as stories: world.person("worker").says("我的工单")."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import orjson

from channels.web import WebChannel
from core.actor import CLOCK, Role
from core.db import Database, Session, sql
from core.event import Clicked, Event, Located, Pictured, Said
from core.ids import uuid7
from core.reading import Decoded
from devices import community_of, decode, decode_push, source_of
from handlers import activities, away, devices, duty, glass, redeem, silences
from handlers.delivery import deliver_due, deliver_turn
from handlers.dispatch import dispatch
from models import Device
from services import drills, gateways
from services.actors import actor
from services.ingest import batch, partitions
from services.ingest.registry import Registry
from services.mailbox import items_after, items_of_turn
from services.map_points import features
from services.rules import enrol, timers
from services.rules.book import Book
from services.tickets import answer, bell, escalation, watch
from tests import make

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
Item = dict[str, Any]


@dataclass
class Human:
    """Somebody in the web chat."""

    world: "World"
    id: UUID
    name: str

    async def says(self, text: str, *, key: str | None = None) -> list[Item]:
        """Write a text and return the turn's items."""
        return await self._send(Said, key, text=text)

    async def clicks(self, action: str, *, key: str | None = None) -> list[Item]:
        """Press a button of the newest card that has it."""
        return await self.presses(await self.token(action), key=key)

    async def presses(self, token: str, *, key: str | None = None) -> list[Item]:
        """Press the button with this token."""
        return await self._send(Clicked, key, token=token)

    async def shows(self, jpeg: bytes) -> list[Item]:
        """Send a picture."""
        return await self._send(Pictured, None, jpeg=jpeg)

    async def sends_place(self, *, lat: float, lon: float, datum: str = "wgs84") -> list[Item]:
        """Send a place."""
        return await self._send(Located, None, lat=lat, lon=lon, datum=datum)

    async def chooses(self, label: str) -> list[Item]:
        """Press the button with this label on the newest card that has it."""
        for card in await self.cards():
            for action in card["actions"]:
                if action["label"] == label:
                    return await self.presses(action["token"])
        raise AssertionError(f"{self.name} sees no button {label}")

    async def token(self, action: str) -> str:
        """Find the token of an action on the newest card that has it."""
        for card in await self.cards():
            for one in card["actions"]:
                if one["id"] == action:
                    return str(one["token"])
        raise AssertionError(f"{self.name} sees no button {action}")

    async def items(self) -> list[Item]:
        """List all items, oldest first, after everything due was delivered."""
        await self.world.settle()
        async with self.world.db.reading() as session:
            return await items_after(session, self.id, after=0)

    async def cards(self) -> list[Item]:
        """List the cards as the page shows them, newest first: each key in its newest version."""
        shown: dict[str, Item] = {}
        for item in await self.items():
            key = item["card"]["key"]
            if key not in shown or item["op"] == "message":
                shown.pop(key, None)
            shown[key] = item["card"]
        return list(reversed(shown.values()))

    async def card(self) -> Item:
        """Return the newest ticket card."""
        return next(card for card in await self.cards() if card["key"].startswith("ticket:"))

    async def rings(self) -> int:
        """Count how often a ticket's card arrived as a new message."""
        return sum(
            item["op"] == "message" and item["card"]["key"].startswith("ticket:")
            for item in await self.items()
        )

    async def _send(self, kind: type[Event], key: str | None, **what: Any) -> list[Item]:
        world = self.world
        body = orjson.dumps({name: str(value) for name, value in what.items()})
        event = kind(
            channel="web", person=self.id, message_id=key or f"m{next(world.numbers)}",
            digest=hashlib.sha256(body).digest(), at=world.now, **what,
        )  # fmt: skip
        turn = await dispatch(world.db, event, media_folder=world.folder)
        await deliver_turn(world.db, turn.id, channels=world.channels, now=world.now)
        async with world.db.reading() as session:
            return await items_of_turn(session, self.id, turn.id)


@dataclass
class World:
    """A community of one grid and one flat, with devices, people and a clock that tests move."""

    db: Database
    folder: Path
    now: datetime = START
    people: dict[str, Human] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    channels: dict[str, Any] = field(default_factory=lambda: {"web": WebChannel()})
    base_url: str = ""
    later: gateways.Later = field(default_factory=dict)
    registry: Registry = field(default_factory=Registry)
    book: Book = field(default_factory=Book)
    numbers: Any = field(default_factory=lambda: count(1))
    community: UUID = field(default_factory=uuid7)
    grid: UUID = field(default_factory=uuid7)

    @classmethod
    async def built(cls, db: Database, folder: Path, *, now: datetime = START) -> Self:
        """Build the community."""
        world = cls(db, folder, now)
        await db.run(world._build)
        return world

    async def _build(self, session: Session) -> None:
        self.people.clear()
        await partitions.ensure(session, now=self.now)
        place = await make.community(session)
        grid = await make.grid(session, place.id)
        flat = await make.home(session, grid)
        self.community, self.grid = place.id, grid.id
        elder = await self._join(session, "elder", "陈桂芳", Role.ELDER, large_type=True)
        family = await self._join(session, "family", "陈晓明", Role.FAMILY)
        await make.residence(session, elder, flat, elder=True)
        await make.family(session, elder, family, where=place.id)
        for name, called, post in (
            ("worker", "王建国", "worker"), ("backup", "孙丽", "backup"), ("lead", "周军", "lead"),
        ):  # fmt: skip
            who = await self._join(session, name, called, Role.WORKER, grid_id=grid.id)
            await make.shift(session, who, grid, duty=post, now=self.now)
        await self._join(session, "operator", "赵敏", Role.OPERATOR)
        await self._join(session, "resident", "周玉兰", Role.RESIDENT)
        for kind in ("smoke", "gas", "door", "water"):
            self.devices[kind] = await make.device(
                session, kind, where=grid, at=flat, protects=[elder]
            )
        self.devices["wristband"] = await make.device(
            session, "wristband", where=grid, at=flat, protects=[elder],
            source="linling", external="wristband-01",
        )  # fmt: skip

    async def _join(
        self, session: Session, key: str, name: str, role: Role, *,
        grid_id: UUID | None = None, **more: Any,
    ) -> UUID:  # fmt: skip
        someone = await make.person(session, name, **more)
        await make.membership(session, someone.id, role, where=self.community, grid_id=grid_id)
        self.people[key] = Human(self, someone.id, name)
        return someone.id

    def person(self, name: str) -> Human:
        """Name somebody: resident, family, elder, worker, backup, lead, operator."""
        return self.people[name]

    async def publishes(
        self, topic: str, payload: dict[str, Any] | bytes,
        *, retained: bool = False,
    ) -> None:  # fmt: skip
        """Let a message come in, as the listener would store it, and cards go out."""
        self.now += timedelta(milliseconds=1)
        raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        place = (community_of(topic) or "default", source_of(topic), topic)
        await self._stores(decode(topic, raw, self.now), place, raw, retained=retained)

    async def pushes(self, source: str, payload: dict[str, Any]) -> None:
        """Let a device platform push a message, as the route would store it."""
        self.now += timedelta(milliseconds=1)
        raw = orjson.dumps(payload)
        decoded = decode_push(source, raw, self.now)
        await self._stores(decoded, ("default", source, source), raw)

    async def _stores(
        self, decoded: Decoded, place: tuple[str, str, str], raw: bytes, *, retained: bool = False
    ) -> None:
        community, source, topic = place
        message = batch.Message.of(
            decoded,
            community=community,
            source=source,
            digest=hashlib.blake2b(topic.encode() + raw, digest_size=8).digest(),
            received=self.now,
            retained=retained,
        )
        await self.db.run(lambda s: batch.apply(s, self.registry, [message], now=self.now))
        await self.settle()

    async def rings(self, kind: str, **metrics: Any) -> None:
        """Let the flat's device of this kind publish; metrics default to its alarm."""
        device = self.devices[kind]
        if device.source == "linling":
            values = metrics or {"sos": True}
            await self.publishes(f"linling/default/{device.external}/event", {"metrics": values})
        else:
            await self.publishes(f"zigbee2mqtt/{device.external}", metrics or {kind: True})

    async def passes(self, **span: float) -> None:
        """Let time pass, a tick of the sweeps each ten seconds, each minute where it is hours."""
        whole = timedelta(**span)
        end, step = self.now + whole, timedelta(seconds=60 if whole > timedelta(hours=1) else 10)
        while self.now < end:
            self.now = min(end, self.now + step)
            await self.db.run(self._tick)
            await self.settle()

    async def jumps(self, **span: float) -> None:
        """Let much time pass at once: what fell due meanwhile is swept at its end."""
        self.now += timedelta(**span)
        await self.passes(microseconds=1)

    async def _tick(self, session: Session) -> None:
        """Do what the house's clock does, in one transaction, which is cheaper than its eight."""
        await escalation.sweep(session, now=self.now)
        await watch.sweep(session, now=self.now)
        await enrol.keep_up(session, now=self.now)
        await away.sweep(session, now=self.now)
        await silences.sweep(session, self.book, now=self.now)
        while await timers.sweep(session, self.book, now=self.now):
            pass
        await gateways.watch(session, self.later, now=self.now)
        await redeem.sweep(session, now=self.now)
        await activities.remind(session, now=self.now)
        await devices.tell(session, now=self.now)
        await glass.tell(session, now=self.now)
        await drills.sweep(session, now=self.now)
        await bell.sweep(session, now=self.now)
        await duty.sweep(session, now=self.now)

    async def rule(self, key: str, **more: Any) -> None:
        """Put a rule in force, from now on."""
        await self.db.run(lambda s: make.rule(s, self.community, key, **more))
        await self.db.run(lambda s: enrol.start(s, now=self.now))
        self.book.read_at = self.registry.read_at = None

    async def dispatches(self, name: str) -> None:
        """Let the operator send somebody to the only live ticket."""
        ticket = (await self.fetch("SELECT id FROM ticket WHERE status <> 'closed'"))[0].id
        worker = self.person(name).id

        async def work(session: Session) -> None:
            by = await actor(session, self.person("operator").id)
            await answer.dispatch(session, by, ticket=ticket, worker=worker, now=self.now)

        await self.db.run(work)
        await self.settle()

    async def settle(self) -> None:
        """Deliver all that is due."""
        while await deliver_due(
            self.db, channels=self.channels, now=self.now, base_url=self.base_url
        ):
            pass

    async def point(self, kind: str) -> str:
        """Tell the state of a device's point on the map."""
        async with self.db.reading() as session:
            found = await features(
                session, CLOCK, self.community, changed_of=[self.devices[kind].id]
            )
        return str(found[0]["properties"]["state"])

    async def fetch(self, statement: str, **values: Any) -> list[Any]:
        """Look into the database."""
        async with self.db.reading() as session:
            return list(await session.execute(sql(statement), values))
