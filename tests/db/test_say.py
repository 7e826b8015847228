"""python -m ops say: the shape of its lines, a fresh conversation each, and nothing kept."""

from pathlib import Path

import pytest

from core.db import Database, sql
from ops.say import Asking, Speaker, speaker
from tests.world import World

_KEYS = ["text", "intent", "confidence", "slots", "flow", "choices", "cards"]
_KEPT = ("inbound", "outbox", "mailbox_item", "conversation", "button", "ticket", "ticket_event")


async def who(world: World, as_whom: str, *, keep: bool = False) -> Speaker:
    """Speak as somebody of the small community."""
    asking = Asking(as_whom, "default", keep, as_json=True)
    return await speaker(world.db, asking, media=world.folder)


async def counts(db: Database) -> list[int]:
    """Count the rows that a turn may write."""
    async with db.reading() as session:
        found = [await session.execute(sql(f"SELECT count(*) FROM {one}")) for one in _KEPT]  # noqa: S608  (names of ours)
        return [int(one.scalar_one()) for one in found]


async def test_a_line_has_its_seven_keys(world: World) -> None:
    """As DESIGN section 6 fixes them; cards are the web chat's."""
    said = await (await who(world, "resident:周玉兰")).say("附近有没有药店")
    assert list(said) == _KEYS
    assert said["intent"] == "find_shop"
    assert said["slots"]["category"] == "pharmacy"
    assert said["flow"] is None
    assert said["choices"][0] == "find_shop"
    assert len(said["choices"]) == 3
    assert 0 <= said["confidence"] <= 1
    assert {"key", "title", "summary", "fields", "actions"} <= set(said["cards"][0])


async def test_a_dry_run_keeps_nothing(world: World) -> None:
    """Not even an alarm: no ticket, no card, no trace of the message."""
    before = await counts(world.db)
    speaks = await who(world, "elder")
    assert (await speaks.say("救命"))["intent"] == "emergency"
    assert (await speaks.say("转人工"))["cards"]
    assert await counts(world.db) == before


async def test_each_line_is_a_conversation_of_its_own(world: World) -> None:
    """A flow of one line does not swallow the next, and a miss is never the second."""
    speaks = await who(world, "resident", keep=True)
    for _ in range(3):
        said = await speaks.say("秦始皇的陵墓在哪个省")
        assert said["intent"] == "unknown"
        assert said["flow"] is None
        assert said["cards"][0]["actions"][0]["id"] == "understood.choose"


async def test_what_is_kept_stands_in_the_persons_chat(world: World) -> None:
    """Without --dry-run a turn is a turn like any other."""
    await (await who(world, "resident", keep=True)).say("你好")
    titles = [item["card"]["title"] for item in await world.person("resident").items()]
    assert titles == ["您好，我是邻铃，有事您说。"]


@pytest.mark.parametrize(
    ("as_whom", "community"),
    [("mayor", "default"), ("resident:没有这个人", "default"), ("resident", "nowhere")],
)
async def test_nobody_speaks_for_nobody(world: World, as_whom: str, community: str) -> None:
    """An unknown role, name or community is said on standard error."""
    asking = Asking(as_whom, community, keep=False, as_json=True)
    with pytest.raises(ValueError, match=r"there (is|are)"):
        await speaker(world.db, asking, media=Path())
