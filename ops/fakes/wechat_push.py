"""How WeChat writes a push and reads the passive reply."""

import secrets
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from ops.fakes.wechat_crypto import Crypto
from ops.fakes.wechat_rules import TEXT_BYTES

SORRY = "该公众号提供的服务出现故障，请稍后再试"


def written(
    crypto: Crypto, body: dict[str, Any], *, now: datetime, as_json: bool
) -> tuple[dict[str, str], bytes]:
    """Write a push: the address's query and the body, encrypted where there is a key."""
    stamp, nonce = f"{int(now.timestamp())}", f"{secrets.randbelow(10**10)}"
    query = {"signature": crypto.signature(stamp, nonce), "timestamp": stamp, "nonce": nonce}
    text = orjson.dumps(_numbers(body)).decode() if as_json else f"<xml>{_xml(body)}</xml>"
    if not crypto.aes_key:
        return query, text.encode()
    sealed = crypto.encrypt(text)
    query |= {"encrypt_type": "aes", "msg_signature": crypto.signature(stamp, nonce, sealed)}
    outer = {"ToUserName": body["ToUserName"], "Encrypt": sealed}
    return query, orjson.dumps(outer) if as_json else f"<xml>{_xml(outer)}</xml>".encode()


def _numbers(body: dict[str, Any]) -> dict[str, Any]:
    """Write message ids as numbers, as the JSON push does."""
    return {key: int(value) if key == "MsgId" else value for key, value in body.items()}


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(
            f"<{key}>{_xml(one)}</{key}>"
            for key, inner in value.items()
            for one in (inner if isinstance(inner, list) else [inner])
        )
    if isinstance(value, int | float):
        return f"{value}"
    text = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"


def passive_text(crypto: Crypto, answer: bytes, *, to: str, by: str) -> str:
    """Read a passive reply as strictly as WeChat; raises ValueError for one it would not show."""
    fields = _fields(answer)
    if crypto.aes_key:
        sealed = fields.get("Encrypt", "")
        parts = (fields.get("TimeStamp", ""), fields.get("Nonce", ""), sealed)
        if not sealed or not crypto.check(fields.get("MsgSignature", ""), *parts):
            raise ValueError("signature")
        fields = _fields(crypto.decrypt(sealed).encode())
    if (fields.get("ToUserName"), fields.get("FromUserName")) != (to, by):
        raise ValueError("people")
    if fields.get("MsgType") != "text" or not fields.get("CreateTime", "").isdecimal():
        raise ValueError("kind")
    content = fields.get("Content", "")
    if not content or len(content.encode()) > TEXT_BYTES:
        raise ValueError("content")
    return content


def _fields(xml: bytes) -> dict[str, str]:
    try:
        root = ET.fromstring(xml)  # noqa: S314  what our own product answered
    except ET.ParseError:
        raise ValueError("xml") from None
    if root.tag != "xml":
        raise ValueError("root")
    return {child.tag: child.text or "" for child in root}
