"""The demo's people with WeChat, WeChat Work and Telegram, beside the personas of the web chat."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from channels.wechat import WechatChannel
from core.actor import Role, ScopeKind
from core.crypto import open_json, seal_json
from core.db import Session, sql
from ops.seed import data, rota
from ops.seed.roles import People
from ops.seed.rota import Post
from ops.seed.rows import Rows
from services import accounts, allowances

_WINDOW = "message"


async def keep_up(
    session: Session, community: UUID, *, channels: Collection[str], now: datetime
) -> Mapping[str, int]:
    """Add who is missing in these channels; let all be reached again, as their phones start anew.

    In the other channels nobody of them can be reached.
    """
    rows, grounds = Rows(), await _grounds(session, community)
    people = People(rows, community, grounds.began)
    met: list[tuple[UUID, str]] = []
    for channel, make in _MADE.items():
        known = await _known(session, channel)
        if channel in channels:
            met.append((known or await make(session, people, grounds, now), channel))
        elif known is not None:
            await _unreachable(session, channel)
    written = await rows.write(session)
    for person, channel in met:
        await _reachable(session, person, channel, now=now)
    return written


async def _grounds(session: Session, community: UUID) -> Any:
    """Read the persona elder, her building and grid, and since when the seed's people are there."""
    found = await session.execute(
        sql(
            """
            SELECT d.person_id AS elder, p.created_at AS began, b.id AS building,
                   b.grid_id AS grid
            FROM demo_persona d JOIN person p ON p.id = d.person_id
            JOIN residence r ON r.person_id = p.id AND r.until IS NULL
            JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
            WHERE d.persona = 'elder' AND r.community_id = :community
            """
        ),
        {"community": community},
    )
    return found.one()


async def _known(session: Session, channel: str) -> UUID | None:
    found = await session.execute(
        sql(
            """
            SELECT person_id FROM channel_account
            WHERE channel = :channel AND external_index = :index
            """
        ),
        {"channel": channel, "index": _index(channel)},
    )
    person: UUID | None = found.scalar_one_or_none()
    return person


async def _daughter(_session: Session, people: People, grounds: Any, _now: datetime) -> UUID:
    made = _outsider(people, "wechat")
    people.link(made, grounds.elder, data.demo("phones")["wechat"]["relation"])
    return made


async def _worker(_session: Session, people: People, grounds: Any, now: datetime) -> UUID:
    made = _outsider(people, "wecom")
    people.member(made, Role.WORKER, ScopeKind.GRID, grounds.grid)
    rota.write(people.rows, [Post(grounds.grid, made, "worker")], people.community, now=now)
    return made


async def _neighbour(session: Session, people: People, grounds: Any, _now: datetime) -> UUID:
    """Name a man of the elder's building: no more people than before, and nobody's account."""
    found = await session.execute(
        sql(
            """
            SELECT r.person_id, p.sex FROM residence r JOIN person p ON p.id = r.person_id
            JOIN home h ON h.id = r.home_id
            WHERE h.building_id = :building AND r.until IS NULL AND NOT r.elder
              AND p.phone IS NOT NULL AND p.sex IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM channel_account a WHERE a.person_id = r.person_id)
              AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = r.person_id)
            ORDER BY r.person_id
            """
        ),
        {"building": grounds.building},
    )
    person: UUID = next(
        row.person_id for row in found if open_json(row.sex, "person.sex") == "male"
    )
    name = seal_json(_name("telegram"), "person.name")
    await session.execute(
        sql("UPDATE person SET name = :name WHERE id = :id"), {"name": name, "id": person}
    )
    people.member(person, Role.RESIDENT, ScopeKind.COMMUNITY, people.community)
    return person


_MADE = {"wechat": _daughter, "wecom": _worker, "telegram": _neighbour}


async def _reachable(session: Session, person: UUID, channel: str, *, now: datetime) -> None:
    external = data.demo("phones")[channel]["account"]
    account = await accounts.add(session, person, channel=channel, external=external, now=now)
    if channel == WechatChannel.name:
        window = WechatChannel.windows[_WINDOW]
        await allowances.opened(session, account.id, _WINDOW, window, now=now)


async def _unreachable(session: Session, channel: str) -> None:
    await session.execute(
        sql(
            """
            UPDATE channel_account SET reachable = FALSE
            WHERE channel = :channel AND external_index = :index
            """
        ),
        {"channel": channel, "index": _index(channel)},
    )


def _index(channel: str) -> bytes:
    return accounts.index(data.demo("phones")[channel]["account"])


def _outsider(people: People, channel: str) -> UUID:
    return people.person(_name(channel), phone=data.demo("phones")[channel]["phone"]).id


def _name(channel: str) -> str:
    name: str = data.demo("phones")[channel]["name"]
    return name
