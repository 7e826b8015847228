"""The channel against a Bot API that keeps Telegram's rules: sending, editing, errors, files."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe
from pydantic import SecretStr

from channels.telegram import TelegramChannel, TelegramSettingsError, check
from channels.telegram.client import fault
from core.errors import Ambiguous, Halted, Permanent, Retryable, TooFast, Unreachable
from core.settings import Settings, Telegram
from ops.fakes.phone import Faults
from ops.fakes.telegram import FakeTelegram
from tests.channels.telegram_stage import SECRET, TOKEN, Moving, message, settings, speaking
from tests.live import ROOT, free_port


@pytest.fixture
def clock() -> Moving:
    """Let Telegram's time stand still until it is moved."""
    return Moving()


@pytest.fixture
async def fake(clock: Moving) -> FakeTelegram:
    """Know one person, who has pressed START."""
    made = FakeTelegram(TOKEN, clock)
    await made.phone("7").joins()
    return made


@pytest.fixture
async def channel(fake: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    """Speak with the fake."""
    async with speaking(fake) as opened:
        yield opened


async def test_a_card_rings_and_is_changed_in_place(
    fake: FakeTelegram, channel: TelegramChannel, clock: Moving
) -> None:
    """The new words stand in the old message, whose receipt serves again."""
    receipt = await channel.send(message())
    clock.passes(seconds=30)
    acked = message(summary="王建国已接单。", actions=())
    again = await channel.edit(acked, [{"said": "x"}, receipt, {"message_id": 1, "chat": "7"}])
    assert again == receipt
    shown = fake.phone("7").screen[-1]
    assert (shown.text.splitlines()[1], shown.knobs, shown.edits) == ("王建国已接单。", [], 1)
    assert [one.mine for one in fake.phone("7").screen] == [True, False]
    assert await channel.edit(acked, [receipt]) == receipt, "not modified is as good as changed"
    assert shown.edits == 1


async def test_what_cant_be_edited_is_left_to_a_new_message(
    fake: FakeTelegram, channel: TelegramChannel, clock: Moving
) -> None:
    """Deleted, older than two days, or a keyboard that takes the place of typing."""
    changed = message(summary="新的")
    receipt = await channel.send(message())
    shown = fake.phone("7").screen[-1]
    keyboard = replace(message().card.actions[0], id="contact.share")
    assert await channel.edit(message(actions=(keyboard,)), [receipt]) is None
    clock.passes(hours=49)
    assert await channel.edit(changed, [receipt]) is None
    fake.phone("7").deletes(shown)
    assert await channel.edit(changed, [receipt]) is None
    assert await channel.edit(changed, []) is None


async def test_a_long_card_leaves_its_rest_in_the_receipt(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """更多 reads on from there."""
    receipt = await channel.send(message(summary="楼道" * 3000))
    assert receipt["rest"].endswith("时间：09:00")
    assert len(fake.phone("7").screen[-1].text) == 4096


async def test_whoever_blocked_or_never_came_is_gone(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """Until they come back by themselves."""
    await fake.phone("7").leaves()
    for to in ("7", "8", "not-a-number"):
        with pytest.raises(Unreachable) as gone:
            await channel.send(message(to))
        assert gone.value.gone
    await fake.phone("7").joins()
    assert await channel.send(message())


async def test_the_limits_say_how_long_to_wait(
    fake: FakeTelegram, channel: TelegramChannel, clock: Moving
) -> None:
    """One a second a chat, thirty a second in all, twenty a minute a group."""
    await channel.send(message())
    with pytest.raises(Retryable) as wait:
        await channel.send(message())
    assert wait.value.after == 1
    for number in range(100, 129):
        await fake.phone(str(number)).joins()
        await channel.send(message(str(number)))
    await fake.phone("200").joins()
    with pytest.raises(Retryable):
        await channel.send(message("200"))
    await fake.phone("-5").joins()
    for _ in range(20):
        clock.passes(seconds=1)
        await channel.send(message("-5"))
    clock.passes(seconds=1)
    with pytest.raises(Retryable) as wait:
        await channel.send(message("-5"))
    assert wait.value.after == 40


@pytest.mark.parametrize(
    ("kind", "error", "came"),
    [("429", Retryable, 0), ("500", Retryable, 0), ("502", Ambiguous, 0),
     ("timeout_before", Ambiguous, 0), ("reset", Ambiguous, 0), ("timeout_after", Ambiguous, 1)],
)  # fmt: skip
async def test_bad_moments_are_told_apart(
    fake: FakeTelegram, channel: TelegramChannel, kind: str, error: type[Exception], came: int
) -> None:
    """What Telegram refused may be sent again; what it may have taken is ambiguous."""
    fake.faults = Faults(1.0, (kind,))
    with pytest.raises(error):
        await channel.send(message())
    assert len(fake.record) == came


@pytest.mark.parametrize("kind", ["502", "timeout_before", "timeout_after"])
async def test_an_edit_is_never_ambiguous(
    fake: FakeTelegram, channel: TelegramChannel, kind: str
) -> None:
    """Editing twice shows what editing once does."""
    receipt = await channel.send(message())
    fake.faults = Faults(1.0, (kind,))
    with pytest.raises(Retryable):
        await channel.edit(message(summary="新的"), [receipt])
    fake.faults = Faults()
    assert await channel.edit(message(summary="新的"), [receipt]) == receipt
    assert fake.phone("7").screen[-1].edits == 1


async def test_nobody_listens_there() -> None:
    """Nothing left this machine, so nothing is ambiguous."""
    channel = TelegramChannel(settings(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(Retryable, match="ClientConnectorError"):
        await channel.send(message())
    await channel.aclose()


async def test_a_wrong_token_halts_the_channel(fake: FakeTelegram) -> None:
    """An operator has to mend it."""
    async with speaking(fake, token=SecretStr("123456:wrong")) as channel:
        with pytest.raises(Halted, match=r"^halted-telegram-token$"):
            await channel.send(message())
        assert await channel.probe() == [("telegram getMe", False, "halted-telegram-token")]


async def test_pictures_and_voice_are_fetched_up_to_ten_megabytes(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """Beyond that, or when it is gone, for good."""
    fake.files = {"pic": b"jpeg" * 100_000, "big": b"x" * (10 * 1024 * 1024 + 1)}
    assert await channel.media("pic") == fake.files["pic"]
    for ref in ("big", "gone"):
        with pytest.raises(Permanent):
            await channel.media(ref)


async def test_the_probe_tells_what_to_do(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """All well; then a webhook stands in the way of asking."""
    assert await channel.probe() == [
        ("telegram getMe", True, ""),
        ("telegram polling", True, ""),
        ("telegram pending_update_count=2", True, ""),
    ]
    await channel.listen_at("https://linling.example/")
    assert fake.webhook.url == "https://linling.example/telegram"
    assert fake.webhook.secret == SECRET
    assert ("telegram polling", False, "text-telegram-wrong-mode") in await channel.probe()
    await channel.listen_here()
    assert not fake.webhook.url
    assert len(fake.waiting) == 2, "what waited is kept"


async def test_two_who_ask_disturb_each_other(fake: FakeTelegram) -> None:
    """The one who asked first is told off."""
    fake.waiting.clear()
    async with speaking(fake) as channel:
        both = [asyncio.create_task(channel.updates(None)) for _ in range(2)]
        done, waits = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        with pytest.raises(Halted, match=r"^halted-telegram-poller$"):
            await done.pop()
        await fake.phone("7").says("你好")
        assert [one["message"]["text"] for one in await waits.pop()] == ["你好"]


METHOD = GetMe()


def network(cause: Exception) -> TelegramNetworkError:
    """Make the error that aiogram raises from one of aiohttp's."""
    error = TelegramNetworkError(METHOD, "no link")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (TelegramRetryAfter(METHOD, "Flood", retry_after=17), TooFast),
        (TelegramAPIError(METHOD, "Too Many Requests"), TooFast),
        (TelegramForbiddenError(METHOD, "Forbidden: user is deactivated"), Unreachable),
        (TelegramBadRequest(METHOD, "Bad Request: chat not found"), Unreachable),
        (TelegramBadRequest(METHOD, "Bad Request: BUTTON_DATA_INVALID"), Permanent),
        (TelegramMigrateToChat(METHOD, "moved", migrate_to_chat_id=-100), Permanent),
        (TelegramEntityTooLarge(METHOD, "Request Entity Too Large"), Permanent),
        (TelegramUnauthorizedError(METHOD, "Unauthorized"), Halted),
        (TelegramNotFound(METHOD, "Not Found"), Halted),
        (TelegramConflictError(METHOD, "Conflict: terminated by other getUpdates"), Halted),
        (TelegramServerError(METHOD, "Internal Server Error"), Retryable),
        (TelegramServerError(METHOD, "Bad Gateway"), Ambiguous),
        (ClientDecodeError("no JSON", ValueError(), "<html>"), Ambiguous),
        (network(aiohttp.ConnectionTimeoutError()), Retryable),
        (network(TimeoutError()), Ambiguous),
        (network(aiohttp.ServerDisconnectedError()), Ambiguous),
        (network(aiohttp.ClientOSError()), Ambiguous),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_every_error_has_its_meaning(error: AiogramError, means: type[Exception]) -> None:
    """The table of what aiogram raises."""
    found = fault(error)
    assert type(found) is means
    if isinstance(error, TelegramRetryAfter) and isinstance(found, TooFast):
        assert found.after == 17


def test_no_link_gets_into_a_reason() -> None:
    """Telegram quotes what it refuses, and a link of ours opens a chat."""
    words = "Bad Request: inline keyboard button URL 'https://x.cn/chat?ticket=s3cret' is invalid"
    reason = str(fault(TelegramBadRequest(METHOD, words)))
    assert "s3cret" not in reason
    assert "inline keyboard button URL" in reason


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"region": "cn-gov"}, "LINLING_REGION=cn-gov forbids"),
        ({"region": " CN-GOV "}, "LINLING_REGION=cn-gov forbids"),
        ({"telegram": Telegram(token=SecretStr("nonsense"))}, "LINLING_TELEGRAM__TOKEN"),
        ({"telegram": settings("", mode="webhook")}, "LINLING_BASE_URL"),
        ({"telegram": settings("", mode="webhook", webhook_secret=SecretStr("")),
          "base_url": "https://a.cn"}, "WEBHOOK_SECRET"),
    ],
)  # fmt: skip
def test_settings_that_cant_be_are_refused(more: dict[str, Any], words: str) -> None:
    """A deployment under government rules does not start with Telegram."""
    with pytest.raises(TelegramSettingsError, match=words):
        check(Settings(**{"telegram": settings(""), **more}))
    check(Settings(region="cn-gov"))
    check(Settings(telegram=settings("")))


def test_a_process_without_telegram_never_imports_aiogram() -> None:
    """It costs seconds and a hundred megabytes; making the channel does not load it either."""
    code = (
        "import sys, channels.telegram as t, bot.routes.telegram, worker.telegram\n"
        "from core.settings import Telegram\n"
        "t.TelegramChannel(Telegram(token='1:x'))\n"
        "sys.exit('aiogram' in sys.modules or 'aiohttp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
