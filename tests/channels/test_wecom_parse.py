"""What callbacks of WeChat Work mean, and what comes of broken and forged ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.wecom.envelope import Forged, echoed, opened, read
from channels.wecom.parse import parse
from core.errors import DecodeError
from core.event import Attached, Clicked, Event, Joined, Left, Located, Said, Strange
from ops.fakes import wecom_crypto
from tests.channels.wecom import TOKEN, settings_of, stand

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
KEY = TOKEN.format(7)
HEAD = (
    "<ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[WangFang]]></FromUserName>"
    "<CreateTime>1772424000</CreateTime>"
)
SELECTED = (
    "<SelectedItems><SelectedItem><QuestionKey><![CDATA[other]]></QuestionKey><OptionIds>"
    "<OptionId><![CDATA[no]]></OptionId></OptionIds></SelectedItem><SelectedItem><QuestionKey>"
    f"<![CDATA[choice]]></QuestionKey><OptionIds><OptionId><![CDATA[{KEY}]]></OptionId>"
    "</OptionIds></SelectedItem></SelectedItems>"
)


def message(kind: str, inner: str, number: str = "7001") -> str:
    """Write a message."""
    return (
        f"<xml>{HEAD}<MsgType><![CDATA[{kind}]]></MsgType>{inner}<MsgId>{number}</MsgId>"
        "<AgentID>1000002</AgentID></xml>"
    )


def event(name: str, inner: str = "") -> str:
    """Write an event."""
    return (
        f"<xml>{HEAD}<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{inner}"
        "<AgentID>1000002</AgentID></xml>"
    )


def click(name: str, key: str, more: str = "") -> str:
    """Write a click on a card."""
    return event(
        name,
        f"<EventKey><![CDATA[{key}]]></EventKey><TaskId><![CDATA[m1]]></TaskId>"
        "<CardType><![CDATA[button_interaction]]></CardType>"
        f"<ResponseCode><![CDATA[code-1]]></ResponseCode>{more}",
    )


def place(lat: str, lon: str) -> str:
    """Write a place."""
    return (
        f"<Location_X>{lat}</Location_X><Location_Y>{lon}</Location_Y><Scale>16</Scale>"
        "<Label><![CDATA[常州]]></Label>"
    )


MEANINGS: dict[str, tuple[str, type[Event] | None, dict[str, Any]]] = {
    "text": (
        message("text", "<Content><![CDATA[我的工单]]></Content>"),
        Said,
        {"text": "我的工单"},
    ),
    "text that looks like XML": (
        message("text", "<Content><![CDATA[<!DOCTYPE a><b>]]></Content>"),
        Said,
        {"text": "<!DOCTYPE a><b>"},
    ),
    "picture": (
        message("image", "<PicUrl>http://p.test/1</PicUrl><MediaId>ref-1</MediaId>"),
        Attached,
        {"kind": "picture", "ref": "ref-1"},
    ),
    "voice": (
        message("voice", "<MediaId>ref-2</MediaId><Format>amr</Format>"),
        Attached,
        {"kind": "voice", "ref": "ref-2"},
    ),
    "place": (
        message("location", place("31.772752", "119.946973")),
        Located,
        {"lat": 31.772752, "lon": 119.946973, "datum": "gcj02"},
    ),
    "place that is none": (message("location", place("nan", "1")), Strange, {"kind": "other"}),
    "place off the map": (message("location", place("131.7", "1")), Strange, {"kind": "other"}),
    "video": (message("video", "<MediaId>ref</MediaId>"), Strange, {"kind": "video"}),
    "something new": (message("hologram", ""), Strange, {"kind": "other"}),
    "empty text": (message("text", "<Content></Content>"), Strange, {"kind": "other"}),
    "nested text": (message("text", "<Content><a/></Content>"), Strange, {"kind": "other"}),
    "joining": (event("subscribe", "<EventKey></EventKey>"), Joined, {"scene": ""}),
    "leaving": (event("unsubscribe"), Left, {}),
    "opening the app": (event("enter_agent", "<EventKey></EventKey>"), None, {}),
    "a reported position": (event("LOCATION", "<Latitude>1</Latitude>"), None, {}),
    "a link of the menu": (event("view", "<EventKey>http://a.test</EventKey>"), None, {}),
    "words of the menu": (
        event("click", "<EventKey><![CDATA[say:我的工单]]></EventKey>"),
        Said,
        {"text": "我的工单"},
    ),
    "an entry nobody knows": (event("click", "<EventKey>x</EventKey>"), Strange, {"kind": "other"}),
    "a place of the menu": (
        event("location_select", f"<SendLocationInfo>{place('31.7', '119.9')}</SendLocationInfo>"),
        Located,
        {"lat": 31.7, "lon": 119.9, "datum": "gcj02"},
    ),
    "a button": (click("template_card_event", KEY), Clicked, {"token": KEY}),
    "a choice": (click("template_card_event", "submit", SELECTED), Clicked, {"token": KEY}),
    "a choice of nothing": (click("template_card_event", "submit"), None, {}),
    "the grey button": (click("template_card_event", "none"), None, {}),
    "the menu of a card": (click("template_card_menu_event", KEY), Clicked, {"token": KEY}),
    "an unknown event": (event("change_contact"), None, {}),
    "nobody's": ("<xml><MsgType>text</MsgType><Content>a</Content></xml>", None, {}),
    "no kind": (f"<xml>{HEAD}</xml>", None, {}),
}


@pytest.mark.parametrize(("xml", "kind", "says"), MEANINGS.values(), ids=list(MEANINGS))
def test_a_callback_means_one_event_or_nothing(
    xml: str, kind: type[Event] | None, says: dict[str, Any]
) -> None:
    """The table of all that the vendor sends; what is odd is answered politely or not at all."""
    arrivals = parse(read(xml.encode()), NOW)
    if kind is None:
        assert arrivals == []
        return
    (arrival,) = arrivals
    assert type(arrival.event) is kind
    assert {name: getattr(arrival.event, name) for name in says} == says
    assert (arrival.account, arrival.contact) == ("WangFang", "none")
    assert (arrival.event.channel, arrival.event.at) == ("wecom", NOW)


def test_a_click_brings_the_code_that_changes_its_card() -> None:
    """It is kept beside the code of the send, each good for one edit."""
    (arrival,) = parse(read(click("template_card_event", KEY).encode()), NOW)
    assert arrival.receipt == {"task_id": "m1", "code": "code-1", "at": NOW.isoformat()}


def test_a_retry_is_known_and_another_click_is_not() -> None:
    """The same id and digest over retries; a person's id stands in neither."""
    said = message("text", "<Content>好</Content>")
    for first, other in (
        (said, message("text", "<Content>好</Content>", "7002")),
        (click("template_card_event", KEY), click("template_card_event", TOKEN.format(8))),
    ):
        one, again, another = (parse(read(x.encode()), NOW)[0].event for x in (first, first, other))
        assert (one.message_id, one.digest) == (again.message_id, again.digest)
        assert one.message_id != another.message_id
        assert "WangFang" not in one.message_id


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<xml>",
        b"<xml></xml>",
        b"not xml",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml><a>b</a></xml>',
        b"<a>" * 40 + b"</a>" * 40,
        b"<xml><a>\xff</a></xml>",
    ],
)
def test_broken_and_hostile_xml_is_refused(xml: bytes) -> None:
    """No entity is ever expanded, nothing nests without end."""
    with pytest.raises(DecodeError):
        read(xml)


def sealed(
    plain: str, receiver: str | None = None, token: str | None = None
) -> tuple[dict[str, str], bytes]:
    """Seal a callback as the vendor does, for some company, signed with some token."""
    fake = stand().fake
    fake.token = token or fake.token
    secret = wecom_crypto.encrypt(plain, fake.aes_key, receiver or fake.corp_id)
    return fake.signed(secret), wecom_crypto.envelope(secret, fake.corp_id, fake.agent_id)


def test_what_the_vendor_seals_is_opened() -> None:
    """Two implementations of the same description agree."""
    plain = message("text", "<Content><![CDATA[好的 🙂]]></Content>")
    query, body = sealed(plain)
    assert opened(settings_of(stand().fake), query, body, now=NOW)["Content"] == "好的 🙂"


JOINING = event("subscribe")


@pytest.mark.parametrize(
    ("plain", "seal", "query", "body", "refused"),
    [
        (JOINING, {}, {"msg_signature": "0" * 40}, None, Forged),
        (JOINING, {}, {"msg_signature": "签"}, None, Forged),
        (JOINING, {}, {"msg_signature": ""}, None, Forged),
        (JOINING, {}, {"timestamp": "1"}, None, Forged),
        (JOINING, {}, {}, b"<xml><Content>plain</Content></xml>", Forged),
        (JOINING, {}, {}, b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>", Forged),
        (JOINING, {}, {}, b"{}", Forged),
        (JOINING, {"token": "another"}, {}, None, Forged),
        (JOINING, {"receiver": "ww-another-company"}, {}, None, Forged),
        ("<xml>", {}, {}, None, DecodeError),
    ],
)
def test_what_is_not_signed_for_us_is_refused(
    plain: str,
    seal: dict[str, str],
    query: dict[str, str],
    body: bytes | None,
    refused: type[Exception],
) -> None:
    """Plain bodies, changed ones, other companies': nothing of them is looked at."""
    signed, enveloped = sealed(plain, **seal)
    with pytest.raises(refused):
        opened(settings_of(stand().fake), {**signed, **query}, body or enveloped, now=NOW)


def test_an_old_callback_is_refused() -> None:
    """Ten minutes, before and after, for a message and for the check of our address."""
    query, body = sealed(JOINING)
    settings = settings_of(stand().fake)
    echo = {**query, "echostr": str(read(body)["Encrypt"])}
    for seconds in (600, -600):
        opened(settings, query, body, now=NOW + timedelta(seconds=seconds))
        assert echoed(settings, echo, now=NOW + timedelta(seconds=seconds))
    for seconds in (601, -601):
        with pytest.raises(Forged):
            opened(settings, query, body, now=NOW + timedelta(seconds=seconds))
        with pytest.raises(Forged):
            echoed(settings, echo, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1" * 13, "１７７２４２２４００"])
def test_a_stamp_that_is_no_time_is_refused(stamp: str) -> None:
    """Even one that is signed."""
    fake = stand().fake
    secret = wecom_crypto.encrypt(JOINING, fake.aes_key, fake.corp_id)
    made = wecom_crypto.signature(fake.token, stamp, "n", secret)
    query = {"msg_signature": made, "timestamp": stamp, "nonce": "n"}
    body = wecom_crypto.envelope(secret, fake.corp_id, fake.agent_id)
    with pytest.raises(Forged):
        opened(settings_of(fake), query, body, now=NOW)


@pytest.mark.parametrize("secret", ["AAAA", "!", "A" * 44, "A" * 43 + "="])
def test_signed_rubbish_is_refused(secret: str) -> None:
    """A good signature over something that is no encryption."""
    fake = stand().fake
    body = wecom_crypto.envelope(secret, fake.corp_id, fake.agent_id)
    with pytest.raises((DecodeError, Forged)):
        opened(settings_of(fake), fake.signed(secret), body, now=NOW)


async def test_a_phone_is_heard() -> None:
    """Every way a member has to say something, through the vendor's own envelope."""
    at = stand()
    phone = at.fake.phone("WangFang")
    assert await at.fake.checks_address()
    await phone.joins()
    await phone.says("关掉 ]]> 报警")
    await phone.sends_place(31.77, 119.94)
    await phone.sends_picture(b"jpeg")
    await phone.sends_voice(b"amr")
    await phone.presses_menu("say:在岗")
    await phone.opens()
    await phone.leaves()
    kinds = [type(one.event).__name__ for one in at.heard]
    assert kinds == ["Joined", "Said", "Located", "Attached", "Attached", "Said", "Left"]
    said = at.heard[1].event
    assert isinstance(said, Said)
    assert said.text == "关掉 ]]> 报警"
