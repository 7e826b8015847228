"""中国移动 OneNET: bodies of its HTTP push.

Source: OneNET, "HTTP推送 · 开发指南": `{"msg": …, "msg_signature", "nonce"}` where `msg` is one
message or a list, `type` 1 data (`dev_id`, `ds_id`, `at`, `value`), 2 on and offline
(`status`), 7 the answer to a command. `data/devices/onenet.yaml` maps stream names; NB-IoT
streams bear OMA LwM2M numbers, `3303_0_5700`, whose instance does not matter to us.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import orjson

from core.errors import DecodeError
from core.reading import Decoded, Reading
from core.units import truth
from devices.body import (
    Head,
    an_object,
    collect,
    device_id,
    flat,
    listed,
    load,
    load_object,
    moment,
    single,
)
from devices.rules import rulebook

SOURCE: Final = "onenet"
_RULES: Final = rulebook(SOURCE).any
_DATA: Final = 1
_PRESENCE: Final = 2
_MAX_MESSAGES: Final = 1000
_WORST: Final = ("receipt", "device", "bad")
_LWM2M: Final = re.compile(r"(\d{1,5})_\d{1,5}_(\d{1,5})")


def decode(payload: bytes, received: datetime) -> Decoded:
    """Decode a push of one message or many."""
    return _together([_one(an_object(each, "msg"), received) for each in _messages(payload)])


def parts(payload: bytes) -> list[bytes]:
    """Split a push into its messages, so that a broken one does not cost the others."""
    return [_written(each) for each in _messages(payload)]


def speaker(payload: bytes) -> str:
    """Name the device of a push, whatever else it says."""
    return device_id(an_object(_messages(payload)[0], "msg").get("dev_id"))


def is_signed(payload: bytes, token: str) -> bool:
    """Tell whether OneNET signed the push: `msg_signature` over token, nonce and `msg`."""
    body = load_object(payload)
    said = body.get("msg")
    text = said if isinstance(said, str) else _written(said).decode()
    nonce, given = body.get("nonce"), body.get("msg_signature")
    if not isinstance(nonce, str) or not isinstance(given, str):
        return False
    return is_signature(given, token, nonce, text)


def is_signature(given: str, token: str, nonce: str, text: str) -> bool:
    """Compare a signature in constant time; in an address its `+` may have become a space."""
    digest = hashlib.md5((token + nonce + text).encode(), usedforsecurity=False).digest()
    expected = base64.b64encode(digest)
    return hmac.compare_digest(expected, given.replace(" ", "+").encode())


def _written(said: object) -> bytes:
    """Write JSON as the platform does: in its order, without spaces."""
    try:
        return orjson.dumps(said)
    except TypeError:
        raise DecodeError("the push is nested too deeply") from None


def _messages(payload: bytes) -> list[object]:
    body = load_object(payload)
    if "enc_msg" in body:
        raise DecodeError("the push is encrypted: choose plain text on the platform")
    message = body.get("msg", body)
    if isinstance(message, str):  # newer consoles push the message as text
        message = load(message.encode())
    messages = message if isinstance(message, list) else [message]
    if not messages:
        raise DecodeError("the push is empty")
    if len(messages) > _MAX_MESSAGES:
        raise DecodeError("the push holds more than 1000 messages")
    return messages


def _together(parts: list[Decoded]) -> Decoded:
    """Join messages; the worst clock speaks for all."""
    readings: list[Reading] = [reading for part in parts for reading in part.readings]
    unknown = dict.fromkeys(key for part in parts for key in part.unknown)
    clock = max((part.clock for part in parts), key=lambda one: _WORST.index(one.kind))
    return Decoded(tuple(readings), listed(list(unknown)), clock)


def _one(message: Mapping[str, object], received: datetime) -> Decoded:
    ts, clock = moment(message.get("at"), received)
    kind = message.get("type")
    if kind not in (_DATA, _PRESENCE):
        return Decoded((), (), clock)
    head = Head(SOURCE, device_id(message.get("dev_id")), ts, clock)
    if kind == _PRESENCE:
        return single(head, "online", value=_online(message.get("status")))
    stream, value = message.get("ds_id"), message.get("value")
    if isinstance(value, dict):
        fields: dict[str, object] = {key.lower(): raw for key, raw in flat(value)}
    elif isinstance(stream, str):
        fields = {_stream(stream): value}
    else:
        raise DecodeError("ds_id is missing")
    return collect(fields, _RULES, head)


def _stream(name: str) -> str:
    """Name a stream as the rules do: `3303_0_5700` is `3303/5700`."""
    found = _LWM2M.fullmatch(name)
    return f"{found[1]}/{found[2]}" if found else name.lower()


def _online(raw: object) -> bool:
    try:
        return truth(raw)
    except ValueError:
        raise DecodeError("online is neither yes nor no") from None
