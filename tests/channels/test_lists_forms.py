"""Forms and files of the command centre's lists: changed by one, seen by the next, written down."""

import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from core.actor import Role
from core.crypto import open_json
from core.db import Session
from ops.embedded import Urls
from services.imports.sheets import xlsx_of
from tests import make
from tests.channels.centre import Centre, centre_of
from tests.world import Human, World

pytestmark = pytest.mark.real_clock

ID = "11010519491231002X"


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the application, with an operator of a second grid."""
    await world.db.run(lambda s: _settle(s, world))
    async with centre_of(world, db_url, urls) as made:
        yield made


async def _settle(session: Session, world: World) -> None:
    second = await make.grid(session, world.community, number=2)
    await make.home(session, second, name="9幢")
    lead = await make.person(session, "钱进")
    await make.membership(session, lead.id, Role.OPERATOR, where=world.community, grid_id=second.id)
    world.people["lead of two"] = Human(world, lead.id, "钱进")


async def _rows(centre: Centre, name: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await centre.asks("GET", f"lists/{name}{query}")).json()["rows"]
    return found


async def _opens(centre: Centre, name: str, which: str, who: str = "operator") -> Any:
    answer = await centre.asks("GET", f"lists/{name}/rows/{which}", who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _saves(
    centre: Centre, of: str, opened: Any, which: str, by: str = "operator", **changed: str
) -> httpx.Response:
    body = {"cells": opened["values"] | changed, "version": opened["version"]}
    return await centre.asks("PUT", f"lists/{of}/rows/{which}", by, json=body)


async def test_a_person_is_opened_changed_and_both_are_written_down(centre: Centre) -> None:
    """The telephone is new, the rest is as it was, and the elder can read who did it."""
    (row,) = await _rows(centre, "people")
    opened = await _opens(centre, "people", row["id"])
    assert (opened["values"]["name"], opened["values"]["room"]) == ("陈桂芳", "501")
    saved = await _saves(centre, "people", opened, row["id"], phone="13900007788")
    assert saved.status_code == 200, saved.text
    (changed,) = await _rows(centre, "people")
    assert (changed["id"], changed["phone"]) == (row["id"], "139****7788")
    assert changed["groups"] == ["独居"]
    found = await centre.world.fetch(
        "SELECT action, subject_id FROM access_entry WHERE action = 'people.write'"
    )
    elder = centre.world.person("elder").id
    assert [tuple(one) for one in found] == [("people.write", elder)] * 2


async def test_faults_stand_at_their_fields_and_nothing_is_written(centre: Centre) -> None:
    """Two fields are wrong, both are told at once, in words."""
    (row,) = await _rows(centre, "people")
    opened = await _opens(centre, "people", row["id"])
    answer = await _saves(centre, "people", opened, row["id"], phone="12", name="张3", groups="无")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "form-faulty")
    assert error["fields"].keys() == {"phone", "name"}
    assert "不像电话号码" in error["fields"]["phone"]
    assert (await _rows(centre, "people"))[0]["groups"] == ["独居"]


async def test_who_saves_second_is_told_what_the_first_one_changed(centre: Centre) -> None:
    """Nothing is written over unseen; saved again with the new version it is."""
    (row,) = await _rows(centre, "people")
    first, second = [await _opens(centre, "people", row["id"]) for _ in range(2)]
    assert (await _saves(centre, "people", first, row["id"], needs="耳背")).status_code == 200
    late = await _saves(centre, "people", second, row["id"], phone="13900007788")
    assert late.status_code == 409
    error = late.json()["error"]
    assert (error["code"], error["values"]["needs"]) == ("form-stale", "听力不便")
    again = {"values": error["values"], "version": error["version"]}
    assert (
        await _saves(centre, "people", again, row["id"], phone="13900007788")
    ).status_code == 200
    (changed,) = await _rows(centre, "people")
    assert changed["phone"] == "139****7788"


async def test_an_id_number_is_masked_in_the_form_and_kept(centre: Centre) -> None:
    """Its end alone is shown; saved as it is shown, it stays."""
    (row,) = await _rows(centre, "people")
    opened = await _opens(centre, "people", row["id"])
    assert (
        await _saves(centre, "people", opened, row["id"], id=ID, sex="女", born="1949-12-31")
    ).status_code == 200
    opened = await _opens(centre, "people", row["id"])
    assert opened["values"]["id"] == "**************002X"
    assert (await _saves(centre, "people", opened, row["id"], phone="")).status_code == 200
    (person,) = await centre.world.fetch(
        "SELECT id_number FROM person WHERE id = :id", id=centre.world.person("elder").id
    )
    assert open_json(person.id_number, "person.id_number") == ID


async def test_an_operator_of_one_grid_changes_that_grid_alone(centre: Centre) -> None:
    """Neither somebody of another grid, nor by moving somebody there."""
    (row,) = await _rows(centre, "people")
    path = f"lists/people/rows/{row['id']}"
    assert (await centre.asks("GET", path, "lead of two")).status_code == 403
    body = {"cells": {}, "version": "x"}
    assert (await centre.asks("PUT", path, "lead of two", json=body)).status_code == 403
    cells = {"name": "吴刚", "building": "9幢", "stair": "2", "room": "501"}
    made = await centre.asks("POST", "lists/people/rows", "lead of two", json={"cells": cells})
    assert made.status_code == 200, made.text
    here = f"lists/people/rows/{made.json()['id']}"
    opened = (await centre.asks("GET", here, "lead of two")).json()
    moved = await _saves(
        centre, "people", opened, made.json()["id"], "lead of two", building="3幢", grid=""
    )
    assert moved.status_code == 403
    assert (await _rows(centre, "people", "?q=吴刚"))[0]["building"] == "9幢"
    assert (await _brings(centre, _file(), "file=a.xlsx", "lead of two")).status_code == 403


async def test_a_device_is_registered_renamed_and_not_twice(centre: Centre) -> None:
    """Its number belongs to one device alone."""
    cells = {"kind": "烟感", "source": "linling", "external": "smoke-77", "building": "9幢"}
    made = await centre.asks("POST", "lists/devices/rows", json={"cells": cells})
    assert made.status_code == 200, made.text
    which = made.json()["id"]
    opened = await _opens(centre, "devices", which)
    assert (await _saves(centre, "devices", opened, which, name="活动室 烟感")).status_code == 200
    assert [one["name"] for one in await _rows(centre, "devices", "?q=smoke-77")] == ["活动室 烟感"]
    opened = await _opens(centre, "devices", which)
    twice = await _saves(centre, "devices", opened, which, external="wristband-01")
    assert twice.json()["error"]["fields"] == {"external": "已经有一条一样的了，请不要重复登记。"}


async def test_a_form_is_described_field_by_field(centre: Centre) -> None:
    """In words, with what may be chosen, and what must be filled in."""
    fields = (await centre.asks("GET", "lists/people/forms/edit")).json()["fields"]
    named = {one["name"]: one for one in fields}
    assert list(named)[:3] == ["name", "sex", "id"]
    assert (named["name"]["required"], named["born"]["kind"]) == (True, "date")
    assert [one["text"] for one in named["building"]["choices"]] == ["3幢", "9幢"]
    assert {"value": "独居", "text": "独居"} in named["groups"]["choices"]


def _file(
    *rows: Sequence[str], headers: Sequence[str] = ("姓名", "幢", "单元", "室", "手机号")
) -> bytes:
    return xlsx_of(headers, rows)


async def _brings(centre: Centre, raw: bytes, query: str, who: str = "operator") -> httpx.Response:
    return await centre.asks("POST", f"lists/people/import?{query}", who, content=raw)


async def test_a_file_is_checked_then_written(centre: Centre) -> None:
    """The check changes nothing; the good rows are written, the bad ones come back as a file."""
    raw = _file(("吴刚", "3幢", "2", "502", "13900005566"), ("吴丽", "99幢", "1", "101", "12"))
    checked = (await _brings(centre, raw, "file=a.xlsx")).json()
    assert (checked["rows"], checked["good"], checked["written"]) == (2, 1, False)
    assert {(one["row"], one["column"]) for one in checked["faults"]} == {(3, "幢"), (3, "手机号")}
    assert len(await _rows(centre, "people")) == 1
    refused = (await _brings(centre, raw, "file=a.xlsx&want=write")).json()
    assert refused["written"] is False
    bad = await _brings(centre, raw, "file=a.xlsx&want=bad")
    lines = list(load_workbook(io.BytesIO(bad.content)).active.values)
    assert lines[0][-1] == "问题"
    assert [line[0] for line in lines[1:]] == ["吴丽"]
    written = (await _brings(centre, raw, "file=a.xlsx&want=write&skip=true")).json()
    assert (written["written"], written["added"]) == (True, 1)
    assert len(await _rows(centre, "people")) == 2


async def test_a_header_that_nobody_knew_is_explained_once(centre: Centre) -> None:
    """The wizard offers the columns; what was chosen is kept for the next file."""
    raw = _file(("吴刚", "3幢", "2", "502"), headers=("甲方", "幢", "单元", "室"))
    checked = (await _brings(centre, raw, "file=a.xlsx")).json()
    assert [one["header"] for one in checked["strange"]] == ["甲方"]
    means = 'means={"甲方":"name"}'
    assert (await _brings(centre, raw, f"file=a.xlsx&want=write&{means}")).json()["added"] == 1
    again = (await _brings(centre, raw, "file=a.xlsx")).json()
    assert (again["strange"], again["good"]) == ([], 1)
    for wrong in (
        'means={"甲方":"salary"}',
        'means={"甲方":["name"]}',
        'means={"甲方":["name"]}',
        "means=[",
        'means={"乙方":"name"}',
    ):
        assert (await _brings(centre, raw, f"file=a.xlsx&{wrong}")).status_code == 422


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("a.exe", b"MZ", "file-not-read"), ("a.xlsx", b"PK", "file-no-xlsx"),
        ("a.csv", b"\0\0", "file-no-csv"), ("a.csv", b"", "file-empty"),
    ],
)  # fmt: skip
async def test_what_is_no_table_is_refused_in_words(
    centre: Centre, name: str, raw: bytes, code: str
) -> None:
    """And nothing of it is kept."""
    answer = await _brings(centre, raw, f"file={name}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


async def test_people_go_out_with_a_reason_which_is_written_down(centre: Centre) -> None:
    """Masked as the list shows them; without a reason nothing goes out."""
    for reason in ("", "  ", "要"):
        refused = await centre.asks("POST", "lists/people/export", json={"reason": reason})
        assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["reason"])
    taken = await centre.asks("POST", "lists/people/export", json={"reason": "高温走访"})
    sheet = load_workbook(io.BytesIO(taken.content)).active
    assert [[cell.value for cell in line][:3] for line in sheet.rows] == [
        ["姓名", "电话", "幢"], ["陈**", None, "3幢"],
    ]  # fmt: skip
    found = await centre.world.fetch(
        "SELECT how_many, reason FROM access_entry WHERE action = 'tables.export'"
    )
    assert [(one.how_many, open_json(one.reason, "access_entry.reason")) for one in found] == [
        (1, "people 高温走访")
    ]


async def test_a_whole_table_goes_out_and_comes_in_again(centre: Centre) -> None:
    """Without masks, by the import's own columns: the same file changes nothing."""
    body = {"reason": "迁移到新系统", "whole": True}
    taken = await centre.asks("POST", "lists/people/export", json=body)
    assert "陈桂芳".encode() not in taken.content  # packed
    again = (await _brings(centre, taken.content, "file=a.xlsx&want=write")).json()
    assert (again["written"], again["same"], again["faults"]) == (True, 1, [])


async def test_what_begins_like_a_formula_goes_out_as_text(centre: Centre) -> None:
    """Spreadsheets must neither reckon it, nor do so after somebody has edited the cell."""
    cells = {"kind": "烟感", "source": "linling", "external": "smoke-78", "building": "9幢"}
    made = await centre.asks("POST", "lists/devices/rows", json={"cells": cells})
    which = made.json()["id"]
    await centre.world.db.run(lambda s: _call(s, which, '=HYPERLINK("http://x","y")'))
    taken = await centre.asks(
        "POST", "lists/devices/export?q=smoke-78", json={"reason": "盘点设备"}
    )
    book = load_workbook(io.BytesIO(taken.content))
    assert isinstance(book, Workbook)
    (cell,) = [
        one
        for line in book.active.iter_rows(min_row=2)
        for one in line
        if one.value and "HYPER" in str(one.value)
    ]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


async def _call(session: Session, which: str, name: str) -> None:
    from uuid import UUID

    from models import Device

    device = await session.get(Device, UUID(which))
    assert device is not None
    device.place = {**device.place, "name": name}
    session.add(device)
