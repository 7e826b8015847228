"""The envelope of a callback: its signature, its encryption, its XML."""

import hashlib
import hmac
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.parsers import expat

from channels.fresh import fresh
from core.errors import DecodeError
from core.settings import Wecom

_DEPTH = 16


class Forged(Exception):
    """Refuse a request that the vendor did not sign or that was not meant for this company."""


def echoed(settings: Wecom, query: Mapping[str, str], *, now: datetime) -> str:
    """Answer the vendor's check of our address.

    Raises Forged for a wrong or old signature or another company's, DecodeError for broken
    encryption.
    """
    secret = query.get("echostr", "")
    _check(settings, query, secret, now=now)
    return _decrypted(settings, secret)


def opened(
    settings: Wecom, query: Mapping[str, str], body: bytes, *, now: datetime
) -> dict[str, Any]:
    """Open a callback; the signature is checked before anything inside is looked at.

    Raises Forged as above and for whatever is no envelope, DecodeError for broken content.
    """
    try:
        secret = read(body).get("Encrypt")
    except DecodeError:
        raise Forged from None
    if not isinstance(secret, str):
        raise Forged
    _check(settings, query, secret, now=now)
    return read(_decrypted(settings, secret).encode())


def _check(settings: Wecom, query: Mapping[str, str], secret: str, *, now: datetime) -> None:
    token = settings.token.get_secret_value()
    parts = sorted([token, query.get("timestamp", ""), query.get("nonce", ""), secret])
    made = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    given = query.get("msg_signature", "")
    if not token or not secret or not hmac.compare_digest(made.encode(), given.encode()):
        raise Forged
    if not fresh(query.get("timestamp", ""), now=now):
        raise Forged


def _decrypted(settings: Wecom, secret: str) -> str:
    from wechatpy.work.crypto import PrpCrypto, WeChatCrypto
    from wechatpy.work.exceptions import InvalidCorpIdException

    key = WeChatCrypto("", settings.aes_key.get_secret_value(), settings.corp_id).key
    try:
        plain: str = PrpCrypto(key).decrypt(secret, settings.corp_id)
    except InvalidCorpIdException:
        raise Forged from None
    except (ValueError, IndexError, struct.error):
        raise DecodeError("encryption") from None
    return plain


def read(xml: bytes) -> dict[str, Any]:
    """Read XML into dicts; an element that repeats becomes a list.

    Raises DecodeError for anything malformed, deeper than 16, or with a DOCTYPE: entities can
    blow up or fetch files, and the vendor sends none.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise DecodeError("xml") from None
    if not isinstance(reader.whole, dict):
        raise DecodeError("xml")
    return reader.whole


class _Reader:
    """Builds the dicts while expat reads."""

    def __init__(self) -> None:
        self.whole: Any = None
        self._open: list[dict[str, Any]] = []
        self._texts: list[list[str]] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        raise DecodeError("doctype")

    def _start(self, _name: str, _attributes: object) -> None:
        if len(self._open) >= _DEPTH:
            raise DecodeError("too deep")
        self._open.append({})
        self._texts.append([])

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)

    def _end(self, name: str) -> None:
        children, text = self._open.pop(), "".join(self._texts.pop())
        value: Any = children or text
        if not self._open:
            self.whole = value
            return
        around = self._open[-1]
        if name not in around:
            around[name] = value
        elif isinstance(around[name], list):
            around[name].append(value)
        else:
            around[name] = [around[name], value]
