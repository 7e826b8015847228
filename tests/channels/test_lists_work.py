"""The lists by which a community is run: rota, practice, rules, rewards; each done and seen done."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.console.lists.registry import LISTS
from core.actor import Role
from core.clock import utcnow
from core.db import Session
from core.ids import uuid7
from models import Enrolment, RuleProposal
from ops.embedded import Urls
from tests import make
from tests.channels.centre import Centre, centre_of
from tests.world import World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the application, with a merchant."""
    await world.db.run(lambda s: _join(s, world))
    async with centre_of(world, db_url, urls) as made:
        yield made


async def _join(session: Session, world: World) -> None:
    await world._join(session, "merchant", "李大山", Role.MERCHANT)


async def _rows(centre: Centre, name: str) -> Any:
    answer = await centre.asks("GET", f"lists/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


async def _does(centre: Centre, method: str, path: str, body: Any = None) -> Any:
    answer = await centre.asks(method, path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_opens_goes_out_and_describes_its_forms(centre: Centre, name: str) -> None:
    """With or without rows: a head, columns for every cell, a file, the fields of each form."""
    await centre.world.rings("smoke")
    page = (await centre.asks("GET", f"lists/{name}")).json()
    codes = {one["code"] for one in page["head"]["columns"]}
    assert all(codes <= row.keys() for row in page["rows"])
    taken = await centre.asks("POST", f"lists/{name}/export", json={"reason": "年度盘点"})
    assert taken.content.startswith(b"PK"), taken.text
    for act in page["head"]["acts"]:
        if act["asks"]:
            form = await centre.asks("GET", f"lists/{name}/forms/{act['code']}")
            assert form.json()["fields"], act["code"]


async def test_a_post_is_held_and_given_up(centre: Centre) -> None:
    """What the form sends is what its route takes; the shifts follow."""
    before = len(await _rows(centre, "shifts"))
    fields = {
        one["name"]: one
        for one in (await centre.asks("GET", "lists/rota/forms/add-post")).json()["fields"]
    }
    assert list(fields) == ["grid", "person", "duty", "days", "begins", "ends"]
    assert [one["text"] for one in fields["duty"]["choices"]] == ["网格员", "备勤", "组长"]
    await _does(centre, "POST", "duty/rota", {
        "grid": fields["grid"]["choices"][0]["value"],
        "person": str(centre.world.person("worker").id), "duty": "backup", "days": [1, 3],
        "begins": "08:00", "ends": "18:00",
    })  # fmt: skip
    (post,) = await _rows(centre, "rota")
    assert (post["person"], post["duty"], post["hours"]) == ("王建国", "备勤", "08:00–18:00")
    assert post["days"] == ["周一", "周三"]
    assert len(await _rows(centre, "shifts")) > before
    await _does(centre, "DELETE", f"duty/rota/{post['id']}")
    assert await _rows(centre, "rota") == []


async def test_a_day_off_is_given_and_taken_back(centre: Centre) -> None:
    """The path is filled by the form, then by the row."""
    person = centre.world.person("backup").id
    await _does(centre, "POST", f"duty/rest/{person}/2030-12-25", {"person": str(person)})
    (day,) = await _rows(centre, "days-off")
    assert (day["who"], day["day"]) == ("孙丽", "2030-12-25")
    await _does(centre, "DELETE", f"duty/rest/{day['person']}/{day['day']}")
    assert await _rows(centre, "days-off") == []


async def test_hours_are_set_from_what_stands_there(centre: Centre) -> None:
    """The form's values are those of the row."""
    (row,) = await _rows(centre, "hours")
    assert row["spans"] == ["每天 00:00–24:00"]
    span = {"days": [1, 2], "begins": "08:30", "ends": "17:30"}
    await _does(centre, "PUT", "duty/hours", {"hours": [span], "duty_phone": "0519-88000000"})
    (row,) = await _rows(centre, "hours")
    assert row["spans"] == ["周一、周二 08:30–17:30"]
    assert row["values"] == {"hours": [span], "duty_phone": "0519-88000000"}


async def test_a_drill_runs_and_is_ended(centre: Centre) -> None:
    """It is listed with its devices; only one that runs can be ended."""
    smoke = str(centre.world.devices["smoke"].id)
    await _does(centre, "POST", "drill", {"devices": [smoke], "minutes": 30, "households": False})
    (drill,) = await _rows(centre, "drills")
    assert (drill["state"], drill["devices"], drill["runs"]) == ("正在演练", 1, True)
    await _does(centre, "POST", "drill/end")
    (drill,) = await _rows(centre, "drills")
    assert (drill["state"], drill["runs"]) == ("已结束", False)


async def test_a_test_ring_lists_who_did_not_answer(centre: Centre) -> None:
    """With the reason, so that somebody telephones."""
    await _does(centre, "POST", "bell")
    found = await _rows(centre, "bell")
    assert {one["who"] for one in found} >= {"王建国", "孙丽"}
    assert all(one["why"] for one in found)


async def test_a_rule_is_tried_on_a_value_and_on_the_last_day(centre: Centre) -> None:
    """Nothing is written by it, neither a version nor a ticket."""
    await centre.world.rule(
        "smoke_flat", metric="battery", comparison="<=", limit=20, severity="maintenance"
    )
    (row,) = [one for one in await _rows(centre, "rules") if one["key"] == "smoke_flat"]
    values = row["values"]
    rings = await _does(centre, "POST", "lists/rules/smoke_flat/try", values | {"value": 10})
    quiet = await _does(centre, "POST", "lists/rules/smoke_flat/try", values | {"value": 30})
    assert (rings["said"], quiet["said"]) == ("会报警。", "不会报警。")
    await centre.world.rings("smoke", battery=10)
    day = await _does(centre, "POST", "lists/rules/smoke_flat/try", values)
    assert "会报警 1 次" in day["said"]
    assert "3幢2单元501 smoke" in day["lines"][0]
    assert len(await centre.world.fetch("SELECT 1 FROM rule WHERE key = 'smoke_flat'")) == 1


async def test_a_rule_that_somebody_changed_meanwhile_is_not_written_over(centre: Centre) -> None:
    """The second one is told what it says now, and may then mean it."""
    await centre.world.rule(
        "smoke_flat", metric="battery", comparison="<=", limit=20, severity="maintenance"
    )
    (row,) = [one for one in await _rows(centre, "rules") if one["key"] == "smoke_flat"]
    body = row["values"] | {"version": row["version"]}
    assert (await _does(centre, "PUT", "lists/rules/smoke_flat", body | {"limit": 25}))[
        "version"
    ] == 2
    late = await centre.asks("PUT", "lists/rules/smoke_flat", json=body | {"limit": 40})
    error = late.json()["error"]
    assert (late.status_code, error["values"]["limit"], error["version"]) == (409, 25, 2)
    again = body | {"limit": 40, "version": 2}
    assert (await _does(centre, "PUT", "lists/rules/smoke_flat", again))["version"] == 3


async def test_a_policy_that_somebody_changed_meanwhile_is_not_written_over(
    centre: Centre,
) -> None:
    """Its versions are counted, and the form sends the one it saw."""
    (row,) = [one for one in await _rows(centre, "policies") if one["id"] == "property"]
    body = row["values"] | {"version": row["version"]}
    assert await _does(centre, "PUT", "policies/property", body) == {"version": 1}
    late = await centre.asks("PUT", "policies/property", json=body)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "form-stale")


async def test_a_reward_is_put_on_offer_changed_and_ended(centre: Centre) -> None:
    """By an operator, for a merchant of this community, and never over somebody else's change."""
    body = {
        "item": "修鞋一次", "item_en": "", "place": "老李修鞋铺", "cost": 20, "stock": 5,
        "merchant": str(centre.world.person("merchant").id),
    }  # fmt: skip
    await _does(centre, "POST", "lists/rewards", body)
    (row,) = await _rows(centre, "rewards")
    path = f"lists/rewards/{row['id']}"
    changed = body | {"cost": 25, "version": row["version"]}
    await _does(centre, "PUT", path, changed)
    late = await centre.asks("PUT", path, json=changed | {"cost": 30})
    assert (late.status_code, late.json()["error"]["values"]["cost"]) == (409, 25)
    nobody = await centre.asks("POST", "lists/rewards", json=body | {"merchant": str(uuid7())})
    assert nobody.status_code == 404
    await _does(centre, "DELETE", path)
    assert await _rows(centre, "rewards") == []
    assert [one["item"] for one in await _rows(centre, "rewards?offered=no")] == ["修鞋一次"]
    assert (await _rows(centre, "merchants"))[0]["name"] == "李大山"


async def test_a_flat_that_is_lived_in_is_not_called_vacant(centre: Centre) -> None:
    """Its use is changed, but not against the register."""
    (flat,) = await _rows(centre, "flats")
    path = f"lists/flats/{flat['id']}"
    refused = await centre.asks("PUT", path, json={"use": "vacant"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "flat-lived-in")
    await _does(centre, "PUT", path, {"use": "let"})
    assert [one["use"] for one in await _rows(centre, "flats?use=let")] == ["出租"]


async def test_a_shop_is_entered_moved_and_found(centre: Centre) -> None:
    """By the same form as residents, with its own columns."""
    cells = {
        "name": "老李修鞋铺", "category": "修鞋铺", "lon": "120.0612", "lat": "31.7209",
        "datum": "WGS84", "address": "听雨路12号",
    }  # fmt: skip
    await _does(centre, "POST", "lists/shops/rows", {"cells": cells})
    (row,) = await _rows(centre, "shops?q=修鞋")
    opened = await _does(centre, "GET", f"lists/shops/rows/{row['id']}")
    body = {"cells": opened["values"] | {"address": "听雨路14号"}, "version": opened["version"]}
    await _does(centre, "PUT", f"lists/shops/rows/{row['id']}", body)
    assert [one["address"] for one in await _rows(centre, "shops")] == ["听雨路14号"]


async def test_an_activity_is_entered_and_a_past_one_is_left_alone(centre: Centre) -> None:
    """A form for what is to come; what is over has no button."""
    cells = {
        "title": "楼道清洁", "place": "活动室", "date": "2030-05-04", "starts": "14:00",
        "ends": "16:00", "capacity": "20", "organiser": "赵敏",
    }  # fmt: skip
    await _does(centre, "POST", "lists/activities/rows", {"cells": cells})
    (row,) = await _rows(centre, "activities?when=coming")
    assert (row["title"], row["changeable"], row["organiser"]) == ("楼道清洁", True, "赵敏")
    operator = centre.world.person("operator").id

    async def past(session: Session) -> None:
        at = utcnow().replace(year=2020)
        await make.activity(session, centre.world.community, operator, starts_at=at)

    await centre.world.db.run(past)
    assert [one["changeable"] for one in await _rows(centre, "activities?when=past")] == [False]


async def test_an_attendance_is_approved_and_the_person_hears_of_the_points(
    centre: Centre,
) -> None:
    """As in the chat: once, never for oneself, and it waits only once the activity has begun."""
    world = centre.world
    resident, operator = world.person("resident").id, world.person("operator").id

    async def joins(session: Session) -> None:
        at = utcnow() - timedelta(hours=1)
        made = await make.activity(session, world.community, operator, starts_at=at)
        for person in (resident, operator):
            row = Enrolment(community_id=world.community, activity_id=made.id, person_id=person)
            await make.add(session, row)

    await world.db.run(joins)
    found = await _rows(centre, "attendances")
    assert {one["person"]: one["waits"] for one in found} == {
        str(resident): True, str(operator): False,
    }  # fmt: skip
    (row,) = [one for one in found if one["waits"]]
    path = f"lists/attendances/{row['activity']}/{row['person']}"
    await _does(centre, "POST", path)
    assert (await centre.asks("POST", path)).status_code == 409
    assert [one["approved"] for one in await _rows(centre, "attendances?approved=yes")] == [True]
    world.now = utcnow()
    assert "20" in (await world.person("resident").cards())[0]["summary"]


async def test_a_proposed_limit_is_declined_and_its_proposer_told(centre: Centre) -> None:
    """The list is empty again, the rule as it was."""
    world = centre.world
    await world.rings("smoke")
    (ticket,) = await world.fetch("SELECT id FROM ticket")

    async def proposes(session: Session) -> None:
        row = RuleProposal(
            community_id=world.community, ticket_id=ticket.id, device_id=world.devices["smoke"].id,
            key="smoke", limit=2, span_s=0, was_limit=1, was_span_s=0,
            asked_by=world.person("worker").id,
        )  # fmt: skip
        await make.add(session, row)

    await world.db.run(proposes)
    (row,) = await _rows(centre, "limits")
    assert (row["what"], row["was"], row["limit"]) == ("烟雾报警", "1", "2")
    await _does(centre, "POST", f"lists/limits/{row['id']}/decline")
    assert await _rows(centre, "limits") == []
    world.now = utcnow()
    assert len(await world.person("worker").cards()) > 1
