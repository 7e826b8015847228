"""Who sends a card: one sender at a time, and what a dead one began is counted."""

from datetime import timedelta

from cards.talk import say
from core.db import Session
from services import outbox
from services.outbox import Due
from tests.world import World

CHANNELS = ("telegram",)
TURN = 1


async def answered(world: World) -> None:
    """Write an answer that its own request is to send."""
    elder = world.person("elder").id

    async def work(session: Session) -> None:
        await outbox.enqueue_reply(
            session, say("您好"), person=elder, channel="telegram", turn=TURN, now=world.now
        )

    await world.db.run(work)


async def claimed(world: World, *, turn: int | None) -> list[Due]:
    """Take what is free now."""
    return await world.db.run(
        lambda s: outbox.claim(s, channels=CHANNELS, now=world.now, turn=turn)
    )


async def test_a_repeated_request_leaves_alone_what_somebody_is_sending(world: World) -> None:
    """The first request was slow, so the outbox took its answer; the vendor then asks again."""
    await answered(world)
    assert await claimed(world, turn=None) == [], "the request's own at first"
    world.now += timedelta(seconds=6)
    (row,) = await claimed(world, turn=None)
    assert await claimed(world, turn=TURN) == []
    world.now += timedelta(seconds=31)
    (again,) = await claimed(world, turn=TURN)
    assert again.id == row.id


async def test_a_request_sends_its_own_answer_once(world: World) -> None:
    """A second delivery of the same webhook finds it held, and takes it over when its sender died."""
    await answered(world)
    assert len(await claimed(world, turn=TURN)) == 1
    assert await claimed(world, turn=TURN) == []
    assert await claimed(world, turn=None) == []
    world.now += timedelta(seconds=31)
    assert len(await claimed(world, turn=TURN)) == 1


async def test_what_a_dead_process_began_is_in_doubt_however_it_goes_on(world: World) -> None:
    """It waits for a limit, goes out or fails: the one send of unknown end is counted once."""
    await answered(world)
    (row,) = await claimed(world, turn=TURN)
    await world.db.run(lambda s: outbox.calling(s, row, now=world.now))
    world.now += timedelta(seconds=31)
    (heir,) = await claimed(world, turn=None)
    later = world.now + timedelta(seconds=5)
    await world.db.run(lambda s: outbox.postponed(s, heir, until=later))
    world.now += timedelta(seconds=6)
    (last,) = await claimed(world, turn=None)
    await world.db.run(lambda s: outbox.calling(s, last, now=world.now))
    await world.db.run(lambda s: outbox.sent(s, last))
    ((doubts, state),) = await world.fetch("SELECT ambiguous, state FROM outbox")
    assert (doubts, state) == (1, "sent")
