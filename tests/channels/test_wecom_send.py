"""Sending to WeChat Work: what arrives on the phone, what each refusal means, what is never lost."""

from typing import Any

import httpx
import orjson
import pytest

from channels.wecom import WecomChannel
from core.card import Action, Card
from core.errors import Ambiguous, Halted, Permanent, Retryable, Unreachable
from core.i18n import LANGUAGES, Translator
from ops.fakes.phone import Faults
from ops.fakes.wecom_company import A_MINUTE
from tests.channels.wecom import TOKEN, Clock, Stand, Tokens, alarm, buttons, outgoing, stand


@pytest.fixture
def at() -> Stand:
    """Stand between the product and the vendor."""
    return stand()


def fails(at: Stand, kind: str, times: int = 1) -> None:
    """Let the next calls fail in one way."""

    class Some(Faults):
        def strike(self) -> str | None:
            self.count += 1
            return kind if self.count <= times else None

    at.fake.faults = Some()


async def test_a_card_with_buttons_arrives_as_one(at: Stand) -> None:
    """Title, words, fields and buttons; the click carries the token back."""
    receipt = await at.channel.send(outgoing(alarm("接单", "转派")))
    phone = at.fake.phone("WangFang")
    (shown,) = phone.screen
    for words in ("烟雾报警", "请马上接单", "3幢2单元501室", "王建国"):
        assert words in shown.text
    assert [knob.label for knob in shown.knobs] == ["接单", "转派"]
    assert receipt["code"] in at.fake.codes
    await phone.clicks("转派")
    assert "转派（已点）" in shown.text
    (arrival,) = at.heard
    assert getattr(arrival.event, "token", "") == TOKEN.format(1)
    assert arrival.receipt is not None
    assert arrival.receipt["code"] not in {"", receipt["code"]}


@pytest.mark.parametrize("fields", [(), alarm().fields], ids=["bare menu", "with fields"])
async def test_more_than_six_buttons_become_a_list(at: Stand, fields: Any) -> None:
    """A list to choose from, with everything else still readable; ten choices fit."""
    labels = [f"第{n}项" for n in range(10)]
    await at.channel.send(outgoing(alarm(*labels, fields=fields, summary="请选。")))
    phone = at.fake.phone("WangFang")
    assert [knob.label for knob in phone.screen[0].knobs] == labels
    assert all(one.value in phone.screen[0].text for one in fields)
    await phone.clicks("第7项")
    assert getattr(at.heard[0].event, "token", "") == TOKEN.format(7)


async def test_choices_beyond_ten_are_read_on(at: Stand) -> None:
    """They keep their number of the whole card, which a person may answer with."""
    receipt = await at.channel.send(outgoing(alarm(*(f"第{n}项" for n in range(12)))))
    (shown,) = at.fake.phone("WangFang").screen
    assert len(shown.knobs) == 10
    assert Translator()("text-read-on") in shown.text
    assert "11 第10项\n12 第11项" in receipt["rest"]


async def test_a_card_without_buttons_is_text(at: Stand) -> None:
    """A link is written out, a number to dial too; what is beyond 2,048 bytes is read on."""
    call = Action("call", "打给王芳", url="tel:13800000000")
    link = Action("way", "怎么走", url="https://map.test/1")
    receipt = await at.channel.send(outgoing(alarm(actions=(call, link), summary="长" * 900)))
    (shown,) = at.fake.phone("WangFang").screen
    assert at.fake.cut == 0
    whole = shown.text + receipt["rest"]
    assert whole.count("长") == 900
    assert "打给王芳 13800000000" in whole
    assert "怎么走 https://map.test/1" in whole
    assert "code" not in receipt


async def test_a_link_at_the_end_of_a_text_stays_a_link(at: Stand) -> None:
    """The mark that tells two messages of the same words apart must not stick to it."""
    link = Action("way", "怎么走", url="https://map.test/1")
    await at.channel.send(outgoing(alarm(actions=(link,))))
    assert at.fake.phone("WangFang").screen[0].text.endswith("https://map.test/1")


async def test_links_and_numbers_stand_on_a_card_with_buttons(at: Stand) -> None:
    """A link is a button that opens it while six are enough; a number can be read."""
    more = (
        Action("call", "打给王芳", url="tel:13800000000"),
        Action("way", "怎么走", url="https://map.test/1"),
    )
    await at.channel.send(outgoing(alarm(actions=(*buttons("接单"), *more))))
    await at.channel.send(
        outgoing(alarm(actions=(*buttons(*"一二三四五六"), *more)), reference="m2")
    )
    for shown in at.fake.phone("WangFang").screen:
        assert "13800000000" in shown.text
        assert [knob.url for knob in shown.knobs if knob.label == "怎么走"] == [
            "https://map.test/1"
        ]


@pytest.mark.parametrize("card", [alarm(), alarm(actions=())], ids=["card", "text"])
async def test_the_same_message_twice_is_shown_once(at: Stand, card: Card) -> None:
    """A card by its task_id, a text by the duplicate check."""
    first = await at.channel.send(outgoing(card))
    again = await at.channel.send(outgoing(card))
    assert len(at.fake.phone("WangFang").screen) == 1
    assert "code" not in again
    assert set(again) <= set(first)


async def test_the_same_words_for_another_reason_are_shown_again(at: Stand) -> None:
    """Who asks twice is answered twice, although the vendor drops equal contents."""
    for reference in ("a-1", "a-2"):
        await at.channel.send(outgoing(Card("say:1", "您有 120 分。"), reference=reference))
    assert len(at.fake.phone("WangFang").screen) == 2


@pytest.mark.parametrize("kind", ["timeout_after", "reset"])
@pytest.mark.parametrize("card", [alarm(), alarm(actions=())], ids=["card", "text"])
async def test_a_lost_answer_is_tried_again_without_a_second_message(
    at: Stand, card: Card, kind: str
) -> None:
    """It arrived, nobody knows: the next try finds out."""
    await at.channel.send(outgoing(alarm(), to="lisi", reference="warm"))
    fails(at, kind)
    with pytest.raises(Ambiguous):
        await at.channel.send(outgoing(card))
    await at.channel.send(outgoing(card))
    assert len(at.fake.phone("WangFang").screen) == 1


async def test_a_lost_token_is_no_doubt_about_the_message(at: Stand) -> None:
    """Only the token was asked for: nothing can have been shown."""
    fails(at, "timeout_after")
    with pytest.raises(Retryable):
        await at.channel.send(outgoing(alarm()))
    await at.channel.send(outgoing(alarm()))
    assert len(at.fake.phone("WangFang").screen) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", Retryable),
        ("concurrent", Retryable),
        ("busy", Retryable),
        ("500", Retryable),
        ("502", Ambiguous),
        ("quota", Halted),
        ("timeout_before", Ambiguous),
    ],
)
async def test_the_vendors_bad_moments(at: Stand, kind: str, error: type[Exception]) -> None:
    """Each says when to try again; afterwards the message arrives once."""
    await at.channel.send(outgoing(alarm(), to="lisi", reference="warm"))
    fails(at, kind)
    with pytest.raises(error):
        await at.channel.send(outgoing(alarm()))
    await at.channel.send(outgoing(alarm()))
    assert len(at.fake.phone("WangFang").screen) == 1


async def test_beyond_the_companys_day_everything_is_refused(at: Stand) -> None:
    """Accounts × 200 person-times a day of China, whoever they go to; midnight begins anew."""
    at.fake.accounts = 1
    for number in range(200):
        at.clock.passes(seconds=3)
        to = "lisi" if number % 2 else "WangFang"
        await at.channel.send(outgoing(alarm(), to=to, reference=f"m{number}"))
    with pytest.raises(Halted, match="halted-wecom-quota"):
        await at.channel.send(outgoing(alarm(), reference="m200"))
    assert (at.fake.overdrawn, at.fake.dropped) == (1, 0)
    assert sum(len(at.fake.phone(one).screen) for one in at.fake.members) == 200
    at.clock.passes(hours=12)
    await at.channel.send(outgoing(alarm(), reference="tomorrow"))


def answering(*answers: dict[str, Any]) -> tuple[WecomChannel, list[str]]:
    """Make a channel whose vendor gives tokens and then these answers."""
    asked: list[str] = []
    given = iter(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("gettoken"):
            token = {"errcode": 0, "access_token": f"t{len(asked)}", "expires_in": 7200}
            return httpx.Response(200, content=orjson.dumps(token))
        asked.append(request.url.params["access_token"])
        return httpx.Response(200, content=orjson.dumps(next(given)))

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    settings = stand().channel.settings
    return WecomChannel(settings, Tokens(Clock()), http), asked


@pytest.mark.parametrize(
    ("code", "error", "reason", "after"),
    [
        (-1, Retryable, "wecom -1", 2.0),
        (45033, Retryable, "wecom 45033", 2.0),
        (45009, Halted, "halted-wecom-quota", 3600.0),
        (60020, Halted, "halted-wecom-ip", 600.0),
        (40056, Halted, "halted-wecom-agent", 600.0),
        (301002, Halted, "halted-wecom-agent", 600.0),
        (81013, Unreachable, "wecom 81013", None),
        (40058, Permanent, "wecom 40058", None),
        (99999, Permanent, "wecom 99999", None),
    ],
)
async def test_each_code_means_something(
    code: int, error: type[Exception], reason: str, after: float | None
) -> None:
    """The table of refusals; a halt names what an operator has to do, in both languages."""
    channel, _ = answering({"errcode": code, "errmsg": "no"})
    with pytest.raises(error) as caught:
        await channel.send(outgoing(alarm()))
    assert type(caught.value) is error
    assert str(caught.value) == reason
    if isinstance(caught.value, Retryable | Halted):
        assert caught.value.after == after
    if isinstance(caught.value, Unreachable):
        assert caught.value.gone
    if isinstance(caught.value, Halted):
        assert all(Translator(lang)(reason) for lang in LANGUAGES)


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_once(code: int) -> None:
    """Once; a second refusal is a wrong secret, never a loop."""
    fine = {"errcode": 0, "errmsg": "ok", "response_code": "c"}
    channel, asked = answering({"errcode": code}, fine)
    assert (await channel.send(outgoing(alarm())))["code"] == "c"
    assert len(set(asked)) == 2
    channel, asked = answering({"errcode": code}, {"errcode": code}, fine)
    with pytest.raises(Halted, match="halted-wecom-secret"):
        await channel.send(outgoing(alarm()))
    assert len(asked) == 2


async def test_an_answer_that_is_none_is_doubtful(at: Stand) -> None:
    """A proxy's page in place of JSON says nothing about the message."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("gettoken"):
            token = {"errcode": 0, "access_token": "t", "expires_in": 7200}
            return httpx.Response(200, content=orjson.dumps(token))
        return httpx.Response(200, text="<html>")

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    channel = WecomChannel(at.channel.settings, at.tokens, http)
    with pytest.raises(Ambiguous):
        await channel.send(outgoing(alarm()))


async def test_an_expired_token_is_renewed_before_and_a_lost_one_after_it_is_refused(
    at: Stand,
) -> None:
    """One token serves many messages; the vendor may forget it early."""
    for number in range(3):
        await at.channel.send(outgoing(alarm(), reference=f"a{number}"))
    assert at.tokens.fetched == 1
    at.clock.passes(seconds=7200)
    await at.channel.send(outgoing(alarm(), reference="b"))
    assert at.tokens.fetched == 2
    at.fake.tokens.clear()
    await at.channel.send(outgoing(alarm(), reference="c"))
    assert at.tokens.fetched == 3
    assert len(at.fake.phone("WangFang").screen) == 5


async def test_a_wrong_secret_halts_the_channel(at: Stand) -> None:
    """The operator is told which setting it is."""
    at.fake.secret = "another"
    with pytest.raises(Halted, match="halted-wecom-secret"):
        await at.channel.send(outgoing(alarm()))


@pytest.mark.parametrize("lists", [True, False])
async def test_who_is_no_member_is_gone(at: Stand, lists: bool) -> None:  # noqa: FBT001
    """Whether the vendor refuses the call or lists them in a success, in lower case."""
    at.fake.lists_invalid = lists
    at.fake.members.discard("WangFang")
    with pytest.raises(Unreachable) as caught:
        await at.channel.send(outgoing(alarm()))
    assert caught.value.gone
    await at.channel.send(outgoing(alarm(), to="lisi", reference="m2"))


@pytest.mark.parametrize("to", ["WangFang|lisi", "@all"])
async def test_a_card_goes_to_one_member_only(at: Stand, to: str) -> None:
    """A strange id must never reach the whole company."""
    with pytest.raises(Permanent):
        await at.channel.send(outgoing(alarm(), to=to))
    assert at.fake.record == []


async def test_within_the_paces_nothing_is_dropped(at: Stand) -> None:
    """A storm of 1,200 cards to one member: a strict window lets 28 a minute go, all arrive."""
    gone: dict[str, list[float]] = {}
    start = at.clock.now
    for number in range(1200):
        for pace in at.channel.paces("WangFang"):
            times = gone.setdefault(pace.bucket, [])
            if len(times) >= pace.count:
                free = times[-pace.count] + pace.seconds
                passed = (at.clock.now - start).total_seconds()
                at.clock.passes(seconds=max(0.0, free - passed))
        for times in gone.values():
            times.append((at.clock.now - start).total_seconds())
        await at.channel.send(outgoing(alarm(), reference=f"m{number}"))
    phone = at.fake.phone("WangFang")
    assert (at.fake.dropped, len(phone.screen)) == (0, 1200)
    rang = [shown.rang for shown in phone.screen]
    assert all(
        (later - first).total_seconds() >= 60 for first, later in zip(rang, rang[30:], strict=False)
    )


async def test_without_paces_the_vendor_drops_in_silence(at: Stand) -> None:
    """Why the limit is kept here: the 31st card of a minute is a success that nobody sees."""
    for number in range(31):
        await at.channel.send(outgoing(alarm(), reference=f"m{number}"))
    assert len(at.fake.phone("WangFang").screen) == A_MINUTE
    assert at.fake.dropped == 1


def test_the_buckets_do_not_tell_who_it_is(at: Stand) -> None:
    """They are kept in plain; the vendor's ids know no case."""
    paces = at.channel.paces("WangFang")
    assert paces == at.channel.paces("wangfang") != at.channel.paces("lisi")
    assert not any("wang" in pace.bucket.lower() for pace in paces)


async def test_what_a_person_sent_is_fetched(at: Stand) -> None:
    """By its reference, with a token that may have to be renewed; an unknown one is final."""
    at.fake.media["ref"] = b"\xff\xd8jpeg"
    assert await at.channel.media("ref") == b"\xff\xd8jpeg"
    at.fake.tokens.clear()
    assert await at.channel.media("ref") == b"\xff\xd8jpeg"
    with pytest.raises(Permanent):
        await at.channel.media("another")


async def test_the_probe_names_what_is_wrong(at: Stand) -> None:
    """Each fault with the key of its hint."""
    assert [well for _, well, _ in await at.channel.probe()] == [True, True, True]
    at.fake.closed = True
    assert (await at.channel.probe())[-1] == ("agent", False, "halted-wecom-agent")
    at.fake.knows_address = False
    assert (await at.channel.probe())[-1] == ("address", False, "halted-wecom-ip")
    at.fake.tokens.clear()
    at.fake.secret = "another"
    at.clock.passes(hours=3)
    assert await at.channel.probe() == [("token", False, "halted-wecom-secret")]
