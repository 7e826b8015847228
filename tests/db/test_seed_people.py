"""The demo's people: papers that agree with each other, who is who at home, who has a key."""

import re
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from core.crypto import open_json, seal_json
from core.db import Database
from ops.seed import seed
from services import identity
from tests.db.test_seed import NOW, rows


async def opened(db: Database, table: str, *columns: str) -> list[dict[str, Any]]:
    """Read rows of a table with some sealed columns opened."""
    found = []
    for row in await rows(db, f"SELECT * FROM {table} ORDER BY id"):  # noqa: S608
        values = {name: getattr(row, name) for name in columns}
        sealed = {n: open_json(v, f"{table}.{n}") if v else None for n, v in values.items()}
        found.append({**row._mapping, **sealed})
    return found


async def test_everybody_has_papers_that_agree(db: Database) -> None:
    """ID numbers pass their check and say the sex and the day; elders are sixty and over."""
    await seed(db, demo=True, now=NOW)
    people = await opened(db, "person", "name", "phone", "id_number", "sex", "born")
    lives = {row.person_id: row for row in await rows(db, "SELECT * FROM residence")}
    residents = [one for one in people if one["id"] in lives]
    assert len({one["id_number"] for one in residents}) == len(residents) == 6626
    for one in residents:
        number, born = one["id_number"], date.fromisoformat(one["born"])
        assert identity.id_is_whole(number)
        assert number.startswith("3999")  # no province has 39
        assert number[6:14] == f"{born:%Y%m%d}"
        assert one["sex"] == ("male" if int(number[16]) % 2 else "female")
        age = (NOW.date() - born).days / 365.2425
        assert (age >= 60) is lives[one["id"]].elder
        groups = open_json(lives[one["id"]].groups or seal_json([], "residence.groups"),
                           "residence.groups")  # fmt: skip
        if lives[one["id"]].elder:
            assert (age >= 80) is ("over80" in groups)
        assert (one["phone"] is None) is (age < 18)
        assert one["id_index"] == identity.id_index(number)
        assert one["id_tail"] == identity.id_tail(number)
    phones = [one["phone"] for one in people if one["phone"]]
    assert len(phones) == len(set(phones))
    assert all(re.fullmatch(r"1390000\d{4}|139000[12]\d{4}", phone) for phone in phones)
    assert all(one["phone_tail"] == identity.phone_tail(one["phone"])
               for one in people if one["phone"])  # fmt: skip


async def test_homes_say_who_is_who_and_who_has_a_key(db: Database) -> None:
    """One head a flat, tenants where it is let; each protected elder has somebody to telephone."""
    await seed(db, demo=True, now=NOW)
    homes = {row.id: row for row in await rows(db, "SELECT * FROM home")}
    heads = Counter[UUID]()
    for row in await opened(db, "residence", "relation"):
        heads[row["home_id"]] += row["relation"] in {"户主", "租客"}
        assert (row["relation"] == "租客") <= (homes[row["home_id"]].use == "let")
    assert set(heads.values()) == {1}
    standing = {
        r.standing: r.n
        for r in await rows(db, "SELECT standing, count(*) n FROM residence GROUP BY 1")
    }
    assert 0.1 < standing["lives"] / 6626 < 0.4
    assert set(standing) == {"lives", "both"}
    contacts = await opened(db, "contact", "name", "phone", "relation")
    protected = {
        UUID(person)
        for row in await rows(db, "SELECT place FROM device WHERE home_index IS NOT NULL")
        for person in open_json(row.place, "device.place")["people"]
    }
    assert {one["person_id"] for one in contacts} == protected
    assert {one["person_id"] for one in contacts if one["key_holder"]} == protected
    assert all(one["phone"] and one["relation"] in {"son", "daughter", "neighbour"}
               for one in contacts)  # fmt: skip
    links = await opened(db, "family_link", "relation")
    assert all(one["consent_by"] == one["elder_id"] and one["relation"] for one in links)
    teams = await rows(
        db,
        "SELECT team_id, count(*) n, count(*) FILTER (WHERE lead) leads FROM team_member GROUP BY 1",
    )
    assert [(row.n, row.leads) for row in teams] == [(3, 1)] * 8
    built = await rows(db, "SELECT address, stairs, floors FROM building")
    assert len({row.address for row in built}) == 46
    assert {(row.stairs, row.floors) for row in built} == {(4, 11), (3, 11), (4, 6), (3, 6), (2, 6)}
