"""What WeChat pushes, one by one, and what must never get in."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from channels.wechat.envelope import Envelope, ForgedError, cdata
from channels.wechat.parse import own_name, parse
from core.clock import utcnow
from core.errors import DecodeError
from core.event import (
    Arrival,
    Attached,
    Clicked,
    Consented,
    Joined,
    Left,
    Located,
    Said,
    Strange,
)
from ops.fakes.wechat_crypto import Crypto
from ops.fakes.wechat_push import passive_text, written
from tests.channels.wechat_stage import AES_KEY, APPID, TOKEN, Stage

NOW = utcnow()
TOKEN_OF_BUTTON = "kJ8_-xYz0123456789abcdEF"


def message(inner: str, number: str = "<MsgId>7000000000000000001</MsgId>") -> str:
    """Write a push as in WeChat's documentation."""
    return (
        "<xml><ToUserName><![CDATA[gh_7f083739789a]]></ToUserName>"
        "<FromUserName><![CDATA[oia2TjuEGTNoeX76QEjQNrcURxG8]]></FromUserName>"
        f"<CreateTime>1395658920</CreateTime>{inner}{number}</xml>"
    )


def happened(event: str, inner: str = "") -> str:
    """Write an event."""
    kind = "<MsgType><![CDATA[event]]></MsgType>"
    return message(f"{kind}<Event><![CDATA[{event}]]></Event>{inner}", "")


def one(raw: str) -> Arrival:
    """Read a push that means one thing."""
    (arrival,) = parse(raw, channel="wechat", now=NOW)
    return arrival


TEXT = "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{}]]></Content>"
IMAGE = "<MsgType><![CDATA[image]]></MsgType><PicUrl>u</PicUrl><MediaId><![CDATA[m-1]]></MediaId>"
VOICE = (
    "<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[m-2]]></MediaId>"
    "<Format><![CDATA[amr]]></Format><Recognition><![CDATA[]]></Recognition>"
)
PLACE = (
    "<MsgType><![CDATA[location]]></MsgType><Location_X>31.72</Location_X>"
    "<Location_Y>120.06</Location_Y><Scale>20</Scale><Label><![CDATA[某处]]></Label>"
)
CLICK = f"<bizmsgmenuid><![CDATA[{TOKEN_OF_BUTTON}]]></bizmsgmenuid>"


@pytest.mark.parametrize(
    ("raw", "contact", "kind", "what"),
    [
        (message(TEXT.format("附近的店")), "message", Said, {"text": "附近的店"}),
        (message(TEXT.format("<!DOCTYPE html>")), "message", Said, {"text": "<!DOCTYPE html>"}),
        (message(TEXT.format("1 接单") + CLICK), "action", Clicked, {"token": TOKEN_OF_BUTTON}),
        (message(TEXT.format("x") + "<bizmsgmenuid>101</bizmsgmenuid>"), "message", Said,
         {"text": "x"}),
        (message(IMAGE), "message", Attached, {"kind": "picture", "ref": "m-1"}),
        (message(VOICE), "message", Attached, {"kind": "voice", "ref": "m-2"}),
        (message(PLACE), "message", Located, {"lat": 31.72, "lon": 120.06, "datum": "gcj02"}),
        (message(PLACE.replace("31.72", "nan")), "message", Strange, {"kind": "other"}),
        (message(PLACE.replace("31.72", "x")), "message", Strange, {"kind": "other"}),
        (message("<MsgType>video</MsgType><MediaId>m</MediaId>"), "message", Strange,
         {"kind": "video"}),
        (message("<MsgType>shortvideo</MsgType>"), "message", Strange, {"kind": "video"}),
        (message("<MsgType>link</MsgType><Url>http://x</Url>"), "message", Strange,
         {"kind": "link"}),
        (message("<MsgType>from_the_future</MsgType>"), "message", Strange, {"kind": "other"}),
        (happened("subscribe", "<EventKey><![CDATA[]]></EventKey>"), "action", Joined,
         {"scene": ""}),
        (happened("subscribe", "<EventKey>qrscene_link-12345678</EventKey>"), "action", Joined,
         {"scene": "link-12345678"}),
        (happened("SCAN", "<EventKey>link-12345678</EventKey>"), "action", Joined,
         {"scene": "link-12345678"}),
        (happened("unsubscribe"), "none", Left, {}),
        (happened("CLICK", "<EventKey>say:附近的店</EventKey>"), "action", Said,
         {"text": "附近的店"}),
        (happened("CLICK", "<EventKey>V1001_OLD</EventKey>"), "action", Strange,
         {"kind": "other"}),
    ],
)  # fmt: skip
def test_a_push_means_one_thing(raw: str, contact: str, kind: type, what: dict[str, Any]) -> None:
    """The table of what comes in."""
    arrival = one(raw)
    assert type(arrival.event) is kind
    assert {name: getattr(arrival.event, name) for name in what} == what
    assert arrival.contact == contact
    assert arrival.account == "oia2TjuEGTNoeX76QEjQNrcURxG8"
    assert own_name(raw) == "gh_7f083739789a"


@pytest.mark.parametrize(
    "raw",
    [
        happened("LOCATION", "<Latitude>31.7</Latitude><Longitude>120</Longitude>"),
        happened("VIEW", "<EventKey>https://example.org</EventKey>"),
        happened("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>success</Status>"),
        happened("kf_create_session"),
        happened("from_the_future"),
    ],
)
def test_what_is_only_reported_is_left_out(raw: str) -> None:
    """Nobody said it, so nobody is answered; a phone's own report of its place is not kept."""
    assert parse(raw, channel="wechat", now=NOW) == []


@pytest.mark.parametrize("event", ["subscribe_msg_popup_event", "subscribe_msg_change_event"])
@pytest.mark.parametrize("count", [1, 2])
def test_each_consent_is_an_arrival(event: str, count: int) -> None:
    """One entry parses as a dict and several as a list; each has its own key."""
    tag = "".join(part.capitalize() for part in event.split("_"))
    entry = (
        "<List><TemplateId>T-{}</TemplateId>"
        "<SubscribeStatusString>{}</SubscribeStatusString></List>"
    )
    entries = entry.format(1, "accept") + entry.format(2, "reject") * (count - 1)
    found = parse(happened(event, f"<{tag}>{entries}</{tag}>"), channel="wechat", now=NOW)
    said = [(a.event.template, a.event.accepted) for a in found if isinstance(a.event, Consented)]
    assert said == [("T-1", True), ("T-2", False)][:count]
    assert len({arrival.event.message_id for arrival in found}) == count
    assert {arrival.contact for arrival in found} == {"none"}


def test_a_retry_has_the_same_key_and_another_message_has_not() -> None:
    """Messages by MsgId; events by sender, time, event and key."""
    first, again = (one(message(TEXT.format("好"))).event for _ in range(2))
    other = one(message(TEXT.format("好"), "<MsgId>7000000000000000002</MsgId>")).event
    assert (first.message_id, first.digest) == (again.message_id, again.digest)
    assert first.message_id != other.message_id
    taps = [happened("CLICK", f"<EventKey>say:{words}</EventKey>") for words in ("店", "店", "人")]
    same, retried, another = (one(tap).event.message_id for tap in taps)
    assert same == retried != another


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hello",
        "<xml></xml>",
        "<xml>text</xml>",
        "<html><xml></xml></html>",
        "<xml><MsgType>text</MsgType>",
        "<xml><FromUserName>o</FromUserName></xml>",
        "<xml><MsgType>text</MsgType><Content>x</Content></xml>",
        "<xml><MsgType/><FromUserName>o</FromUserName></xml>",
        "<xml><MsgType><a>b</a></MsgType><FromUserName>o</FromUserName></xml>",
        "<xml><MsgType>event</MsgType><Event><a/></Event><FromUserName>o</FromUserName></xml>",
        BOMB + message(TEXT.format("&b;")),
        "<?xml version='1.0'?>" + BOMB + message(TEXT.format("x")),
        '<?xml version="1.0"?><!DOCTYPE xml SYSTEM "file:///etc/passwd">' + message(""),
        "<xml>" + "<a>" * 40_000,
        happened("subscribe_msg_popup_event"),
        happened("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent>x</SubscribeMsgPopupEvent>"),
        "{}",
        "[1]",
        "null",
        '{"MsgType": 3, "FromUserName": "o"}',
        '{"MsgType": "event", "Event": null, "FromUserName": "o"}',
        '{"MsgType": "text", "FromUserName": ["o"]}',
        "{" * 2000,
    ],
)
def test_what_is_hostile_or_broken_is_refused(raw: str) -> None:
    """Never a 500, never an entity."""
    with pytest.raises(DecodeError):
        parse(raw, channel="wechat", now=NOW)


simple = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("o1")
json_values = simple | st.lists(simple, max_size=2) | st.dictionaries(st.text(), simple, max_size=2)
KINDS = st.sampled_from(["text", "image", "voice", "location", "event", "link", "?"])
EVENTS = st.sampled_from(
    ["subscribe", "SCAN", "CLICK", "subscribe_msg_popup_event", "user_enter_tempsession"]
)
NAMES = st.sampled_from(
    ["Content", "MediaId", "Location_X", "Location_Y", "EventKey", "MsgId", "FromUserName",
     "SubscribeMsgPopupEvent", "bizmsgmenuid", "SessionFrom", "UnionId", "CreateTime"]
)  # fmt: skip


# How long a busy machine takes to make them up says nothing of the reader.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, json_values, max_size=5), KINDS, EVENTS)
def test_no_json_breaks_the_reader(fields: dict[str, Any], kind: str, event: str) -> None:
    """Whatever stands in the fields: arrivals with plain values, or a refusal."""
    raw = json.dumps({**fields, "MsgType": kind, "Event": event})
    try:
        found = parse(raw, channel="miniprogram", now=NOW)
    except DecodeError:
        return
    assert all(arrival.account and arrival.event.message_id for arrival in found)


# --- signatures: the texts are encrypted by ops/fakes/wechat_crypto, written independently ------


def envelope(aes_key: str = AES_KEY) -> Envelope:
    """Take the product's side of the secrets."""
    return Envelope(Stage(aes_key=aes_key).settings)


def pushed(aes_key: str = AES_KEY, *, as_json: bool = False) -> tuple[dict[str, str], bytes]:
    """Let the vendor's side write a push."""
    body = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": 1, "MsgType": "text",
            "Content": "你好 ]]> 😀", "MsgId": "17"}  # fmt: skip
    return written(Crypto(APPID, TOKEN, aes_key), body, now=NOW, as_json=as_json)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("aes_key", ["", AES_KEY])
def test_what_the_vendor_wrote_is_read(aes_key: str, as_json: bool) -> None:  # noqa: FBT001  a parameter of the table
    """In both modes and both formats."""
    query, body = pushed(aes_key, as_json=as_json)
    event = one(envelope(aes_key).opened(query, body, now=NOW)).event
    assert isinstance(event, Said)
    assert event.text == "你好 ]]> 😀"


@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": "0" * 40},
        {"msg_signature": ""},
        {"msg_signature": "é"},
        {"timestamp": "1"},
        {"timestamp": "x"},
        {"nonce": "1"},
    ],
)
def test_a_forged_push_is_refused(change: dict[str, str]) -> None:
    """Any change of what is signed, and letters that no signature has."""
    query, body = pushed()
    with pytest.raises(ForgedError):
        envelope().opened({**query, **change}, body, now=NOW)


def test_a_plain_body_is_refused_in_aes_mode() -> None:
    """Even one with a right plain signature."""
    query, body = pushed("")
    with pytest.raises(ForgedError):
        envelope().opened(query, body, now=NOW)


def test_an_old_push_is_refused() -> None:
    """Ten minutes, before and after."""
    query, body = pushed()
    for later in (601, -601):
        moved = NOW.fromtimestamp(NOW.timestamp() + later, NOW.tzinfo)
        with pytest.raises(ForgedError):
            envelope().opened(query, body, now=moved)


def test_a_push_for_another_account_is_refused() -> None:
    """The sealed text names whose it is; garbage under a right signature is no text."""
    other = Crypto("wx-another", TOKEN, AES_KEY)
    query, body = written(other, {"ToUserName": "x"}, now=NOW, as_json=False)
    with pytest.raises(DecodeError):
        envelope().opened(query, body, now=NOW)
    for garbage in ("QUJD", "A" * 64, "A" * 43 + "=", "A"):
        stamp = query["timestamp"]
        signed = {**query, "msg_signature": other.signature(stamp, query["nonce"], garbage)}
        with pytest.raises(DecodeError):
            envelope().opened(signed, f"<xml><Encrypt>{garbage}</Encrypt></xml>".encode(), now=NOW)
    with pytest.raises(DecodeError):
        envelope().opened(query, b"\xff\xfe", now=NOW)


@example("]]></Content><MsgType>image</MsgType><Content><![CDATA[")
@example("]]]]>>")
@given(st.text(max_size=300))
def test_whatever_is_answered_the_vendor_reads(text: str) -> None:
    """Emoji, `]]>`, control characters: the reply stays well-formed and says the same."""
    crypto = Crypto(APPID, TOKEN, AES_KEY)
    xml = (
        f"<xml><ToUserName>{cdata('o1')}</ToUserName><FromUserName>{cdata('gh')}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>{cdata('text')}</MsgType>"
        f"<Content>{cdata('x' + text)}</Content></xml>"
    )
    answer = passive_text(crypto, envelope().sealed(xml, now=NOW).encode(), to="o1", by="gh")
    kept = "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert answer == "x" + kept.replace("\r\n", "\n").replace("\r", "\n")


def test_the_fakes_own_retry_is_the_same_push() -> None:
    """Three deliveries of one message have one key, however each is encrypted."""
    seen: list[tuple[dict[str, str], bytes]] = []

    async def silent(
        _method: str, _path: str, query: dict[str, str], _headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        seen.append((query, body))
        return 500, b""

    stage = Stage(post=silent)

    async def story() -> None:
        await stage.fake.phone("o1").says("你好")

    asyncio.run(story())
    keys = {
        one(envelope().opened(query, body, now=utcnow())).event.message_id for query, body in seen
    }
    assert len(seen) == 3
    assert len({body for _, body in seen}) == 3
    assert len(keys) == 1
    assert stage.fake.phone("o1").screen[-1].raw == {"msgtype": "failed"}
