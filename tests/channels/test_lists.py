"""The command centre's lists: what is shown to whom, pages that stay whole, searches, filters."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.actor import Role
from core.db import Session
from models import Grid, Home
from ops.embedded import Urls
from services.identity import phone_index, phone_tail
from tests import make
from tests.channels.centre import Centre, centre_of
from tests.world import Human, World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the application, with a second grid and some more flats."""
    await world.db.run(lambda s: _settle(s, world))
    async with centre_of(world, db_url, urls) as made:
        yield made


async def _settle(session: Session, world: World) -> None:
    """Let people live in a second grid, and in a community beside this one."""
    second = await make.grid(session, world.community, number=2)
    await _flat(session, second, "10幢", "赵国强", "13900001122")
    await _flat(session, second, "9幢", "孙秀兰", "13900003344")
    other = await make.community(session, slug="beside")
    await _flat(session, await make.grid(session, other.id), "3幢", "何秀英", "13900002222")
    neighbour = await make.person(session, "冯远")
    await make.membership(session, neighbour.id, Role.OPERATOR, where=other.id)
    lead = await make.person(session, "钱进")
    await make.membership(session, lead.id, Role.OPERATOR, where=world.community, grid_id=second.id)
    world.people["neighbour"] = Human(world, neighbour.id, "冯远")
    world.people["lead of two"] = Human(world, lead.id, "钱进")


async def _flat(session: Session, grid: Grid, building: str, name: str, phone: str) -> Home:
    flat = await make.home(session, grid, name=building)
    who = await make.person(
        session, name, phone=phone, phone_index=phone_index(phone), phone_tail=phone_tail(phone)
    )
    await make.residence(session, who.id, flat)
    return flat


async def _list(centre: Centre, path: str, who: str = "operator") -> Any:
    answer = await centre.asks("GET", f"lists/{path}", who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _names(page: Any, column: str = "name") -> list[str]:
    return [row[column] for row in page["rows"]]


async def test_residents_stand_flat_by_flat_and_masked(centre: Centre) -> None:
    """An operator sees masks; building 9 stands before building 10, as people count."""
    page = await _list(centre, "people")
    assert _names(page) == ["陈**", "孙**", "赵**"]
    assert _names(page, "building") == ["3幢", "9幢", "10幢"]
    assert (page["total"], page["next"]) == (3, None)
    assert page["rows"][1]["phone"] == "139****3344"
    assert page["rows"][0]["groups"] == ["独居"]
    assert page["head"]["title"] == "居民"
    found = await centre.world.fetch(
        "SELECT how_many FROM access_entry WHERE action = 'people.find' ORDER BY number"
    )
    assert [row.how_many for row in found] == [3]


async def test_an_operator_of_one_grid_sees_that_grid_alone(centre: Centre) -> None:
    """The list, its count, its filters' choices and its devices are the grid's."""
    page = await _list(centre, "people", "lead of two")
    assert _names(page, "building") == ["9幢", "10幢"]
    assert page["total"] == 2
    choices = {one["code"]: one["choices"] for one in page["head"]["filters"]}
    assert [one["text"] for one in choices["grid"]] == ["第2网格"]
    assert [one["text"] for one in choices["building"]] == ["9幢", "10幢"]
    assert (await _list(centre, "devices", "lead of two"))["rows"] == []
    elsewhere = f"people?grid={centre.world.grid}"
    assert (await _list(centre, elsewhere, "lead of two"))["rows"] == []


async def test_an_operator_of_another_community_sees_nothing_of_this_one(centre: Centre) -> None:
    """Whatever is asked for by its id."""
    assert _names(await _list(centre, "people", "neighbour")) == ["何**"]
    for path in (f"people?grid={centre.world.grid}", "people?q=陈桂芳", "devices", "undelivered"):
        assert (await _list(centre, path, "neighbour"))["rows"] == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=陈桂芳", ["陈**"]), ("q=孙", ["孙**"]), ("q=3344", ["孙**"]), ("q=13900001122", ["赵**"]),
        ("q=10幢2单元501", ["赵**"]), ("q=王", []), ("elder=yes", ["陈**"]),
        ("group=living_alone", ["陈**"]), ("group=veteran", []), ("standing=both&elder=no", ["孙**", "赵**"]),
    ],
)  # fmt: skip
async def test_people_are_searched_and_filtered(
    centre: Centre, asked: str, found: list[str]
) -> None:
    """By name, a part of it, a telephone or its end, a flat, a group, whether they are an elder."""
    page = await _list(centre, f"people?{asked}")
    assert _names(page) == found
    assert page["total"] == len(found)


async def test_devices_are_filtered_by_kind_and_state(centre: Centre) -> None:
    """The state is what the map shows."""
    await centre.world.rings("smoke")
    page = await _list(centre, "devices?state=alarm")
    assert [(row["state"]["code"], row["kind"]) for row in page["rows"]] == [("alarm", "烟感")]
    assert _names(await _list(centre, "devices?kind=gas")) == ["3幢2单元501 gas"]
    assert _names(await _list(centre, "devices?q=wristband-01")) == ["wristband-01"]


async def test_pages_stay_whole_while_rows_come_in(centre: Centre) -> None:
    """A row put in before the place where a page ended is not shown twice and shifts nothing."""
    first = await _list(centre, "people?limit=1")
    assert (_names(first, "building"), first["total"]) == (["3幢"], 3)
    world = centre.world

    async def comes(session: Session) -> None:
        grid = await session.get(Grid, world.grid)
        assert grid is not None
        for building in ("1幢", "9幢A"):
            await _flat(session, grid, building, "吴刚", "13900005566")

    await world.db.run(comes)
    seen = _names(first, "building")
    page = first
    for _ in range(6):
        if page["next"] is None:
            break
        page = await _list(centre, f"people?limit=1&after={page['next']}")
        seen += _names(page, "building")
        assert "head" not in page
    assert seen == ["3幢", "9幢", "10幢", "9幢A"]


@pytest.mark.parametrize("after", ["x", "W10", "WzEsMiwzLDQsNV0", "bnVsbA", "a" * 600])
async def test_a_place_that_no_page_named_is_refused(centre: Centre, after: str) -> None:
    """In words, and not as a fault of ours."""
    answer = await centre.asks("GET", f"lists/people?after={after}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "list-place-wrong")


async def test_a_filter_that_names_nothing_is_refused(centre: Centre) -> None:
    """An id that is none."""
    answer = await centre.asks("GET", "lists/people?grid=drop")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "list-filter-wrong")


async def test_the_navigation_names_what_may_be_opened(centre: Centre) -> None:
    """For those who have no console there is none."""
    named = [one["name"] for one in (await centre.asks("GET", "lists")).json()["lists"]]
    assert named[:2] == ["people", "flats"]
    assert (await centre.asks("GET", "lists", "worker")).status_code == 403
    assert (await centre.asks("GET", "lists/people", "worker")).status_code == 403
