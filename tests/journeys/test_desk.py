"""The desk of the command centre: it takes, sends, notes and telephones, and hands its watch over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.actor import Role
from core.db import Session, sql
from core.errors import UserError
from models import Grid
from services import search, watches, workers
from services.actors import actor
from services.tickets import answer, board, desk
from tests import make
from tests.journeys.test_alarm import clean
from tests.world import World


async def ticket_of(world: World) -> UUID:
    """Find the only live ticket."""
    return UUID(str((await world.fetch("SELECT id FROM ticket WHERE status <> 'closed'"))[0].id))


async def at_desk(world: World, act: Any, who: str = "operator", **given: Any) -> Any:
    """Let somebody of the desk do something now."""

    async def work(session: Session) -> Any:
        by = await actor(session, world.person(who).id, way="console")
        return await act(session, by, now=world.now, **given)

    done = await world.db.run(work)
    await world.settle()
    return done


async def second_operator(world: World) -> None:
    """Let somebody else work at the desk too."""
    await world.db.run(lambda s: world._join(s, "other", "钱伟", Role.OPERATOR))


async def live(world: World) -> dict[str, Any]:
    """Read the only live ticket as the queue shows it."""
    async with world.db.reading() as session:
        by = await actor(session, world.person("operator").id)
        (found,) = await board.live(session, by, world.community)
    return found


async def test_one_of_two_desks_takes_an_alarm_and_the_chain_rests(world: World) -> None:
    """Whoever comes second reads who was first; nobody is rung any more."""
    await second_operator(world)
    await world.rings("smoke")
    ticket = await ticket_of(world)
    await at_desk(world, answer.acknowledge, ticket=ticket)
    with pytest.raises(UserError, match="ticket-taken") as refused:
        await at_desk(world, answer.acknowledge, "other", ticket=ticket)
    assert refused.value.args_for_words["who"] == "赵敏"
    await world.passes(minutes=3)
    assert await world.person("backup").rings() == 0
    assert (await live(world))["acked_by"] == "赵敏"
    await clean(world)


async def test_what_the_desk_took_is_passed_on_to_whoever_it_sends(world: World) -> None:
    """The worker gets a card and takes it; before that the chain runs, so that nobody waits in vain."""
    await world.rings("smoke")
    ticket, worker = await ticket_of(world), world.person("worker")
    await at_desk(world, answer.acknowledge, ticket=ticket)
    await at_desk(world, desk.send, ticket=ticket, worker=worker.id)
    assert (await live(world))["status"] == "open"
    await worker.clicks("ticket.ack")
    assert (await live(world))["acked_by"] == "王建国"
    with pytest.raises(UserError, match="ticket-taken"):
        await at_desk(world, desk.send, ticket=ticket, worker=world.person("backup").id)
    await clean(world)


async def test_a_note_stands_in_the_log_sealed_and_moves_the_screens(world: World) -> None:
    """It names who wrote it; nothing of it is readable in the database."""
    await world.rings("smoke")
    ticket = await ticket_of(world)
    version = (await live(world))["version"]
    await at_desk(world, desk.note, ticket=ticket, text=" 钥匙在楼下邻居家 ")
    shown = await live(world)
    (event,) = [one for one in shown["events"] if one["kind"] == "noted"]
    assert (event["who"], event["note"]) == ("赵敏", "钥匙在楼下邻居家")
    assert shown["version"] == version + 1
    (row,) = await world.fetch("SELECT note FROM ticket_event WHERE kind = 'noted'")
    assert "钥匙".encode() not in bytes(row.note)
    for empty in ("  ", "长" * 501):
        with pytest.raises(UserError, match="note-length"):
            await at_desk(world, desk.note, ticket=ticket, text=empty)
    await clean(world)


async def test_the_call_list_names_everybody_and_the_look_is_written_down(world: World) -> None:
    """Elder, family and whoever is on the way; it ends with the ticket, and others are refused."""
    await world.rings("smoke")
    ticket = await ticket_of(world)
    await world.person("worker").clicks("ticket.ack")
    found = await at_desk(world, desk.call_list, ticket=ticket)
    assert [one.name for one in found.brief.people] == ["陈桂芳", "陈晓明"]
    assert [name for name, _ in found.staff] == ["王建国"]
    looks = await world.fetch("SELECT subject_id FROM access_entry WHERE object_id = :t", t=ticket)
    assert {row.subject_id for row in looks} >= {world.person("elder").id}
    for who in ("resident", "family"):
        with pytest.raises(UserError, match="not-allowed"):
            await at_desk(world, desk.call_list, who, ticket=ticket)
    await clean(world)


async def test_the_sheet_says_who_can_be_told_who_is_near_and_who_is_busy(world: World) -> None:
    """First whoever is on duty and reachable, the least busy, then the nearest; unknown stays unknown."""
    worker, backup = world.person("worker"), world.person("backup")
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.arrive")
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE channel_account SET reachable = FALSE WHERE person_id = :p"),
            {"p": world.person("lead").id},
        )
    )
    await world.rings("gas")
    gas = (await world.fetch("SELECT id FROM ticket WHERE what = 'gas'"))[0].id
    found = await at_desk(world, workers.board, community=world.community, ticket=gas)
    assert [one["name"] for one in found] == ["孙丽", "王建国", "周军"]
    near = {one["name"]: one for one in found}
    assert near["王建国"]["distance_m"] == 0
    assert near["王建国"]["open_tickets"] == 1
    assert near["孙丽"]["distance_m"] is None
    assert not near["周军"]["reachable"]
    assert near["孙丽"]["id"] == str(backup.id)
    await clean(world)


async def test_a_watch_is_signed_for_by_somebody_else_who_then_has_what_was_in_hand(
    world: World,
) -> None:
    """Nothing is left over between two watches, and nobody signs for themselves."""
    await second_operator(world)
    await world.rings("smoke")
    ticket, here = await ticket_of(world), world.community
    await at_desk(world, answer.acknowledge, ticket=ticket)
    await at_desk(world, watches.hand_over, community=here, note="")
    handover = await at_desk(world, watches.hand_over, community=here, note="2幢电梯在修")
    with pytest.raises(UserError, match="watch-signed"):
        await at_desk(world, watches.sign, community=here, handover=handover)
    with pytest.raises(UserError, match="watch-waits"):
        await at_desk(world, watches.hand_over, "other", community=here, note="")
    waiting = (await at_desk(world, watches.state, community=here))["handover"]
    assert (waiting["name"], waiting["note"]) == ("赵敏", "2幢电梯在修")
    assert waiting["summary"] == {"open": 0, "acked": 1, "resolved": 0, "mine": 1}
    assert await at_desk(world, watches.sign, "other", community=here, handover=handover) == 1
    assert (await live(world))["acked_by"] == "钱伟"
    assert (await at_desk(world, watches.state, community=here))["handover"] is None
    with pytest.raises(UserError, match="watch-signed"):
        await at_desk(world, watches.sign, "other", community=here, handover=handover)
    await clean(world)


async def test_a_mute_has_a_reason_and_an_end_and_everybody_sees_it(world: World) -> None:
    """Half an hour at most; without a reason there is none; a second one takes the first's place."""
    here, soon = world.community, world.now + timedelta(minutes=10)
    for reason, until, fault in (
        (" ", soon, "mute-reason"),
        ("打电话", world.now, "mute-length"),
        ("打电话", world.now + timedelta(minutes=31), "mute-length"),
    ):
        with pytest.raises(UserError, match=fault):
            await at_desk(world, watches.mute, community=here, reason=reason, until=until)
    await at_desk(world, watches.mute, community=here, reason="打电话", until=soon)
    await at_desk(world, watches.mute, community=here, reason="在跟家属通话", until=soon)
    (one,) = (await at_desk(world, watches.state, community=here))["mutes"]
    assert (one["name"], one["reason"]) == ("赵敏", "在跟家属通话")
    await at_desk(world, watches.unmute, community=here)
    assert (await at_desk(world, watches.state, community=here))["mutes"] == []
    await at_desk(world, watches.mute, community=here, reason="在跟家属通话", until=soon)
    world.now += timedelta(minutes=11)
    assert (await at_desk(world, watches.state, community=here))["mutes"] == []


@pytest.mark.parametrize("who", ["worker", "resident", "family"])
async def test_the_desk_is_the_operators(world: World, who: str) -> None:
    """The service asks, whoever found the address."""
    await world.rings("smoke")
    ticket, here = await ticket_of(world), world.community
    for act, given in (
        (desk.note, {"ticket": ticket, "text": "好"}),
        (desk.send, {"ticket": ticket, "worker": world.person("backup").id}),
        (watches.hand_over, {"community": here, "note": ""}),
        (watches.sign, {"community": here, "handover": ticket}),
        (watches.mute, {"community": here, "reason": "好", "until": world.now}),
        (watches.unmute, {"community": here}),
        (watches.state, {"community": here}),
        (search.find, {"community": here, "text": "陈"}),
    ):
        with pytest.raises(UserError, match="not-allowed"):
            await at_desk(world, act, who, **given)


async def house(session: Session, world: World, name: str) -> None:
    """Build a further house."""
    ground = await session.get_one(Grid, world.grid)
    await make.home(session, ground, name=name)


async def test_one_line_finds_buildings_flats_people_and_devices(world: World) -> None:
    """Names as written or heard, masked; who was shown is written down, who was not is not."""
    here = world.community
    await world.db.run(lambda s: house(s, world, "13幢"))
    for said, kind, field, value in (
        ("13", "buildings", "name", "13幢"),
        ("陈桂芳", "people", "name", "陈**"),
        ("晨桂方", "people", "name", "陈**"),
        ("501 Smoke", "devices", "kind", "smoke"),
        ("wristband-01", "devices", "kind", "wristband"),
    ):
        found = await at_desk(world, search.find, community=here, text=said)
        assert value in [one[field] for one in getattr(found, kind)], said
    looks = await world.fetch("SELECT how_many FROM access_entry WHERE action = 'people.find'")
    assert [row.how_many for row in looks] == [1, 1]
    (place,) = await world.fetch("SELECT name FROM building WHERE name <> '13幢'")
    said = f"{place.name}2单元501室"
    flats = await at_desk(world, search.find, community=here, text=said)
    assert [one["place"] for one in flats.flats] == ["3幢 2单元 501室"]
    with pytest.raises(UserError, match="search-length"):
        await at_desk(world, search.find, community=here, text="  ")


async def test_the_desk_closes_what_its_device_never_confirms_and_says_why(world: World) -> None:
    """Only what somebody has resolved, only with a reason; then it does not turn red again."""
    await world.rings("smoke")
    ticket = await ticket_of(world)
    with pytest.raises(UserError, match="ticket-resolve-first"):
        await at_desk(world, desk.close, ticket=ticket, reason="设备坏了")
    worker = world.person("worker")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    for said in ("误报（做饭、灰尘、误碰）", "见到本人", "跳过"):
        await worker.says(said)
    with pytest.raises(UserError, match="note-length"):
        await at_desk(world, desk.close, ticket=ticket, reason="  ")
    with pytest.raises(UserError, match="not-allowed"):
        await at_desk(world, desk.close, "worker", ticket=ticket, reason="设备坏了")
    await at_desk(world, desk.close, ticket=ticket, reason="烟感受潮一直响，已拆下送修")
    await world.passes(minutes=30)
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "closed"
    await clean(world)
