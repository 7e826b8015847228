"""Builders: rows with sensible values, of which a test names only what it is about."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import CLOCK, Role, ScopeKind
from core.clock import utcnow
from core.crypto import keyring
from core.db import Database, Session
from core.ids import uuid7
from models import (
    Activity,
    Building,
    ChannelAccount,
    Community,
    Datum,
    Device,
    DeviceKind,
    Duty,
    FamilyLink,
    Grid,
    Home,
    HomeUse,
    Membership,
    Person,
    Residence,
    Reward,
    Rule,
    Severity,
    Shift,
    Shop,
    Street,
)
from services import entry, passwords
from services.homes import home_index
from services.ingest.registry import external_index
from services.points import ledger
from services.shops.hours_text import parse

LIFE_RULES = ("smoke", "gas", "carbon_monoxide", "sos", "fall")


async def add(session: Session, row: Any) -> Any:
    """Add a row and write it, so that others may refer to it."""
    session.add(row)
    await session.flush()
    return row


async def community(session: Session, *, slug: str = "default") -> Community:
    """Make a community with the life rules."""
    street = await add(session, Street(name="测试街道"))
    made: Community = await add(
        session, Community(street_id=street.id, slug=slug, name="测试社区", lon=120.06, lat=31.72)
    )
    for key in LIFE_RULES:
        await rule(session, made.id, key)
    return made


async def rule(session: Session, where: UUID, key: str, **more: Any) -> Rule:
    """Make a rule, by default of what its key measures."""
    given = {"metric": key, "limit": 1, "severity": Severity.LIFE, "source": "test", **more}
    made: Rule = await add(session, Rule(community_id=where, key=key, **given))
    return made


async def grid(session: Session, where: UUID, *, number: int = 1) -> Grid:
    """Make a grid."""
    made: Grid = await add(session, Grid(community_id=where, number=number, name=f"第{number}网格"))
    return made


async def home(
    session: Session, where: Grid, *, name: str = "3幢", label: str = "2单元 501室", stair: int = 2
) -> Home:
    """Make a building with one flat."""
    outline = [[120.06, 31.72], [120.061, 31.72], [120.061, 31.721], [120.06, 31.72]]
    house = await add(
        session,
        Building(community_id=where.community_id, grid_id=where.id, name=name, outline=outline,
                 lon=120.06, lat=31.72),
    )  # fmt: skip
    made: Home = await add(
        session,
        Home(community_id=where.community_id, building_id=house.id, stair=stair, floor=5,
             use=HomeUse.OWNED, label=label, label_index=keyring().index(label, "home.label_index")),
    )  # fmt: skip
    return made


async def person(
    session: Session, name: str, *, channel: str | None = "web", **more: Any
) -> Person:
    """Make a person, by default reachable in the web chat."""
    made: Person = await add(session, Person(name=name, **more))
    if channel is not None:
        address = str(made.id)
        index = keyring().index(address, "channel_account.external_index")
        await add(
            session,
            ChannelAccount(person_id=made.id, channel=channel, external=address,
                           external_index=index),
        )  # fmt: skip
    return made


async def membership(
    session: Session, who: UUID, role: Role, *, where: UUID, grid_id: UUID | None = None
) -> None:
    """Give a person a role in a community, or in one grid of it."""
    kind = ScopeKind.GRID if grid_id else ScopeKind.COMMUNITY
    await add(
        session,
        Membership(person_id=who, community_id=where, role=role, scope_kind=kind,
                   scope_id=grid_id or where),
    )  # fmt: skip


async def shift(session: Session, who: UUID, where: Grid, *, duty: str, now: datetime) -> None:
    """Put a person on confirmed duty around now."""
    await add(
        session,
        Shift(community_id=where.community_id, grid_id=where.id, person_id=who, duty=Duty(duty),
              starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=7),
              confirmed_at=now - timedelta(hours=1)),
    )  # fmt: skip


async def residence(session: Session, who: UUID, where: Home, *, elder: bool = False) -> None:
    """Let a person live in a flat."""
    await add(
        session,
        Residence(community_id=where.community_id, person_id=who, home_id=where.id, elder=elder,
                  groups=["living_alone"] if elder else []),
    )  # fmt: skip


async def family(session: Session, elder: UUID, relative: UUID, *, where: UUID) -> None:
    """Link a relative to an elder, with consent."""
    await add(session, FamilyLink(community_id=where, elder_id=elder, relative_id=relative))


async def reward(
    session: Session, where: UUID, *, merchant: UUID, item: str = "修鞋一次", cost: int = 20,
    **more: Any,
) -> Reward:  # fmt: skip
    """Let a merchant offer something for points."""
    made: Reward = await add(
        session,
        Reward(community_id=where, merchant_id=merchant, place="老李修鞋铺", item=item, cost=cost,
               **{"item_en": "One shoe repair", **more}),
    )  # fmt: skip
    return made


async def points(session: Session, where: UUID, who: UUID, amount: int, *, now: datetime) -> None:
    """Give somebody points, as the community does."""
    await ledger.transfer(
        session, community=where, debit=ledger.ISSUANCE, credit=ledger.resident(who),
        amount=amount, reason="grant", key=f"test:{uuid7()}", by=CLOCK, now=now,
    )  # fmt: skip


async def activity(
    session: Session, where: UUID, by: UUID, *, starts_at: datetime, title: str = "楼道清洁",
    capacity: int = 10, points: int = 20, hours: float = 2,
) -> Activity:  # fmt: skip
    """Make an activity."""
    made: Activity = await add(
        session,
        Activity(community_id=where, title=title, place="活动室", starts_at=starts_at,
                 ends_at=starts_at + timedelta(hours=hours), capacity=capacity, points=points,
                 organiser_id=by),
    )  # fmt: skip
    return made


async def device(
    session: Session,
    kind: str,
    *,
    where: Grid,
    source: str = "zigbee2mqtt",
    external: str | None = None,
    at: Home | None = None,
    protects: list[UUID] | None = None,
) -> Device:
    """Make a device, at home when `at` is given."""
    name = external or f"3幢2单元501 {kind}"
    made: Device = await add(
        session,
        Device(
            community_id=where.community_id, grid_id=where.id,
            building_id=at.building_id if at else None, kind=DeviceKind(kind), source=source,
            external=name, external_index=external_index(name),
            place={
                "name": name,
                "home": str(at.id) if at else None,
                "people": [str(who) for who in protects or []],
            },
            home_index=home_index(at.id) if at else None, lon=120.06, lat=31.72,
        ),
    )  # fmt: skip
    return made


async def shop(
    session: Session, name: str, *, where: UUID, category: str, lon: float = 120.061,
    lat: float = 31.72, hours: str = "8:00-20:00", **more: Any,
) -> Shop:  # fmt: skip
    """Make a shop, by default some hundred metres east of the flat."""
    week = parse(hours)
    made: Shop = await add(
        session,
        Shop(community_id=where, name=name, category=category, lon=lon, lat=lat,
             datum=Datum.WGS84, source_lon=lon, source_lat=lat, hours_raw=hours,
             hours=week.stored() if week else None, **more),
    )  # fmt: skip
    return made


async def account(db: Database, person: UUID, called: str, password: str, *, where: UUID) -> None:
    """Make an account of the command centre with a password and no second factor."""
    kept = await passwords.hashed(password)

    async def work(session: Session) -> None:
        await entry.make(session, person, called, where=where, now=utcnow())
        await entry.keep_password(session, person, kept)

    await db.run(work)
