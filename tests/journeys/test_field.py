"""The worker's phone: a link from the chat opens the own grid; a ticket's people die with it."""

import re
from datetime import timedelta

import httpx
import pytest

from core.clock import utcnow
from core.db import Session, sql
from services import links
from tests import make
from tests.town import Town

pytestmark = pytest.mark.real_clock


async def asks(town: Town, path: str, key: str, *, method: str = "GET") -> httpx.Response:
    """Ask as the page behind a link does."""
    answer: httpx.Response = await town.http.request(method, f"/api{path}", params={"key": key})
    return answer


async def link(town: Town, who: str, action: str) -> tuple[str, str]:
    """Take a link from the newest card that has it: its path and its key."""
    for card in await town.world.person(who).cards():
        for one in card["actions"]:
            if one["id"] == action:
                path, key = re.fullmatch(r"(/field[^?]*)\?key=(.+)", one["url"]).groups()  # type: ignore[union-attr]
                return path, key
    raise AssertionError(f"{who} sees no {action}")


async def test_the_map_shows_the_own_grid_red_first_and_takes_a_ticket(town: Town) -> None:
    """Another grid's points are not there; 接单 on the map is 接单 everywhere."""
    world = town.world

    async def beside(session: Session) -> None:
        other = await make.grid(session, world.community, number=2)
        await make.device(session, "smoke", where=other, external="9幢1单元101 smoke")

    await world.db.run(beside)
    await world.rings("gas")
    await world.person("worker").says("我的工单")
    path, key = await link(town, "worker", "field.map")
    assert path == "/field"
    found = (await asks(town, "/field/points", key)).json()
    kinds = [one["properties"]["kind"] for one in found["points"]]
    assert kinds[0] == "gas"
    assert sorted(kinds) == ["door", "gas", "smoke", "water", "wristband"]
    first = found["points"][0]["properties"]
    assert (first["state"], first["title"]) == ("alarm", "燃气泄漏报警")
    assert [one["properties"]["name"] for one in found["buildings"]] == ["3幢"]
    taken = await asks(town, f"/field/tickets/{first['ticket']}/take", key, method="POST")
    assert taken.status_code == 200
    await town.settle()
    assert "王建国" in (await world.person("family").card())["summary"]
    again = await asks(town, f"/field/tickets/{first['ticket']}/take", key, method="POST")
    assert again.status_code == 409
    assert (await asks(town, f"/field/tickets/{first['ticket']}/workers", key)).json() == {
        "workers": []
    }


async def test_telephones_and_door_notes_die_with_the_ticket(town: Town) -> None:
    """Whom to call and what to mind stand behind the link of the card, and each look is noted."""
    world = town.world
    await world.rings("smoke")
    path, key = await link(town, "worker", "ticket.people")
    shown = (await asks(town, path, key)).json()
    assert [(one["name"], one["part"]) for one in shown["people"]] == [
        ("陈桂芳", "老人"), ("陈晓明", "家属"),
    ]  # fmt: skip
    assert shown["aloud"] == "测试街道测试社区 3幢 2单元 501室"
    looks = await world.fetch("SELECT person_id FROM ticket_event WHERE kind = 'looked'")
    assert [row.person_id for row in looks] == [world.person("worker").id]
    assert "陈桂芳" not in str(await world.person("worker").card())
    worker = world.person("worker")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    for answer in ("误报（做饭、灰尘、误碰）", "见到本人", "跳过"):
        await worker.chooses(answer)
    await world.rings("smoke", smoke=False)
    gone = await asks(town, path, key)
    assert gone.status_code == 409
    assert "陈桂芳" not in gone.text
    assert "ticket.people" not in str(await worker.card())


async def test_a_link_ends_with_the_role_and_after_three_days(town: Town) -> None:
    """A worker who has left sees nothing by an old link."""
    world = town.world
    worker = world.person("worker")
    await worker.says("我的工单")
    _, key = await link(town, "worker", "field.map")
    old = links.key(worker.id, "/field", now=utcnow() - timedelta(days=4))
    assert (await asks(town, "/field/points", old)).status_code == 401
    assert (await asks(town, "/field/points", key)).status_code == 200
    await world.db.run(
        lambda s: s.execute(
            sql("DELETE FROM membership WHERE person_id = :who"), {"who": worker.id}
        )
    )
    assert (await asks(town, "/field/points", key)).status_code == 403
