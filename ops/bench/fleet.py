"""A community to measure: grids with workers, homes with an elder, a relative and a device."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.actor import Role, ScopeKind
from core.crypto import keyring
from core.db import Database, Session, sql
from models import (
    ChannelAccount,
    Device,
    FamilyLink,
    Grid,
    Membership,
    Person,
    Shift,
)
from ops.seed.rows import Rows
from services import login
from services.ingest.registry import external_index

STEP = 0.0001  # degrees from one home to the next, a hundred in a row
KINDS = ("door", "water", "door", "water", "door", "water", "smoke", "water", "door", "wristband")


@dataclass(frozen=True, slots=True)
class Point:
    """A device with the people it protects and the workers who answer for it."""

    id: UUID
    name: str
    kind: str
    elder: UUID
    relative: UUID
    workers: tuple[UUID, ...]

    @property
    def topic(self) -> str:
        """Name the topic on which the device speaks."""
        return f"linling/default/{self.name}/event"


@dataclass(frozen=True, slots=True)
class Size:
    """How large the community is; `kind` gives every device the same kind.

    What is added to a community that has homes already is numbered from `first`.
    """

    homes: int
    grids: int = 20
    workers: int = 1
    kind: str | None = None
    kinds: Sequence[str] = KINDS
    community: str = "default"
    first: int = 0


async def build(db: Database, size: Size, *, now: datetime) -> list[Point]:
    """Write the community's rows in one transaction and let PostgreSQL count them."""

    async def work(session: Session) -> list[Point]:
        community = await _community(session, size.community)
        rows = Rows()
        points = _fill(rows, community, size, now)
        await rows.write(session)
        return points

    points = await db.run(work)
    await analyse(db)
    return points


async def analyse(db: Database) -> None:
    """Let PostgreSQL count the rows, as its autovacuum does within the first minute."""
    await _alone(db, "ANALYZE")


async def checkpoint(db: Database) -> None:
    """Let PostgreSQL write out what it has, as it does every five minutes.

    From then on it reuses the files of its log; a new cluster makes and syncs each of them, 16 MB
    of zeroes in the middle of somebody's commit.
    """
    await _alone(db, "CHECKPOINT")


async def _alone(db: Database, command: str) -> None:
    async with db.engine.connect() as raw:
        await (await raw.execution_options(isolation_level="AUTOCOMMIT")).execute(sql(command))


async def _community(session: Session, slug: str) -> UUID:
    found = await session.execute(
        sql("SELECT id FROM community WHERE slug = :slug"), {"slug": slug}
    )
    return UUID(str(found.scalar_one()))


def _fill(rows: Rows, community: UUID, size: Size, now: datetime) -> list[Point]:
    teams: list[tuple[UUID, tuple[UUID, ...]]] = []
    for number in range(100 + size.first, 100 + size.first + size.grids):
        grid = rows.make(Grid, community_id=community, number=number, name=f"{number}")
        team = tuple(
            _worker(rows, community, grid, f"网格员{n:02d}", now) for n in range(size.workers)
        )
        teams.append((grid, team))
    return [
        _home(rows, community, teams[n % size.grids], n, size=size, now=now)
        for n in range(size.first, size.first + size.homes)
    ]


def _person(rows: Rows, name: str, now: datetime) -> UUID:
    who = rows.make(Person, name=name, lang="zh-CN", large_type=False, created_at=now)
    index = keyring().index(str(who), "channel_account.external_index")
    rows.make(
        ChannelAccount, person_id=who, channel="web", external=str(who), external_index=index,
        reachable=True,
    )  # fmt: skip
    return who


def _worker(rows: Rows, community: UUID, grid: UUID, name: str, now: datetime) -> UUID:
    who = _person(rows, name, now)
    rows.make(
        Membership, person_id=who, community_id=community, role=Role.WORKER,
        scope_kind=ScopeKind.GRID, scope_id=grid,
    )  # fmt: skip
    rows.make(
        Shift, community_id=community, grid_id=grid, person_id=who, duty="worker",
        starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1), confirmed_at=now,
        left_at=None,
    )  # fmt: skip
    return who


def _home(
    rows: Rows, community: UUID, team: tuple[UUID, tuple[UUID, ...]], number: int, *,
    size: Size, now: datetime,
) -> Point:  # fmt: skip
    elder, relative = _person(rows, "陈桂芳", now), _person(rows, "陈晓明", now)
    rows.make(
        FamilyLink, community_id=community, elder_id=elder, relative_id=relative,
        consented_at=now, ended_at=None,
    )  # fmt: skip
    name, kind = f"device-{number:05d}", size.kind or size.kinds[number % len(size.kinds)]
    device = rows.make(
        Device, community_id=community, grid_id=team[0], building_id=None, kind=kind,
        source="linling", external=name, external_index=external_index(name),
        place={"name": f"{number}室", "home": None, "people": [str(elder)]}, home_index=None,
        lon=120.06 + number % 100 * STEP, lat=31.72 + number // 100 % 100 * STEP, installed_at=now,
        removed_at=None,
    )  # fmt: skip
    return Point(device, name, kind, elder, relative, team[1])


async def logins(db: Database, people: list[UUID], *, now: datetime) -> list[str]:
    """Open a chat session for each of these people; returns the bearer tokens."""

    async def work(session: Session) -> list[str]:
        return [await login.open_session(session, who, "chat", now=now) for who in people]

    return await db.run(work)
