"""What every vendor's channel promises (core/ports), the same for all, against the vendors' fakes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from core.card import Action, Card, Field
from core.errors import Ambiguous, Halted, Permanent, Retryable, Unreachable
from core.i18n import LANGUAGES, Translator
from core.ports import Outgoing, Receipt, Vendor
from ops.fakes.phone import Faults, Phone, Shown
from ops.fakes.telegram import FakeTelegram
from tests.channels import telegram_stage
from tests.channels.wechat_stage import Stage
from tests.channels.wecom import stand

VENDORS = ("wechat", "miniprogram", "wecom", "telegram")
WORDS = ("烟雾报警：3幢2单元501", "请马上接单，上门查看。", "3幢2单元501室")
BIG = 10 * 1024 * 1024 + 1


@dataclass
class Bench:
    """A channel, the vendor opposite, and somebody's phone."""

    channel: Vendor
    fake: Any
    phone: Phone
    passes: Callable[..., None]
    files: dict[str, bytes]
    shuts: tuple[str, Any]  # what makes the vendor refuse the whole channel

    async def sends(self, card: Card, reference: str = "r-1", **more: Any) -> Receipt:
        """Send a card, a while after the last one."""
        self.passes(seconds=3)
        return await self.channel.send(self.addressed(card, reference, **more))

    def addressed(self, card: Card, reference: str = "r-1", **more: Any) -> Outgoing:
        """Put the person's address on a card."""
        return Outgoing(self.phone.account, card, more.pop("lang", "zh-CN"), reference, **more)

    def messages(self) -> list[Shown]:
        """List what came from us."""
        return [one for one in self.phone.screen if not one.mine]

    def reads(self) -> str:
        """Read the newest message with its buttons."""
        shown = self.messages()[-1]
        return "\n".join([shown.text, *(knob.label for knob in shown.knobs)])


def alarm(*labels: str, summary: str = WORDS[1]) -> Card:
    """Make a ticket's card with buttons, a link and a number to dial."""
    buttons = tuple(
        Action(f"a{n}", label, token=f"kJ8_-xYz0123456789ab{n:04d}")
        for n, label in enumerate(labels or ("接单", "转派"))
    )
    more = (Action("call", "拨打 119", url="tel:119"), Action("map", "地图", url="https://e.org/m"))
    return Card("ticket:1", WORDS[0], summary, (Field("地点", WORDS[2]),), (*buttons, *more))


async def _telegram(stack: AsyncExitStack) -> Bench:
    clock = telegram_stage.Moving()
    fake = FakeTelegram(telegram_stage.TOKEN, clock)
    channel = await stack.enter_async_context(telegram_stage.speaking(fake))
    phone = fake.phone("7")
    return Bench(channel, fake, phone, clock.passes, fake.files, ("token", "1:another"))


def _wechat(kind: str) -> Bench:
    stage = Stage("service" if kind == "wechat" else kind)
    phone = stage.fake.phone("o1")
    shuts = ("allowed", False)
    return Bench(stage.channel, stage.fake, phone, stage.time.passes, stage.fake.files, shuts)


def _wecom() -> Bench:
    at = stand()
    phone = at.fake.phone("lisi")
    shuts = ("knows_address", False)
    return Bench(at.channel, at.fake, phone, at.clock.passes, at.fake.media, shuts)


@pytest.fixture(params=VENDORS)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Open one vendor after the other; the person has come and written."""
    async with AsyncExitStack() as stack:
        if request.param == "telegram":
            made = await _telegram(stack)
        else:
            made = _wecom() if request.param == "wecom" else _wechat(request.param)
            stack.push_async_callback(made.channel.aclose)
        await made.phone.joins()
        await made.phone.says("你好")
        made.phone.screen.clear()
        yield made


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_a_card_says_all_it_has_to_say(bench: Bench, lang: str) -> None:
    """Every word, every button, the link whole, the number without `tel:`; nothing is left over."""
    receipt = await bench.sends(alarm(), lang=lang)
    text = bench.reads() + str(bench.messages()[-1].raw)
    for words in (*WORDS, "接单", "转派", "119", "https://e.org/m"):
        assert words in text
    assert "tel:" not in text
    assert not receipt.get("rest")
    assert len(bench.messages()) == 1


async def test_the_same_reference_is_one_message_where_that_is_promised(bench: Bench) -> None:
    """`idempotent` decides whether a doubtful send may be repeated without a second ring."""
    for _ in range(2):
        await bench.sends(alarm())
        await bench.sends(Card("k", "没有按钮"), "r-2")
    assert len(bench.messages()) == (2 if bench.channel.idempotent else 4)


async def test_a_sent_card_is_changed_or_left_alone(bench: Bench) -> None:
    """`edits`: in its place, without a ring; else None, and nothing is shown by it."""
    receipt = await bench.sends(alarm())
    bench.passes(seconds=3)
    changed = bench.addressed(alarm("到场", summary="李四已接单。"), "r-2")
    after = await bench.channel.edit(changed, [receipt])
    assert (after is not None) is bench.channel.edits
    assert len(bench.messages()) == 1
    assert ("李四已接单" in bench.reads()) is bench.channel.edits
    assert await bench.channel.edit(changed, []) is None


async def test_what_does_not_fit_is_kept(bench: Bench) -> None:
    """The page says how to read on, and with the rest it is the whole text again."""
    lines = [f"第{number}行：楼道里的灯已经修好了" for number in range(300)]
    receipt = await bench.sends(Card("k", "通知", "\n".join(lines)))
    page, more = bench.reads(), Translator()("text-read-on")
    assert more in page
    assert (page + "\n" + receipt["rest"]).count("楼道里的灯已经修好了") == 300


async def test_who_left_is_gone_and_who_never_came_too(bench: Bench) -> None:
    """Unreachable, so the next channel is taken; the reason names nobody."""
    await bench.phone.leaves()
    strangers = bench.fake.phone("909" if bench.channel.name == "telegram" else "nobody-909")
    for account in (bench.phone.account, strangers.account):
        with pytest.raises(Unreachable) as gone:
            await bench.channel.send(Outgoing(account, alarm(), "zh-CN", "r-3"))
        assert account not in str(gone.value)


@pytest.mark.parametrize(
    ("kind", "error", "came"),
    [("500", Retryable, 0), ("timeout_before", Ambiguous, 0), ("timeout_after", Ambiguous, 1)],
)
async def test_what_is_known_of_a_failed_send_is_told_apart(
    bench: Bench, kind: str, error: type[Exception], came: int
) -> None:
    """Refused, or nobody knows: the outbox counts the second and never the first."""
    await bench.sends(alarm(), "r-0")  # the token is there: now only the message can fail
    before = len(bench.messages())
    bench.fake.faults = Faults(1.0, (kind,))
    with pytest.raises(error):
        await bench.sends(alarm())
    assert len(bench.messages()) - before == came


async def test_a_shut_door_halts_the_channel_and_says_what_to_do(bench: Bench) -> None:
    """The reason is a sentence for an operator, in every language; the probe says the same."""
    await bench.sends(alarm())
    setattr(bench.fake, *bench.shuts)
    with pytest.raises(Halted) as halted:
        await bench.sends(alarm(), "r-2")
    assert halted.value.after > 0
    for lang in LANGUAGES:
        assert Translator(lang)(str(halted.value))


async def test_files_are_fetched_whole_or_not_at_all(bench: Bench) -> None:
    """Up to ten megabytes; what is bigger or unknown is refused for good."""
    bench.files.update(small=b"\xff\xd8jpeg", big=bytes(BIG))
    assert await bench.channel.media("small") == b"\xff\xd8jpeg"
    for ref in ("big", "unknown"):
        with pytest.raises(Permanent):
            await bench.channel.media(ref)


async def test_the_paces_keep_within_what_the_vendor_takes(bench: Bench) -> None:
    """Everybody's limits have a bucket that names nobody but by the vendor's own id."""
    for pace in bench.channel.paces(bench.phone.account):
        assert pace.count > 0
        assert pace.bucket.startswith(bench.channel.name)
    for window in bench.channel.windows.values():
        assert (window.count > 1, window.seconds > 0) == (True, True)
