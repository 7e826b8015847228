"""Telegram's updates: what each becomes, and what nobody answers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from channels.telegram.parse import parse
from core.errors import DecodeError
from core.event import (
    NOBODY,
    Arrival,
    Attached,
    Clicked,
    GaveNumber,
    Joined,
    Left,
    Located,
    Said,
    Strange,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FANG = {"id": 7, "is_bot": False, "first_name": "阿芳", "language_code": "zh-hans"}
CHAT = {"id": 7, "type": "private", "first_name": "阿芳"}
BOT = {"id": 123456, "is_bot": True, "first_name": "邻铃", "username": "LinlingBot"}
SIZE = {"file_unique_id": "u", "width": 90, "height": 90}
MB = 1024 * 1024


def sent(**content: Any) -> dict[str, Any]:
    """Make an update with a private message."""
    message = {"message_id": 5, "date": 1795338000, "chat": CHAT, "from": FANG, **content}
    return {"update_id": 41, "message": message}


def clicked(**query: Any) -> dict[str, Any]:
    """Make an update with a click."""
    shown = {"message_id": 9, "date": 1795338000, "chat": CHAT, "from": BOT, "text": "卡片"}
    return {
        "update_id": 42,
        "callback_query": {
            "id": "99", "from": FANG, "chat_instance": "1", "data": "T" * 24, "message": shown,
            **query,
        },
    }  # fmt: skip


def member(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    """Make an update about the bot's own standing."""
    until = {"until_date": 0} if status == "kicked" else {}
    change = {
        "chat": chat, "from": FANG, "date": 1795338000,
        "old_chat_member": {"user": BOT, "status": "member"},
        "new_chat_member": {"user": BOT, "status": status, **until},
    }  # fmt: skip
    return {"update_id": 43, "my_chat_member": change}


def read(update: dict[str, Any]) -> Arrival:
    """Read an update that means something."""
    found = parse(update, now=NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        ({"text": "我的工单"}, Said, {"text": "我的工单"}),
        ({"text": "救命 🔥"}, Said, {"text": "救命 🔥"}),
        ({"text": "/help"}, Said, {"text": "help"}),
        ({"text": "/help@LinlingBot"}, Said, {"text": "help"}),
        ({"text": "/my_tickets 今天"}, Said, {"text": "my tickets 今天"}),
        ({"text": "/"}, Said, {"text": "/"}),
        ({"text": "/帮助"}, Said, {"text": "/帮助"}),
        ({"text": "/start"}, Joined, {"scene": ""}),
        ({"text": "/start link-12345678"}, Joined, {"scene": "link-12345678"}),
        ({"text": "/start <script>"}, Joined, {"scene": ""}),
        ({"text": "/start " + "x" * 65}, Joined, {"scene": ""}),
        ({"location": {"latitude": 31.72, "longitude": 120.06}}, Located,
         {"lat": 31.72, "lon": 120.06, "datum": "wgs84"}),
        ({"location": {"latitude": 131.72, "longitude": 120.06}}, Strange, {"kind": "other"}),
        ({"location": {"latitude": 31.7, "longitude": 120.1},
          "venue": {"location": {"latitude": 31.7, "longitude": 120.1}, "title": "店",
                    "address": "路"}}, Located, {"lat": 31.7, "lon": 120.1, "datum": "wgs84"}),
        ({"contact": {"phone_number": "8613800000007", "first_name": "阿芳", "user_id": 7}},
         GaveNumber, {"phone": "8613800000007", "own": True}),
        ({"contact": {"phone_number": "8613800000008", "first_name": "别人", "user_id": 8}},
         GaveNumber, {"phone": "8613800000008", "own": False}),
        ({"contact": {"phone_number": "8613800000008", "first_name": "别人"}},
         GaveNumber, {"phone": "8613800000008", "own": False}),
        ({"contact": {"phone_number": "8613800000007", "first_name": "阿芳", "user_id": 7},
          "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}},
         GaveNumber, {"phone": "8613800000007", "own": False}),
        ({"photo": [{**SIZE, "file_id": "small", "file_size": 900},
                    {**SIZE, "file_id": "large", "file_size": 9 * MB},
                    {**SIZE, "file_id": "huge", "file_size": 11 * MB}]},
         Attached, {"kind": "picture", "ref": "large"}),
        ({"photo": [{**SIZE, "file_id": "huge", "file_size": 11 * MB}]},
         Strange, {"kind": "picture-too-big"}),
        ({"document": {"file_id": "d", "file_unique_id": "u", "mime_type": "image/jpeg"}},
         Attached, {"kind": "picture", "ref": "d"}),
        ({"document": {"file_id": "d", "file_unique_id": "u", "mime_type": "application/pdf"}},
         Strange, {"kind": "file"}),
        ({"voice": {"file_id": "v", "file_unique_id": "u", "duration": 3}},
         Attached, {"kind": "voice", "ref": "v"}),
        ({"voice": {"file_id": "v", "file_unique_id": "u", "duration": 3, "file_size": 11 * MB}},
         Strange, {"kind": "voice"}),
        ({"video_note": {"file_id": "v", "file_unique_id": "u", "duration": 3, "length": 1}},
         Strange, {"kind": "video"}),
        ({"dice": {"emoji": "🎲", "value": 3}}, Strange, {"kind": "other"}),
        ({"something_of_next_year": {"a": 1}}, Strange, {"kind": "other"}),
    ],
)  # fmt: skip
def test_a_message_becomes_what_it_means(
    content: dict[str, Any], kind: type, says: dict[str, Any]
) -> None:
    """One table for all that a person can send."""
    arrival = read(sent(**content))
    assert type(arrival.event) is kind
    assert {name: getattr(arrival.event, name) for name in says} == says
    assert (arrival.account, arrival.contact, arrival.lang) == ("7", "none", "zh-CN")
    assert arrival.event.message_id == "u41"
    assert arrival.event.person == NOBODY
    assert arrival.event.at == NOW


def test_a_click_brings_its_token_and_the_message_it_hangs_on() -> None:
    """An old message, which Telegram no longer shows, has a receipt as well."""
    for shown in ({}, {"message": {"chat": CHAT, "message_id": 9, "date": 0}}):
        arrival = read(clicked(**shown))
        assert isinstance(arrival.event, Clicked)
        assert arrival.event.token == "T" * 24
        assert arrival.receipt == {"message_id": 9, "chat": "7"}


def test_a_block_is_leaving() -> None:
    """Coming back says /start, so that is no event of its own."""
    assert isinstance(read(member("kicked")).event, Left)
    assert parse(member("member"), now=NOW) is None


GROUP = {"id": -100, "type": "group", "title": "三幢"}


@pytest.mark.parametrize(
    "update",
    [
        sent(text="你好", chat=GROUP),
        sent(text="你好", **{"from": {**FANG, "is_bot": True}}),
        sent(pinned_message={"message_id": 1, "date": 0, "chat": CHAT}),
        sent(message_auto_delete_timer_changed={"message_auto_delete_time": 60}),
        clicked(message={"message_id": 9, "date": 1, "chat": GROUP, "text": "x"}),
        {key: value for key, value in clicked(data=None).items() if value},
        member("kicked", GROUP),
        {"update_id": 44, "edited_message": sent(text="改了")["message"]},
        {"update_id": 45, "poll_of_next_year": {"id": 1}},
        {"update_id": 46},
    ],
    ids=str,
)
def test_what_nobody_answers(update: dict[str, Any]) -> None:
    """Groups, bots, edits, notes about the chat, and kinds that we did not ask for."""
    assert parse(update, now=NOW) is None


def nested(depth: int) -> dict[str, Any]:
    """Make a message that answers one that answers one, and so on."""
    message = sent(text="深")["message"]
    for _ in range(depth):
        message = {**sent(text="深")["message"], "reply_to_message": message}
    return {"update_id": 1, "message": message}


@pytest.mark.parametrize(
    "update",
    [
        {}, {"update_id": "x"}, {"update_id": 1, "message": 7}, {"update_id": 1, "message": {}},
        {"update_id": 1, "message": {"text": "x"}}, {"message": sent(text="x")["message"]},
        {"update_id": 1, "callback_query": {"id": 1}},
        sent(contact={"user_id": 7}), sent(location={"latitude": "north", "longitude": None}),
        nested(400),
    ],
    ids=lambda update: str(update)[:60],
)  # fmt: skip
def test_what_is_no_update_is_refused_without_its_words(update: dict[str, Any]) -> None:
    """The reason names the fault and repeats nothing."""
    with pytest.raises(DecodeError, match=r"^not an update of Telegram$"):
        parse(update, now=NOW)


def test_a_retry_has_the_same_key_and_digest() -> None:
    """Later and read again, but the same to the dedupe; other words are not."""
    first = read(sent(text="你好")).event
    again = parse(sent(text="你好"), now=datetime.now(UTC))
    assert again is not None
    assert (again.event.message_id, again.event.digest) == (first.message_id, first.digest)
    assert read(sent(text="再见")).event.digest != first.digest


@pytest.mark.parametrize(("code", "lang"), [("zh-hans", "zh-CN"), ("zh", "zh-CN"), ("en", "en"),
                                            ("fr", "en"), (None, None)])  # fmt: skip
def test_the_language_of_the_app(code: str | None, lang: str | None) -> None:
    """Chinese of any kind is Chinese; whoever reads anything else gets English."""
    who = {**FANG, "language_code": code}
    assert read(sent(text="x", **{"from": who})).lang == lang
