"""Somebody who writes English is answered in English: in words, by buttons, by cards that follow."""

import pytest

from tests.world import World


async def test_buttons_after_english_words_answer_in_english(world: World) -> None:
    """A press and a number say nothing about language, so the last words count."""
    resident = world.person("resident")
    menu = (await resident.says("hello"))[0]["card"]
    pressed = (await resident.presses(menu["actions"][2]["token"]))[0]["card"]
    assert pressed["title"].startswith("You have")
    await resident.says("my points")
    assert (await resident.says("2"))[0]["card"]["title"].startswith("No points have")


@pytest.mark.parametrize("text", ["1", "482913", "ok", "？", "DEV-ABCD-7"])
async def test_signs_and_codes_change_nothing(world: World, text: str) -> None:
    """They are of no language; Chinese words bring the person's own back."""
    resident = world.person("resident")
    await resident.says("hello")
    await resident.says(text)
    assert (await resident.clicks("say.points_balance"))[0]["card"]["title"].startswith("You have")
    assert (await resident.says("我的积分"))[0]["card"]["title"].startswith("您现在有")
    again = await resident.clicks("say.points_history")
    assert again[0]["card"]["title"].startswith("您的积分")


@pytest.mark.parametrize(
    "code",
    ["DEV-ABCD-7", "zigbee2mqtt/bridge", "24e124abcdef2217", "near-gateway", "AA:BB:CC:DD:EE:0F"],
)
async def test_a_code_alone_is_no_english(world: World, code: str) -> None:
    """A worker types what stands on a device; the chat goes on in Chinese."""
    worker = world.person("worker")
    await worker.says("登记设备")
    asked = (await worker.says(code))[0]["card"]
    assert not asked["title"].isascii()
    assert not await world.fetch("SELECT 1 FROM conversation WHERE lang IS NOT NULL")


async def test_a_call_for_help_in_english_is_followed_in_english(world: World) -> None:
    """The ticket's card and all that becomes of it, while the worker reads Chinese."""
    elder, worker = world.person("elder"), world.person("worker")
    answer = await elder.says("help! fire in my kitchen")
    assert "119" in answer[0]["card"]["title"]
    assert answer[0]["card"]["title"].isascii()
    assert "着火" in (await worker.card())["title"]
    await worker.clicks("ticket.ack")
    assert "is on the way" in (await elder.card())["summary"]
    await elder.clicks("emergency.withdraw")
    assert (await elder.cards())[0]["title"].startswith("Noted")


async def test_the_language_that_was_asked_for_stays(world: World) -> None:
    """换成英文 holds for Chinese words too; 换成中文 ends what English words had begun."""
    resident = world.person("resident")
    await resident.says("换成英文")
    assert (await resident.says("我的积分"))[0]["card"]["title"].startswith("You have")
    await resident.says("please speak chinese")
    assert (await resident.clicks("say.points_history"))[0]["card"]["title"].startswith("您的积分")
