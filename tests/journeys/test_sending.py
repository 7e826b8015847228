"""Cards and the vendors' limits: windows, consents, rests, edits, and what is too long for one."""

import io
import re

import pytest
from PIL import Image

from cards.talk import say
from core.card import Card
from core.db import Session
from core.i18n import Translator
from ops.fakes.phone import Faults
from services import media, outbox
from tests.town import BASE_URL, NOTICE, VENDORS, Hand, Town

AT_ONCE = ("worker", "elder", "family", "operator")  # who hears of a life alarm first
WINDOWED = pytest.mark.parametrize("channel", ["wechat", "miniprogram"])

EVERY_VENDOR = pytest.mark.parametrize("channel", VENDORS)


class Once(Faults):
    """A vendor that fails once."""

    def strike(self) -> str | None:
        """Fail the first call."""
        self.count += 1
        return self.kinds[0] if self.count == 1 else None


async def writes(town: Town, hand: Hand, channel: str, card: Card, *, settles: bool = True) -> None:
    """Have a card sent to somebody."""

    async def work(session: Session) -> None:
        await outbox.enqueue_reply(
            session, card, person=hand.human.id, channel=channel, turn=None, now=town.clock()
        )

    await town.world.db.run(work)
    if settles:
        await town.settle()


async def with_window(town: Town, name: str, channel: str, *, left: int) -> Hand:
    """Give somebody a phone to which so many messages may still be sent."""
    hand = await town.hand(name, channel)
    await hand.says("谢谢")
    await later(town, minutes=2)  # the minute that a follow or a scan gives is over
    for number in range(5 - left - used(town, channel)):
        await writes(town, hand, channel, say(f"第{number}条"))
    return hand


async def later(town: Town, **span: float) -> None:
    """Let time pass, for the world's devices too."""
    town.passes(**span)
    await town.settle()


async def at_once(town: Town) -> None:
    """Let out what is due now, and wait for nothing."""
    town.world.now = town.clock()
    await town.world.settle()


async def unanswered(town: Town, **span: float) -> None:
    """Let an alarm go on to those who come next."""
    await town.world.passes(**span)
    town.passes(**span)


def broken(town: Town, channel: str) -> set[int]:
    """List the limits that the vendor had to remind us of."""
    return {45009, 45015, 45047, 43101} & set(town.fakes[channel].refusals)


def used(town: Town, channel: str) -> int:
    """Count the messages that went out since the last words."""
    screen = next(iter(town.fakes[channel]._phones.values())).screen
    newest = max(place for place, shown in enumerate(screen) if shown.mine)
    return sum(shown.raw.get("msgtype") in {"text", "msgmenu"} for shown in screen[newest + 1 :])


@WINDOWED
async def test_a_windows_last_message_tells_how_it_ended(town: Town, channel: str) -> None:
    """The alarm takes one of two, 接单 none, the outcome the last; the vendor refuses nothing."""
    family = await with_window(town, "family", channel, left=2)
    worker = await town.hand("worker", "web")
    before = len(family.shown())
    await town.world.rings("smoke")
    assert "烟雾" in await family.reads()
    await worker.clicks("接单")
    await town.settle()
    assert len(family.shown()) == before + 1, await family.screen()
    await worker.clicks("到场")
    await worker.clicks("处置完成")
    await worker.clicks("误报")
    await worker.clicks("见到本人")
    await worker.says("完成")
    assert "已处置" in await family.reads()
    assert len(family.shown()) == before + 2
    await town.world.rings("smoke", smoke=False)
    assert await (await town.hand("family", "web")).sees("已处置完成")
    assert broken(town, channel) == set()


@WINDOWED
async def test_without_a_window_the_next_channel_is_used(town: Town, channel: str) -> None:
    """No call is made that the vendor would refuse; the web chat rings at once."""
    family = await town.hand("family", channel)
    await later(town, hours=49)
    before = len(family.shown())
    await town.world.rings("smoke")
    assert len(family.shown()) == before
    assert await (await town.hand("family", "web")).sees("烟雾")
    assert broken(town, channel) == set()


async def test_each_consent_carries_one_alarm(town: Town) -> None:
    """Two 订阅通知 were allowed, one alarm each; the third takes the web chat."""
    family = await town.hand("family", "wechat")
    phone = town.fakes["wechat"].phone("o-family")
    for _ in range(2):
        town.passes(seconds=1)
        await phone.answers_notice(**{NOTICE: True})
    await later(town, hours=49)
    before = len(phone.screen)
    for device in ("smoke", "wristband", "gas"):
        await town.world.rings(device)
    texts = [shown.text for shown in phone.screen[before:]]
    assert len(texts) == 2
    assert all(
        "https://linling.example/chat#ticket=" in one.knobs[0].url for one in phone.screen[before:]
    )
    assert await (await town.hand("family", "web")).sees("燃气")
    assert broken(town, "wechat") == set()
    assert town.fakes["wechat"].consents["o-family", NOTICE] == 0
    assert family.phone is phone


async def test_a_refusal_takes_the_consents_back(town: Town) -> None:
    """Who says no is not sent what they allowed before."""
    await town.hand("family", "wechat")
    phone = town.fakes["wechat"].phone("o-family")
    await phone.answers_notice(**{NOTICE: True})
    town.passes(seconds=1)
    await phone.answers_notice(**{NOTICE: False})
    await later(town, hours=49)
    before = len(phone.screen)
    await town.world.rings("smoke")
    assert len(phone.screen) == before
    assert await (await town.hand("family", "web")).sees("烟雾")


@pytest.mark.parametrize("channel", ["wecom", "telegram"])
async def test_one_takes_it_and_every_card_changes_in_its_place(town: Town, channel: str) -> None:
    """Nobody is rung again; a new card comes where the vendor takes no more edits."""
    hands = {name: await town.hand(name, channel) for name in ("worker", "backup", "lead")}
    await later(town, seconds=5)
    await town.world.rings("smoke")
    await unanswered(town, seconds=200)
    await town.settle()
    rung = {name: len(hand.shown()) for name, hand in hands.items()}
    await hands["worker"].clicks("接单")
    for name, hand in hands.items():
        card = next(one for one in reversed(hand.shown()) if "烟雾" in one.text and not one.mine)
        assert card.edits >= 1, name
        assert "接单" not in {knob.label for knob in card.knobs}, name
        if name != "worker":
            assert len(hand.shown()) == rung[name], name
    fake = town.fakes[channel]
    assert (getattr(fake, "refused", 0), getattr(fake, "dropped", 0)) == (0, 0)
    getattr(fake, "codes", {}).clear()
    for label in ("处置完成", "误报", "见到本人"):
        await hands["worker"].clicks(label)
    await hands["worker"].says("完成")
    for name in ("backup", "lead"):
        more = len(hands[name].shown()) - rung[name]
        assert more == (1 if channel == "wecom" else 0), name
        assert "已处置" in await hands[name].reads(), name


SHUT = {
    "wechat": ("allowed", False, "白名单"),
    "miniprogram": ("allowed", False, "白名单"),
    "wecom": ("knows_address", False, "可信IP"),
    "telegram": ("token", "1:another", "令牌"),
}


@EVERY_VENDOR
async def test_a_channel_that_is_shut_rests_and_the_operator_hears_once(
    town: Town, channel: str
) -> None:
    """A life alarm goes another way at once; the vendor is left alone, and used when it works."""
    worker = await town.hand("worker", channel)
    await worker.says("谢谢")
    await later(town, seconds=5)
    fake, (name, wrong, words) = town.fakes[channel], SHUT[channel]
    right = getattr(fake, name)
    setattr(fake, name, wrong)
    await town.world.rings("smoke")
    await at_once(town)
    assert await town.world.person("worker").rings() == 1
    told = [
        card for card in await town.world.person("operator").cards() if words in card["summary"]
    ]
    assert len(told) == 1
    before = len(worker.shown())
    await town.world.rings("wristband")
    await at_once(town)
    assert await town.world.person("worker").rings() == 2
    cards = await town.world.person("operator").cards()
    assert len([card for card in cards if words in card["summary"]]) == 1
    assert len(worker.shown()) == before
    setattr(fake, name, right)
    for _ in range(3):
        town.passes(seconds=16)
        await at_once(town)
    assert len(worker.shown()) > before
    assert await town.world.fetch("SELECT 1 FROM channel_pause") == []


@EVERY_VENDOR
async def test_what_is_too_long_is_read_on_to_its_end(town: Town, channel: str) -> None:
    """更多 again and again; no line is lost and none comes twice."""
    resident = await town.hand("resident", channel)
    await resident.says("谢谢")
    lines = [f"第{number}条：楼道里的灯已经修好" for number in range(1, 221)]
    await writes(town, resident, channel, say("通知", summary="\n".join(lines)))
    start = len(resident.shown()) - 1
    more = Translator()("text-read-on")
    for _ in range(20):
        if more not in await resident.reads():
            break
        await resident.says("更多")
    text = "\n".join(shown.text for shown in resident.shown()[start:])
    assert re.findall(r"第(\d+)条", text) == [str(number) for number in range(1, 221)]


@EVERY_VENDOR
async def test_a_number_on_an_old_card_is_told_how_it_stands(town: Town, channel: str) -> None:
    """The backup was quicker: 1 takes nothing, and the card as it is now comes instead."""
    worker = await town.hand("worker", channel)
    await worker.says("谢谢")
    await later(town, seconds=5)
    await town.world.rings("smoke")
    await unanswered(town, seconds=100)
    await town.world.person("backup").clicks("ticket.ack")
    await worker.says("1")
    taker = "网格员" if channel == "telegram" else "孙丽"
    assert await worker.sees(taker)
    rows = await town.world.fetch("SELECT person_id FROM ticket_event WHERE kind = 'acked'")
    assert [row.person_id for row in rows] == [town.world.person("backup").id]


@EVERY_VENDOR
async def test_a_picture_is_cleaned_and_sealed(town: Town, channel: str) -> None:
    """The worker can open it; on the disk it is unreadable and says nothing of its place."""
    resident, worker = await town.hand("resident", channel), await town.hand("worker", "web")
    await resident.says("转人工")
    await worker.clicks("接单")
    await resident.phone.sends_picture(taken("secret place"))  # type: ignore[union-attr]
    await later(town, seconds=6)
    assert await worker.sees("/api/chat/pictures/")
    (row,) = await town.world.fetch("SELECT sha256 FROM media")
    folder = town.world.folder / "media"
    assert b"JFIF" not in (folder / row.sha256).read_bytes()
    shown = Image.open(io.BytesIO(media.load(folder, row.sha256)))
    assert (shown.format, dict(shown.getexif())) == ("JPEG", {})


@EVERY_VENDOR
@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xd8 no picture", "打不开"), (b"\xff\xd8" + bytes(7 * 1024 * 1024), "太大")],
    ids=["none", "big"],
)
async def test_what_is_no_picture_is_said_kindly(
    town: Town, channel: str, content: bytes, words: str
) -> None:
    """By its content, not by its name; nothing of it is kept."""
    resident = await town.hand("resident", channel)
    await resident.phone.sends_picture(content)  # type: ignore[union-attr]
    await later(town, seconds=6)
    assert words in await resident.reads()
    assert await town.world.fetch("SELECT 1 FROM media") == []


async def test_no_name_crosses_the_border(town: Town) -> None:
    """Whoever hears of a life alarm by Telegram, in whatever part: place and kind, no person."""
    hands = [await town.hand(name, "telegram") for name in (*AT_ONCE, "backup", "lead")]
    await later(town, seconds=5)
    before = len(town.fakes["telegram"].record)
    for device in ("smoke", "wristband"):
        await town.world.rings(device)
    await unanswered(town, seconds=200)
    await hands[0].clicks("接单")
    await hands[0].clicks("到场")
    await town.settle()
    said = str([call.payload for call in town.fakes["telegram"].record[before:]])
    assert "3幢2单元501" in said
    for human in town.world.people.values():
        assert human.name not in said


async def test_telegrams_word_to_wait_is_obeyed(town: Town) -> None:
    """429 with retry_after: nothing goes to that chat before, and then everything in order."""
    resident = await town.hand("resident", "telegram")
    await later(town, seconds=5)
    fake = town.fakes["telegram"]
    fake.faults = Once(1.0, ("429",))
    await writes(town, resident, "telegram", say("第一"), settles=False)
    await writes(town, resident, "telegram", say("第二"))
    texts = [text for text in await resident.screen() if text in {"第一", "第二"}]
    assert texts == ["第一", "第二"]
    assert fake.too_fast == 0


@EVERY_VENDOR
async def test_a_picture_is_opened_from_a_vendors_chat(town: Town, channel: str) -> None:
    """Nobody is logged in there: the link says whose it is, opens this picture and no other."""
    resident = await town.hand("resident", channel)
    worker = await town.hand("worker", "telegram" if channel == "wecom" else "wecom")
    await resident.says("转人工")
    await worker.clicks("接单")
    await worker.phone.sends_picture(taken(""))  # type: ignore[union-attr]
    await later(town, seconds=6)
    screen = "\n".join(await resident.screen()) + str([one.raw for one in resident.shown()])
    found = re.search(re.escape(BASE_URL) + r"(/api/chat/pictures/\d+\.jpg)\?key=([\w-]+)", screen)
    assert found is not None, screen
    path, key = found.groups()
    shown = await town.http.get(path, params={"key": key})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    forged = key[:-2] + ("AA" if key[-2:] != "AA" else "BB")
    for other in ({}, {"key": forged}, {"key": "x"}):
        assert (await town.http.get(path, params=other)).status_code == 401
    elsewhere = await town.http.get("/api/chat/pictures/999.jpg", params={"key": key})
    assert elsewhere.status_code == 401


async def test_a_link_opens_the_card_in_the_web_chat(town: Town) -> None:
    """Details behind a link that works once: who had only Telegram reads the ticket's card there."""
    family = await town.hand("family", "telegram")
    await later(town, seconds=5)
    await town.world.rings("smoke")
    link = next(knob.url for one in family.shown() for knob in one.knobs if "#ticket=" in knob.url)
    given = dict(pair.split("=") for pair in link.partition("#")[2].split("&"))
    assert await family.human.rings() == 0
    answer = await town.http.post("/api/chat/login", json=given)
    assert answer.status_code == 200
    assert await family.human.rings() == 1
    assert (await town.http.post("/api/chat/login", json=given)).status_code == 401


def taken(description: str) -> bytes:
    """Take a picture whose metadata tell where."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = description
    Image.new("RGB", (64, 48), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()
