"""What is said instead of written: words where an endpoint hears them, a kind answer otherwise."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from channels.speech import Speech
from core.errors import Permanent
from core.settings import Asr
from ops.fakes.phone import Faults
from ops.fakes.speech import FakeSpeech, create_app
from ops.fakes.transport import Wire
from tests import make
from tests.town import Hand, Town

RECORDINGS = {"wechat": b"#!AMR\n\x3c\r\nspoken", "telegram": b"OggS\x00\x02\r\n--spoken"}
SPEAKING = pytest.mark.parametrize("channel", RECORDINGS)


def speech(fake: FakeSpeech, **changes: str) -> Speech:
    """Speak to the fake, with other settings than the right ones where they are given."""
    key, model = changes.get("key", fake.key), changes.get("model", fake.model)
    settings = Asr(base_url="http://speech.test/v1", api_key=SecretStr(key), model=model)
    return Speech(settings, httpx.AsyncClient(transport=Wire(create_app(fake))))


@pytest.fixture
async def endpoint(town: Town) -> AsyncIterator[FakeSpeech]:
    """Configure an endpoint that hears 附近修鞋 in both recordings, and open a cobbler's."""
    world = town.world
    await world.db.run(
        lambda session: make.shop(
            session, "老李修鞋铺", where=world.community, category="shoe_repair", lon=120.06106
        )
    )
    fake = FakeSpeech(words=dict.fromkeys(RECORDINGS.values(), "附近修鞋"))
    made = speech(fake)
    town.hear = made.hear
    town.app.state.stack = replace(town.app.state.stack, hear=made.hear)
    yield fake
    await made.aclose()


async def speaks(hand: Hand, channel: str, recording: bytes = b"") -> None:
    """Say something into the phone."""
    phone = hand.phone
    await phone.sends_voice(recording or RECORDINGS[channel])  # type: ignore[union-attr]
    await rests(hand.town)


async def rests(town: Town) -> None:
    """Let the worker do what failed at once, and send what came of it when its lease is over."""
    await town.settle()
    town.passes(seconds=6)
    await town.settle()


@SPEAKING
async def test_spoken_words_are_answered_like_written_ones(
    town: Town, endpoint: FakeSpeech, channel: str
) -> None:
    """附近修鞋 finds the cobbler; the recording is heard once."""
    resident = await town.hand("resident", channel)
    assert not await resident.sees("老李修鞋铺")
    await speaks(resident, channel)
    assert await resident.sees("老李修鞋铺")
    assert endpoint.heard == [RECORDINGS[channel]]


@SPEAKING
async def test_without_an_endpoint_one_is_asked_to_write(town: Town, channel: str) -> None:
    """The answer names a person too, and 0 reaches one."""
    resident = await town.hand("resident", channel)
    await speaks(resident, channel)
    assert await resident.sees("语音我暂时听不了")
    assert "回复 0" in await resident.reads()
    await resident.says("0")
    assert len(await town.world.fetch("SELECT 1 FROM handover")) == 1


@SPEAKING
@pytest.mark.parametrize("fault", ["500", "timeout_before", "timeout_after"])
async def test_an_endpoint_that_is_down_is_tried_again_then_said(
    town: Town, endpoint: FakeSpeech, channel: str, fault: str
) -> None:
    """Four times, and one kind answer."""
    resident = await town.hand("resident", channel)
    endpoint.faults = Faults(1.0, (fault,))
    await speaks(resident, channel)
    assert endpoint.calls == 4
    told = [text for text in await resident.screen() if "语音我暂时听不了" in text]
    assert len(told) == 1
    assert "回复 0" in told[0]


@SPEAKING
async def test_an_endpoint_that_comes_back_loses_nothing(
    town: Town, endpoint: FakeSpeech, channel: str
) -> None:
    """What failed right away is heard by the worker, without a word about it."""
    resident = await town.hand("resident", channel)
    endpoint.faults = Faults(1.0, ("500",))
    phone = resident.phone
    await phone.sends_voice(RECORDINGS[channel])  # type: ignore[union-attr]
    assert (endpoint.calls, endpoint.heard) == (1, [])
    endpoint.faults = Faults()
    await rests(town)
    assert endpoint.heard == [RECORDINGS[channel]]
    assert not await resident.sees("语音我暂时听不了")
    assert await resident.sees("老李修鞋铺")


async def test_silence_is_asked_for_again(town: Town, endpoint: FakeSpeech) -> None:
    """A recording without words."""
    resident = await town.hand("resident", "wechat")
    await speaks(resident, "wechat", b"#!AMR\nnothing said")
    assert len(endpoint.heard) == 1
    assert await resident.sees("没听清")


@pytest.mark.parametrize(
    ("changes", "recording", "status"),
    [
        ({"key": "another"}, RECORDINGS["wechat"], 401),
        ({"model": "another"}, RECORDINGS["wechat"], 404),
        ({}, b"no audio at all", 400),
        ({}, b"RIFF\x04\x00\x00\x00WAVE", 400),
    ],
)
async def test_what_is_wrong_is_refused(
    changes: dict[str, str], recording: bytes, status: int
) -> None:
    """A key, a model, a file: trying again is of no use."""
    fake = FakeSpeech()
    made = speech(fake, **changes)
    with pytest.raises(Permanent, match=f"http {status}"):
        await made.hear(recording)
    await made.aclose()
    assert (fake.refusals, fake.heard) == ({status: 1}, [])
