"""A small community lives a day in seconds, on the whole house; afterwards everything still holds."""

import asyncio
import json
import os
import subprocess
import sys

import orjson
import pytest

from core.db import Database, sql
from tests.live import ROOT, Running
from tests.until import comes

DEVICES, STORM = 60, 5
_there, _wrong = (
    f"{table} t JOIN device d ON d.id = t.device_id" for table in ("device_presence", "wrong_clock")
)


def ops(demo: Running, *words: str) -> str:
    """Run a command of `python -m ops` on the running stack; returns its standard output."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LINLING_")}
    done = subprocess.run(
        [sys.executable, "-m", "ops", *words], cwd=ROOT, capture_output=True, timeout=60, text=True,
        env={**environment, "LINLING_HOME": str(demo.home)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.needs_system("mosquitto")
async def test_a_day_of_a_small_community(live: Running) -> None:
    """Outages end, clocks that lie are seen through, each alarm of a storm has its ticket."""
    told = orjson.loads(
        await asyncio.to_thread(
            ops, live, "sim", "--devices", str(DEVICES), "--days", "1", "--minutes", "0.05",
            "--outage", "0.3", "--wrong-clocks", "0.2", "--storm", "smoke",
            "--storm-size", str(STORM),
        )
    )  # fmt: skip
    assert told["devices"] == DEVICES
    assert told["storm"] == STORM
    assert min(told["outage"], told["wrong_clock"], told["life"]) > 0
    url = json.loads((live.home / "run.json").read_text())["database_url"]
    db = Database(url, pool=1)
    try:
        await comes(lambda: _of(db, "ticket t"), STORM)
        assert await _of(db, _wrong) > 0
        assert await _of(db, _there, "t.online") == DEVICES
    finally:
        await db.aclose()
    found = orjson.loads(await asyncio.to_thread(ops, live, "check", "--json"))
    assert [one for one in found["invariants"] if one["broken"]] == []


async def _of(db: Database, rows: str, only: str = "true") -> int:
    """Count rows of the invented community."""
    whose = "d" if " d " in rows else "t"
    async with db.reading() as session:
        found = await session.execute(
            sql(
                f"SELECT count(*) FROM {rows} JOIN community c ON c.id = {whose}.community_id "  # noqa: S608
                f"WHERE c.slug = 'sim' AND {only}"
            )
        )
        return int(found.scalar_one())
