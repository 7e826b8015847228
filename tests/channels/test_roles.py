"""Who may do what in the command centre: three administrators, roles by place, walls, visitors."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from core.actor import Role, ScopeKind
from core.clock import utcnow
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import Membership
from ops.embedded import Urls
from services import actors, roles
from tests import make
from tests.channels.centre_stage import PASSWORD, Centre, opened
from tests.world import World

pytestmark = pytest.mark.real_clock
NAMES = ("陈桂芳", "陈晓明", "王建国", "周玉兰", "13900001111", "赵敏", "孙丽", "周军")
ADMINISTRATORS = (Role.SYSTEM, Role.SECURITY, Role.AUDIT)


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the product as outside of the demo, with an alarm that somebody has taken."""
    await world.rings("smoke")
    await world.person("worker").clicks("ticket.ack")
    async with opened(world, db_url, urls) as one:
        yield one


async def got(centre: Centre, path: str, who: dict[str, str]) -> tuple[int, str]:
    """Ask for something and return status and text."""
    answer = await centre.client.get(f"/api/console{path}", headers=who)
    return answer.status_code, answer.text


async def the_rest(stream: AsyncIterator[tuple[str, Any]]) -> list[str]:
    """Wait until a stream ends by itself, and return what it still said of map and queue."""
    async with asyncio.timeout(5):
        return [name async for name, _ in stream if name in {"snapshot", "points", "ticket"}]


async def test_three_administrators_make_one_desk(centre: Centre) -> None:
    """One makes the account, another gives it a role, the third reads of both; nobody does two."""
    for role in ADMINISTRATORS:
        await centre.account(role.value, role=role)
    system, security, audit = [await centre.session(role.value) for role in ADMINISTRATORS]
    body = {"account": "lihua", "name": "李华"}
    for who in (security, audit):
        assert (await centre.posts("/accounts", body, headers=who)).status_code == 403
    made = (await centre.posts("/accounts", body, headers=system)).json()
    assert made["link"].startswith("/console#setup=")
    assert (await centre.posts("/accounts", body, headers=system)).status_code == 409
    roles = f"/accounts/{made['person']}/roles"
    for who in (system, audit):
        assert (await centre.posts(roles, {"role": "desk"}, headers=who)).status_code == 403
    assert (await centre.posts(roles, {"role": "desk"}, headers=security)).status_code == 200

    link = {"ticket": made["link"].partition("=")[2], "password": PASSWORD}
    step = (await centre.posts("/setup", link)).json()
    assert step["next"] == "enrol"
    assert (await centre.posts("/setup", link)).status_code == 401

    for who in (system, security):
        assert (await got(centre, "/access", who))[0] == 403
    status, text = await got(centre, "/access?action=roles.grant", audit)
    assert (status, "分配了角色。角色：值班员。" in text) == (200, True)
    assert (await got(centre, "/access", audit))[1].count("access.read") == 1
    for who in (system, security, audit):
        for path in ("/points", "/tickets", "/workers", "/stats", "/undelivered"):
            status, text = await got(centre, path, who)
            assert (status, [name for name in NAMES if name in text]) == (403, [])


async def test_administrators_stay_apart(centre: Centre) -> None:
    """Not by the service, not by two at once, not by a hand in the database."""
    world = centre.world
    for role in ADMINISTRATORS:
        await centre.account(role.value, role=role)
    desk = await centre.account("desk", role=Role.DESK)
    security = await centre.session("security")
    for role in ADMINISTRATORS:
        answer = await centre.posts(f"/accounts/{desk}/roles", {"role": role}, headers=security)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "role-apart")
    own = world.person("security").id
    answer = await centre.posts(f"/accounts/{own}/roles", {"role": "operator"}, headers=security)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "account-own")

    async with world.db.reading() as session:
        by = await actors.actor(session, own)
    for _ in range(5):
        person = await centre.account(f"new{uuid7().hex[-8:]}", role=Role.RESIDENT)

        async def grant(session: Session, role: Role, person: UUID = person) -> None:
            where = world.community
            await roles.grant(session, by, person, role, community=where, now=utcnow())

        given = await asyncio.gather(
            world.db.run(lambda s: grant(s, Role.OPERATOR)),
            world.db.run(lambda s: grant(s, Role.SYSTEM)),
            return_exceptions=True,
        )
        assert sorted(isinstance(one, UserError) for one in given) == [False, True]


async def test_a_lost_telephone_is_forgotten_by_the_security_administrator(centre: Centre) -> None:
    """Password and codes work no more, sessions end, and the link begins anew."""
    desk = await centre.account("desk", role=Role.DESK)
    for role in (Role.SYSTEM, Role.SECURITY):
        await centre.account(role.value, role=role)
    there = await centre.session("desk")
    system, security = await centre.session("system"), await centre.session("security")
    assert (await centre.posts(f"/accounts/{desk}/reset", headers=system)).status_code == 403
    link = (await centre.posts(f"/accounts/{desk}/reset", headers=security)).json()["link"]
    assert (await got(centre, "/me", there))[0] == 401
    answer = await centre.posts("/login", {"account": "desk", "password": PASSWORD})
    assert answer.status_code == 401
    body = {"ticket": link.partition("=")[2], "password": "another horse runs"}
    assert (await centre.posts("/setup", body)).json()["next"] == "enrol"


async def test_a_closed_account_comes_in_no_more(centre: Centre) -> None:
    """Its sessions end at once; open again it has the roles it had."""
    desk = await centre.account("desk", role=Role.DESK)
    await centre.account("system", role=Role.SYSTEM)
    there, system = await centre.session("desk"), await centre.session("system")
    path = f"/accounts/{desk}"
    assert (await centre.posts(f"{path}/close", headers=system)).status_code == 200
    assert (await got(centre, "/me", there))[0] == 401
    await centre.posts(f"{path}/reopen", headers=system)
    assert (await centre.enters("desk"))["Authorization"]


async def test_the_list_of_accounts(centre: Centre) -> None:
    """Searched by name, chosen by role, a page at a time, with what is still missing."""
    await centre.account("security", role=Role.SECURITY)
    await centre.account("desk", role=Role.DESK)
    await centre.account("gridlead", role=Role.LEAD, enrolled=False)
    security = await centre.session("security")

    async def listed(query: str) -> list[tuple[str, list[str], bool]]:
        answer = await centre.client.get(f"/api/console/accounts?{query}", headers=security)
        return [
            (one["account"], [held["role"] for held in one["roles"]], one["safe"])
            for one in answer.json()["accounts"]
        ]

    assert await listed("") == [
        ("desk", ["desk"], True), ("gridlead", ["lead"], False), ("security", ["security"], True),
    ]  # fmt: skip
    assert await listed("search=管grid") == [("gridlead", ["lead"], False)]
    assert [one[0] for one in await listed("role=desk")] == ["desk"]
    assert [one[0] for one in await listed("after=desk")] == ["gridlead", "security"]


async def test_a_street_sees_its_communities_and_touches_nothing(centre: Centre) -> None:
    """One role over the street is one in each of its communities; another street's is not there."""
    world = centre.world
    person = await centre.account("street", role=Role.STREET)

    async def widen(session: Session) -> tuple[str, str]:
        rows = await session.execute(sql("SELECT street_id FROM community"))
        street = rows.scalar_one()
        await session.execute(sql("DELETE FROM membership WHERE person_id = :p"), {"p": person})
        session.add(
            Membership(
                person_id=person, community_id=world.community, role=Role.STREET,
                scope_kind=ScopeKind.STREET, scope_id=street,
            )
        )  # fmt: skip
        beside = await make.community(session, slug="beside")
        foreign = await make.community(session, slug="foreign")
        await session.execute(
            sql("UPDATE community SET street_id = :s WHERE id = :c"),
            {"s": street, "c": beside.id},
        )
        return str(beside.id), str(foreign.id)

    beside, foreign = await world.db.run(widen)
    who = await centre.session("street")
    me = (await centre.client.get("/api/console/me", headers=who)).json()
    assert sorted(me["communities"]) == sorted([str(world.community), beside])
    assert (await got(centre, f"/points?community={beside}", who)) == (
        200, '{"type":"FeatureCollection","features":[]}',
    )  # fmt: skip
    assert (await got(centre, f"/points?community={foreign}", who))[0] == 403
    (ticket,) = await world.fetch("SELECT id FROM ticket")
    body = {"worker": str(world.person("backup").id)}
    sent = await centre.posts(f"/tickets/{ticket.id}/dispatch", body, headers=who)
    assert sent.status_code == 403
    elder = world.person("elder").id
    assert (await centre.posts(f"/people/{elder}/open", headers=who)).status_code == 403


async def test_before_visitors_nobody_is_named(centre: Centre) -> None:
    """Every list and the stream, until the own password ends it; a reload changes nothing."""
    world = centre.world
    await centre.account("operator")
    who = await centre.session("operator")
    building = (await world.fetch("SELECT id FROM building"))[0].id
    paths = ("/points", "/tickets", "/workers", "/duty", f"/buildings/{building}")
    before = "".join([(await got(centre, path, who))[1] for path in paths])
    assert all(one in before for one in ("王建国", "陈**", "501室", "独居"))
    stream = centre.stream(who)
    assert "王建国" in str(await anext(stream))

    assert (await centre.posts("/visitors", {"on": True}, headers=who)).json() == {"masked": True}
    assert await the_rest(stream) == []
    assert (await centre.client.get("/api/console/me", headers=who)).json()["masked"]
    for path in (*paths, "/stats", "/buildings", "/figures"):
        status, text = await got(centre, path, who)
        told = (*NAMES, "陈**", "独居") if path.startswith("/buildings/") else (*NAMES, "单元")
        assert (status, [one for one in told if one in text]) == (200, []), path
    anew = centre.stream(who)
    name, snapshot = await anext(anew)
    assert snapshot["masked"]
    assert not [one for one in NAMES if one in str(snapshot)]
    await world.person("worker").clicks("ticket.arrive")
    async for name, said in anew:
        assert not [one for one in NAMES if one in str(said)], name
        if name == "ticket":
            assert "王**" in str(said)
            break
    await anew.aclose()

    elder = world.person("elder").id
    for answer in (
        await centre.posts(f"/people/{elder}/open", headers=who),
        await centre.client.get("/api/console/access", headers=who),
        await centre.posts("/glass", {"person": str(elder), "reason": "有人求救"}, headers=who),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "visitors-present")
    answer = await centre.posts("/visitors", {"on": False, "password": "wrong"}, headers=who)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "password-wrong")
    assert (await centre.client.get("/api/console/me", headers=who)).json()["masked"]
    body = {"on": False, "password": PASSWORD}
    assert (await centre.posts("/visitors", body, headers=who)).json() == {"masked": False}
    assert "王建国" in (await got(centre, "/tickets", who))[1]


async def test_a_wall_screen_looks_and_does_nothing(centre: Centre) -> None:
    """Map, queue and figures without names; every other door and every change is shut."""
    world = centre.world
    await centre.account("operator")
    await centre.account("desk", role=Role.DESK)
    operator, desk = await centre.session("operator"), await centre.session("desk")
    assert (await centre.posts("/walls", {"name": "大厅"}, headers=desk)).status_code == 403
    made = (await centre.posts("/walls", {"name": "大厅"}, headers=operator)).json()
    token = made["link"].partition("#wall=")[2]
    kept = await world.fetch("SELECT token_hash FROM wall_screen")
    assert token.encode() not in bytes(kept[0].token_hash)
    came = await centre.posts("/wall", {"token": token})
    assert came.cookies.get("linling-wall") == came.json()["token"]
    centre.client.cookies.clear()
    wall = {"Authorization": f"Bearer {came.json()['token']}"}
    for path in ("/points", "/tickets", "/stats", "/buildings", "/me"):
        status, text = await got(centre, path, wall)
        assert (status, [one for one in (*NAMES, "单元") if one in text]) == (200, []), path
    stream = centre.stream(wall)
    name, snapshot = await anext(stream)
    assert (name, [one for one in NAMES if one in str(snapshot)]) == ("snapshot", [])
    (ticket,) = await world.fetch("SELECT id FROM ticket")
    for path in (
        "/workers",
        "/duty",
        "/access",
        "/accounts",
        "/walls",
        "/sessions",
        "/undelivered",
    ):
        assert (await got(centre, path, wall))[0] == 403, path
    for path, body in (
        (f"/tickets/{ticket.id}/dispatch", {"worker": str(world.person("backup").id)}),
        ("/visitors", {"on": False}), ("/logout", {}), ("/walls", {"name": "又一块"}),
    ):  # fmt: skip
        assert (await centre.posts(path, body, headers=wall)).status_code == 403, path
    listed = (await centre.client.get("/api/console/walls", headers=operator)).json()["walls"]
    assert [(one["name"], one["by"]) for one in listed] == [("大厅", "赵敏")]

    gone = await centre.client.delete(f"/api/console/walls/{made['id']}", headers=operator)
    assert gone.status_code == 200
    assert await the_rest(stream) == []
    assert (await got(centre, "/points", wall))[0] == 401
    assert (await centre.posts("/wall", {"token": token})).status_code == 401


async def test_a_revoked_sessions_stream_ends(centre: Centre) -> None:
    """By the security administrator, by a role that is taken back, by leaving."""
    world = centre.world
    desk = await centre.account("desk", role=Role.DESK)
    await centre.account("security", role=Role.SECURITY)
    security = await centre.session("security")

    async def ends_by(path: str, method: str = "POST", body: object = None) -> None:
        who = await centre.session("desk")
        stream = centre.stream(who)
        assert (await anext(stream))[0] == "snapshot"
        headers = who if path == "/logout" else security
        async with asyncio.timeout(5):
            answer = await centre.client.request(
                method, f"/api/console{path}", headers=headers, json=body
            )
            assert answer.status_code == 200, answer.text
            assert await the_rest(stream) == []

    await ends_by("/logout")
    await ends_by(f"/accounts/{desk}/revoke")
    (role,) = await world.fetch("SELECT id FROM membership WHERE role = 'desk'")
    await ends_by(f"/accounts/{desk}/roles/{role.id}", "DELETE")
    assert (await got(centre, "/points", await centre.session("desk")))[0] == 403


async def test_the_audit_trail_is_searched(centre: Centre) -> None:
    """By who did it, about whom, what, when; each reading is an entry itself."""
    world = centre.world
    await centre.account("operator")
    await centre.account("audit", role=Role.AUDIT)
    operator, audit = await centre.session("operator"), await centre.session("audit")
    elder, me = world.person("elder").id, world.person("operator").id
    since = utcnow()
    await centre.posts(f"/people/{elder}/open", headers=operator)

    async def found(**asked: str) -> list[str]:
        answer = await centre.client.get("/api/console/access", params=asked, headers=audit)
        return [one["action"] for one in answer.json()["entries"]]

    assert await found(person=str(elder)) == ["people.read"]
    assert await found(actor=str(me)) == ["people.read"]
    assert await found(action="people.read", since=since.isoformat()) == ["people.read"]
    assert await found(until=since.isoformat()) == []
    assert await found(actor=str(elder)) == []
    assert (await found(action="access.read")).count("access.read") == 5
    answer = await centre.client.get("/api/console/access?action=nonsense", headers=audit)
    assert answer.status_code == 422
