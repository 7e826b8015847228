"""Words that stand for a button, chatter, and English needs: what a resident types instead."""

from datetime import timedelta

import pytest

from core.db import Session
from tests import make
from tests.world import Human, Item, World

_KINDS = (
    ("平安大药房", "pharmacy"), ("老李修鞋铺", "shoe_repair"), ("银行", "bank"),
    ("桂雨裁缝铺", "tailor"), ("康和药店", "pharmacy"), ("便民药房", "pharmacy"),
    ("惠民药店", "pharmacy"),
)  # fmt: skip


@pytest.fixture
async def street(world: World) -> World:
    """Build a street of shops, four of them pharmacies."""

    async def work(session: Session) -> None:
        for name, category in _KINDS:
            await make.shop(session, name, where=world.community, category=category)

    await world.db.run(work)
    return world


async def first(human: Human, text: str) -> Item:
    """Say something and return the first card of the answer."""
    card: Item = (await human.says(text))[0]["card"]
    return card


def ids(card: Item) -> list[str]:
    """List a card's buttons."""
    return [action["id"] for action in card["actions"]]


@pytest.mark.parametrize("text", ["今天天气怎么样", "明天会下雨吗", "what's the weather"])
async def test_the_weather_is_not_the_state_of_a_home(world: World, text: str) -> None:
    """Nobody is told how the smoke detector does who asks about rain: choices, and a person."""
    card = await first(world.person("family"), text)
    assert card["key"].startswith("unsure:")
    assert "say.human" in ids(card)


@pytest.mark.parametrize(
    ("text", "shop"),
    [
        ("a place to fix shoes", "老李修鞋铺"),
        ("is there a bank nearby", "银行"),
        ("where can I get my trousers shortened", "桂雨裁缝铺"),
    ],
)
async def test_an_english_need_finds_the_shop(street: World, text: str, shop: str) -> None:
    """Kinds of shops have English words of their own; the answer is English too."""
    card = await first(street.person("resident"), text)
    assert card["title"] == shop
    assert card["fields"][0]["label"] == "Kind"


@pytest.mark.parametrize("text", ["更多", "还有吗？", "more"])
async def test_more_typed_turns_the_page(street: World, text: str) -> None:
    """As the button does, and on the last page there is nothing more."""
    resident = street.person("resident")
    card = await first(resident, "where can I buy medicine")
    assert len([one for one in ids(card) if one == "shop.show"]) == 3
    rest = await first(resident, text)
    assert len(rest["fields"]) == 1
    assert "shop.more" not in ids(rest)
    last = await first(resident, text)
    assert last["title"] in {"没有更多了。", "That is all there is."}


@pytest.mark.parametrize(
    "text", ["算了是误触", "按错了", "对不起，不小心按到了", "it was a mistake"]
)
async def test_a_mistake_typed_takes_the_call_back(world: World, text: str) -> None:
    """As the button does: the workers are told, and still have to see or hear the person."""
    elder = world.person("elder")
    await elder.says("救命")
    await elder.says(text)
    mine = await elder.card()
    assert "emergency.withdraw" not in ids(mine)
    assert "马上拨打" not in mine["title"]
    assert mine["tone"] == "warning"
    assert "误触" in (await world.person("worker").card())["summary"]
    assert (await world.fetch("SELECT status FROM ticket"))[0].status == "open"


async def test_a_mistake_is_only_ones_own_and_only_while_it_can_be_taken_back(
    world: World,
) -> None:
    """The family did not call; twice changes nothing; without a call the words mean nothing."""
    elder, family = world.person("elder"), world.person("family")
    await elder.says("救命")
    assert (await first(family, "按错了"))["ticket"] is None
    assert await world.fetch("SELECT 1 FROM emergency WHERE withdrawn_at IS NOT NULL") == []
    await elder.says("按错了")
    assert (await first(elder, "按错了"))["ticket"] is None
    kinds = [row.kind for row in await world.fetch("SELECT kind FROM ticket_event ORDER BY id")]
    assert kinds.count("withdrawn") == 1


async def test_what_to_do_in_a_fire_is_asked_about_and_not_lost(world: World) -> None:
    """Nobody is rung for a question, and one press rings everybody."""
    elder = world.person("elder")
    card = await first(elder, "着火了怎么办")
    assert ids(card)[0] == "emergency.open"
    assert card["actions"][1]["url"] == "tel:119"
    assert await world.fetch("SELECT 1 FROM ticket") == []
    await elder.says("1")
    assert await world.person("worker").rings() == 1


async def test_a_button_is_pressed_by_typing_what_it_says(street: World) -> None:
    """The card says to press 确认报名: who can't press it writes it."""
    starts = street.now + timedelta(days=2)
    await street.db.run(
        lambda s: make.activity(
            s, street.community, street.person("operator").id, title="书画班", starts_at=starts
        )
    )
    resident = street.person("resident")
    assert (await first(resident, "确认报名"))["title"] == "近期的社区活动"
    await resident.says("1")
    assert (await first(resident, "确认报名"))["title"] == "报名成功：书画班"


async def test_a_bare_wish_to_join_means_the_activity_in_view(street: World) -> None:
    """It is shown again with its button, and joined only by that."""

    async def two(session: Session) -> None:
        for title in ("书画班", "唱歌班"):
            await make.activity(
                session, street.community, street.person("operator").id, title=title,
                starts_at=street.now + timedelta(days=2),
            )  # fmt: skip

    await street.db.run(two)
    resident = street.person("resident")
    await resident.says("社区活动")
    seen = await first(resident, "2")
    assert (await first(resident, "报名"))["title"] == seen["title"]
    assert await street.fetch("SELECT 1 FROM enrolment") == []
