"""The command centre's API for what does not arrive, and its sums on the live stream."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import orjson
import pytest

from core.clock import utcnow
from core.db import Session, sql
from core.i18n import Translator
from ops.embedded import Urls
from services import accounts, pauses
from services.actors import actor
from tests.channels.centre import Centre, centre_of
from tests.world import World

pytestmark = pytest.mark.real_clock

PATHS = ("undelivered", "unreachable", "channels")


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the real application on the test's database."""
    async with centre_of(world, db_url, urls) as made:
        yield made


async def _gives_up(centre: Centre) -> None:
    """Let the worker's newest card be a dead letter."""
    await centre.world.rings("smoke")
    await centre.world.db.run(
        lambda s: s.execute(
            sql(
                """
                UPDATE outbox SET state = 'dead', error = 'errcode 45015', attempts = 8
                WHERE person_id = :worker
                """
            ),
            {"worker": centre.world.person("worker").id},
        )
    )


async def test_the_lists_are_in_words_and_a_letter_goes_out_again(centre: Centre) -> None:
    """What an operator reads needs no code list; a second press changes nothing."""
    await _gives_up(centre)
    (letter,) = (await centre.asks("GET", "undelivered")).json()["letters"]
    assert (letter["what"], letter["who"]) == ("烟雾报警", "王建国")
    assert letter["channel_name"] == "网页聊天"
    assert "没来说话" in letter["why"]
    again = f"undelivered/{letter['id']}/resend"
    assert (await centre.asks("POST", again)).json() == {"resent": 1}
    assert (await centre.asks("POST", again)).json() == {"resent": 0}
    (row,) = await centre.world.fetch(
        "SELECT state, attempts, error FROM outbox WHERE id = :id", id=letter["id"]
    )
    assert tuple(row) == ("due", 0, None)
    assert (await centre.asks("GET", "undelivered")).json() == {"letters": []}


async def test_all_are_sent_again(centre: Centre) -> None:
    """One press for all of them."""
    await _gives_up(centre)
    assert (await centre.asks("POST", "undelivered/resend")).json() == {"resent": 1}
    assert (await centre.asks("POST", "undelivered/resend")).json() == {"resent": 0}


async def test_a_channel_that_rests_says_why_and_until_when(centre: Centre) -> None:
    """In the words that tell an operator what to do."""
    assert (await centre.asks("GET", "channels")).json() == {"resting": []}
    now = utcnow()
    await centre.world.db.run(
        lambda s: pauses.halt(s, "wechat", "halted-wechat-address", seconds=600, now=now)
    )
    (found,) = (await centre.asks("GET", "channels")).json()["resting"]
    assert (found["channel"], found["name"]) == ("wechat", "微信服务号")
    assert "白名单" in found["why"]
    assert found["since"] < found["until"]


async def test_whom_nothing_reaches_is_listed(centre: Centre) -> None:
    """By name for staff, masked for others."""
    await _leaves(centre.world, "elder")
    (found,) = (await centre.asks("GET", "unreachable")).json()["people"]
    assert found == {
        "id": str(centre.world.person("elder").id), "who": "陈**", "role": "elder", "left": True,
        "where": ["3幢 2单元 501室"],
    }  # fmt: skip


async def test_only_operators_look_and_send(centre: Centre) -> None:
    """A worker's session is refused, a letter that is nobody's is not there."""
    await _gives_up(centre)
    (row,) = await centre.world.fetch("SELECT id FROM outbox WHERE state = 'dead'")
    for path in PATHS:
        assert (await centre.asks("GET", path, "worker")).status_code == 403
    assert (await centre.asks("POST", f"undelivered/{row.id}/resend", "worker")).status_code == 403
    assert (await centre.asks("POST", "undelivered/resend", "worker")).status_code == 403
    assert (await centre.asks("POST", "undelivered/999999/resend")).status_code == 404
    assert (await centre.asks("POST", f"undelivered/{2**63}/resend")).status_code == 422
    for path in PATHS:
        assert (await centre.client.get(f"/api/console/{path}")).status_code == 401
    assert await centre.world.fetch("SELECT 1 FROM outbox WHERE state = 'dead'")


async def test_the_stream_tells_the_sums_and_when_they_change(centre: Centre) -> None:
    """The snapshot has them, and a channel that begins to rest is told without a reload."""
    await _gives_up(centre)
    hub = centre.app.state.hub
    token = await centre.token()
    async with centre.world.db.reading() as session:
        by = await actor(session, centre.world.person("operator").id)
    async with aclosing(hub.follow(by, centre.world.community, Translator(), token)) as stream:
        first = await anext(stream)
        assert _data(first, "snapshot")["reach"] == {
            "undelivered": 1, "unreachable": 0, "resting": [],
        }  # fmt: skip
        now = utcnow()
        await centre.world.db.run(
            lambda s: pauses.halt(s, "telegram", "halted-telegram-token", seconds=600, now=now)
        )
        async for chunk in stream:
            if chunk.startswith(b"event: reach") and b"telegram" in chunk:
                break
    assert _data(chunk, "reach")["resting"] == ["telegram"]


def _data(chunk: bytes, event: str) -> Any:
    head, _, data = chunk.decode().partition("\ndata: ")
    assert head == f"event: {event}"
    return orjson.loads(data)


async def _leaves(world: World, who: str) -> None:
    async def work(session: Session) -> None:
        account = await accounts.of(session, world.person(who).id, "web")
        assert account is not None
        await accounts.gone(session, account.id)

    await world.db.run(work)
