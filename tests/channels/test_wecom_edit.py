"""Changing a card on WeChat Work: each code works once, within 72 hours, for one member's copy."""

from typing import Any

import pytest

from core.card import Action
from core.errors import Ambiguous, Halted, Unreachable
from core.i18n import Translator
from core.ports import Receipt
from ops.fakes.phone import Faults
from tests.channels.wecom import Stand, alarm, buttons, outgoing, stand


@pytest.fixture
def at() -> Stand:
    """Stand between the product and the vendor."""
    return stand()


def taken(*labels: str, **more: Any) -> Any:
    """Make the card's next version."""
    return alarm(*(labels or ("到场",)), summary="李四已接单。", **more)


async def click_receipt(at: Stand, label: str) -> Receipt:
    """Press a button and take what the vendor sends along."""
    await at.fake.phone("WangFang").clicks(label)
    receipt = at.heard[-1].receipt
    assert receipt is not None
    return receipt


async def test_a_card_changes_in_its_place(at: Stand) -> None:
    """No second message, no second ring; the other member's copy stays as it was."""
    receipt = await at.channel.send(outgoing(alarm()))
    await at.channel.send(outgoing(alarm(), to="lisi", reference="other"))
    after = await at.channel.edit(outgoing(taken(), reference="m1-2"), [receipt])
    assert after == {}
    (shown,) = at.fake.phone("WangFang").screen
    assert (shown.edits, [knob.label for knob in shown.knobs]) == (1, ["到场"])
    assert "李四已接单" in shown.text
    assert at.fake.phone("lisi").screen[0].edits == 0


async def test_a_code_is_used_once_and_then_a_new_card_is_needed(at: Stand) -> None:
    """The vendor refuses a used code: the caller hears None and sends a new card."""
    receipt = await at.channel.send(outgoing(alarm()))
    await at.channel.edit(outgoing(taken(), reference="b"), [receipt])
    assert await at.channel.edit(outgoing(taken(), reference="c"), [receipt]) is None
    assert await at.channel.edit(outgoing(taken(), reference="d"), [{}, {"said": "x"}]) is None
    assert at.fake.phone("WangFang").screen[0].edits == 1


async def test_a_click_gives_one_more_edit(at: Stand) -> None:
    """The send's code and the click's are two; both serve, the newest first, none twice."""
    sent = await at.channel.send(outgoing(alarm()))
    at.clock.passes(minutes=1)
    clicked = await click_receipt(at, "接单")
    after = await at.channel.edit(outgoing(taken(), reference="b"), [clicked, sent])
    assert after is not None
    assert (after["code"], after["spent"]) == (sent["code"], clicked["code"])
    last = await at.channel.edit(outgoing(taken("处置完成"), reference="c"), [after, clicked, sent])
    assert last == {}
    assert (at.fake.phone("WangFang").screen[0].edits, at.fake.refused) == (2, 0)
    assert len([verb for verb, _ in at.fake.record if verb == "update_template_card"]) == 2


async def test_a_refused_code_costs_a_try_and_the_next_serves(at: Stand) -> None:
    """Somebody else used the newest: the older one still changes the card."""
    sent = await at.channel.send(outgoing(alarm()))
    at.clock.passes(minutes=1)
    clicked = await click_receipt(at, "接单")
    at.fake.codes[clicked["code"]].used = True
    assert await at.channel.edit(outgoing(taken(), reference="b"), [clicked, sent]) == {}
    assert at.fake.phone("WangFang").screen[0].edits == 1


async def test_an_updated_card_can_be_clicked_and_updated_again(at: Stand) -> None:
    """As long as somebody clicks, the card goes on changing in its place."""
    receipt: Receipt | None = await at.channel.send(outgoing(alarm("第0步")))
    for step in range(1, 6):
        at.clock.passes(minutes=1)
        clicked = await click_receipt(at, f"第{step - 1}步")
        message = outgoing(taken(f"第{step}步"), reference=f"m{step}")
        receipt = await at.channel.edit(message, [clicked, receipt or {}])
        assert receipt is not None
    (shown,) = at.fake.phone("WangFang").screen
    assert shown.edits == 5


async def test_an_old_code_is_not_even_tried(at: Stand) -> None:
    """After 72 hours the vendor takes none."""
    receipt = await at.channel.send(outgoing(alarm()))
    at.clock.passes(hours=71)
    assert await at.channel.edit(outgoing(taken(), reference="b"), [receipt]) == {}
    receipt = await at.channel.send(outgoing(alarm(), reference="later"))
    at.clock.passes(hours=72)
    assert await at.channel.edit(outgoing(taken(), reference="c"), [receipt]) is None
    assert at.fake.refused == 0


async def test_a_card_that_asks_nothing_any_more_turns_grey(at: Stand) -> None:
    """A closed ticket has no buttons; links and numbers stay readable."""
    receipt = await at.channel.send(outgoing(alarm()))
    way = Action("way", "怎么走", url="https://map.test/1")
    closed = taken(actions=(way,), tone="success")
    assert await at.channel.edit(outgoing(closed, reference="b"), [receipt]) == {}
    (shown,) = at.fake.phone("WangFang").screen
    assert [knob.label for knob in shown.knobs] == ["怎么走"]
    assert Translator()("wecom-nothing-to-press") in shown.text


async def test_what_does_not_fit_after_an_edit_is_read_on(at: Stand) -> None:
    """The rest of the new version, and none of the old one."""
    receipt = await at.channel.send(outgoing(alarm(summary="旧" * 400)))
    assert "旧" in receipt["rest"]
    after = await at.channel.edit(outgoing(alarm(summary="新" * 400), reference="b"), [receipt])
    assert after is not None
    assert set(after["rest"]) == {"新"}


async def test_an_edit_whose_answer_was_lost_is_not_shown_twice(at: Stand) -> None:
    """It happened: the code is used, and the new card of the same reference is known already."""
    receipt = await at.channel.send(outgoing(alarm()))

    class Once(Faults):
        def strike(self) -> str | None:
            self.count += 1
            return "timeout_after" if self.count == 1 else None

    at.fake.faults = Once()
    changed = outgoing(taken(), reference="m1-2")
    with pytest.raises(Ambiguous):
        await at.channel.edit(changed, [receipt])
    assert await at.channel.edit(changed, [receipt]) is None
    assert "code" not in await at.channel.send(changed)
    (shown,) = at.fake.phone("WangFang").screen
    assert (shown.edits, "李四已接单" in shown.text) == (1, True)


async def test_a_sick_channel_is_not_taken_for_a_spent_code(at: Stand) -> None:
    """A halt or a lost member is said as such, and the code stays good."""
    receipt = await at.channel.send(outgoing(alarm()))
    at.fake.knows_address = False
    with pytest.raises(Halted, match="halted-wecom-ip"):
        await at.channel.edit(outgoing(taken(), reference="b"), [receipt])
    at.fake.knows_address = True
    at.fake.members.discard("WangFang")
    with pytest.raises(Unreachable):
        await at.channel.edit(outgoing(taken(), reference="c"), [receipt])


async def test_a_text_cannot_be_changed(at: Stand) -> None:
    """It has no code: what changed comes as a new message."""
    receipt = await at.channel.send(outgoing(alarm(actions=())))
    assert await at.channel.edit(outgoing(taken(), reference="b"), [receipt]) is None


async def test_a_long_list_becomes_buttons(at: Stand) -> None:
    """A card may change its shape in its place."""
    many = alarm(actions=buttons(*(f"第{n}项" for n in range(8))))
    receipt = await at.channel.send(outgoing(many))
    assert await at.channel.edit(outgoing(taken(), reference="b"), [receipt]) == {}
    assert [knob.label for knob in at.fake.phone("WangFang").screen[0].knobs] == ["到场"]
