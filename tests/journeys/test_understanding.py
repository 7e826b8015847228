"""Words that are not clear, English, one's language, duty, and help at the door, as stories."""

import pytest

from handlers.routes import INTENTS
from services.language.intents import ALL
from tests.world import World

_NONSENSE = "秦始皇的陵墓在哪个省"


def test_every_intent_has_a_home() -> None:
    """Whatever is understood is answered."""
    assert set(ALL) <= set(INTENTS)


@pytest.mark.parametrize("person", ["resident", "elder", "family", "worker", "operator"])
async def test_every_menu_button_answers(world: World, person: str) -> None:
    """No button of the menu leads nowhere, and every one says something of its own."""
    human = world.person(person)
    menu = (await human.says("帮助"))[0]["card"]
    assert 1 <= len(menu["actions"]) <= 6
    for action in menu["actions"]:
        assert action["id"].removeprefix("say.") in INTENTS
        items = await human.presses(action["token"])
        assert items[0]["card"]["title"]
        await human.says("结束对话")


async def test_unsure_words_become_choices_and_the_right_one_goes_on(world: World) -> None:
    """Three guesses and a person; the guess that is pressed is carried out."""
    resident = world.person("resident")
    card = (await resident.says(_NONSENSE))[0]["card"]
    ids = [action["id"] for action in card["actions"]]
    assert ids[:4] == ["understood.choose"] * 3 + ["say.human"]
    labels = [action["label"] for action in card["actions"][:3]]
    shown = (await resident.says("1"))[0]["card"]
    assert shown["key"] != card["key"]
    assert len(set(labels)) == 3


async def test_after_two_misses_a_person_comes_first(world: World) -> None:
    """And a clear word in between begins the count anew."""
    resident = world.person("resident")
    await resident.says(_NONSENSE)
    second = (await resident.says("地球到月亮有多远"))[0]["card"]
    assert second["actions"][0]["id"] == "say.human"
    await resident.says("你好")
    third = (await resident.says(_NONSENSE))[0]["card"]
    assert third["actions"][0]["id"] == "understood.choose"


async def test_english_is_answered_in_english_for_that_turn(world: World) -> None:
    """The stored language stays until the person asks for another."""
    resident = world.person("resident")
    assert (await resident.says("hello"))[0]["card"]["title"].startswith("Hello")
    assert (await resident.says("你好"))[0]["card"]["title"].startswith("您好")
    await resident.says("换成英文")
    assert (await resident.says("你好"))[0]["card"]["title"].startswith("Hello")
    await resident.says("看不懂英文，换中文")
    assert (await resident.says("你好"))[0]["card"]["title"].startswith("您好")


async def test_a_language_that_was_not_named_is_asked_for(world: World) -> None:
    """Each in its own words; the button sets it."""
    family = world.person("family")
    await family.says("换个语言")
    assert (await family.chooses("English"))[0]["card"]["title"].startswith("All right")


async def test_what_is_not_there_yet_is_said_plainly(world: World) -> None:
    """With a way to a person, and nothing is pretended."""
    card = (await world.person("resident").says("路灯坏了"))[0]["card"]
    assert "还不能" in card["title"]
    assert card["actions"][0]["id"] == "say.human"


async def test_a_worker_goes_off_duty_and_on_again(world: World) -> None:
    """Not with a ticket in hand, and only within a shift of the rota."""
    worker = world.person("worker")
    await world.rings("smoke")
    await worker.says("接单")
    assert "1 张" in (await worker.says("我下班了"))[0]["card"]["title"]
    assert await world.fetch("SELECT 1 FROM shift WHERE left_at IS NOT NULL") == []
    backup = world.person("backup")
    assert "下班" in (await backup.says("我下班了"))[0]["card"]["title"]
    assert len(await world.fetch("SELECT 1 FROM shift WHERE left_at IS NOT NULL")) == 1
    assert "在岗" in (await backup.says("我在岗"))[0]["card"]["title"]
    assert await world.fetch("SELECT 1 FROM shift WHERE left_at IS NOT NULL") == []
    assert "排班表" in (await world.person("operator").says("我在岗"))[0]["card"]["title"]


async def test_a_worker_at_the_door_asks_for_hands(world: World) -> None:
    """Backup and lead hear of it at once, by name."""
    worker = world.person("worker")
    await world.rings("gas")
    await worker.says("接单")
    told = (await worker.says("请求支援"))[0]["card"]["title"]
    assert "孙丽" in told
    assert "周军" in told
    assert await world.person("backup").rings() == 1
    assert await world.person("lead").rings() == 1


async def test_the_worker_sees_what_is_not_normal(world: World) -> None:
    """Only the own grids; all well until something is not."""
    worker = world.person("worker")
    assert "都正常" in (await worker.says("设备状态"))[0]["card"]["title"]
    await world.rings("smoke")
    card = (await worker.says("设备状态"))[0]["card"]
    assert card["fields"][0]["value"] == "正在报警"
