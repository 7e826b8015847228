"""How WeChat signs and encrypts what it sends, for a service account and a mini-program alike."""

import binascii
import hashlib
import hmac
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from channels.fresh import fresh
from core.crypto import new_token
from core.errors import DecodeError
from core.settings import Wechat

_NONCE_BYTES = 9
# The one part of a sealed body that matters, in XML and in JSON; base64 needs no parser.
_ENCRYPTED = re.compile(
    r'<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)|"Encrypt"\s*:\s*"([A-Za-z0-9+/=\\]+)"'
)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNREADABLE = (IndexError, InvalidAppIdException, ValueError, binascii.Error, struct.error)


class ForgedError(Exception):
    """Refuse a request whose signature is wrong or too old: it did not come from the vendor."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the vendor puts into the address of each request."""

    signature: str
    timestamp: str
    nonce: str

    @classmethod
    def read(cls, query: Mapping[str, str], name: str) -> Self:
        """Take it from a query; `name` is `msg_signature` for an encrypted body."""
        return cls(query.get(name, ""), query.get("timestamp", ""), query.get("nonce", ""))


class Envelope:
    """Checks, opens and seals by one account's token and AES key; no key means plain mode."""

    def __init__(self, settings: Wechat) -> None:
        self._token = settings.token.get_secret_value()
        key = settings.aes_key.get_secret_value()
        self._crypto = WeChatCrypto(self._token, key, settings.appid) if key else None

    def check(self, query: Mapping[str, str], *, now: datetime) -> None:
        """Raise ForgedError unless the vendor signed this address within ten minutes."""
        self._verify(Stamp.read(query, "signature"), now=now)

    def opened(self, query: Mapping[str, str], body: bytes, *, now: datetime) -> str:
        """Return the XML or JSON that a request carries.

        Raises ForgedError for a wrong or old signature and for a plain body in AES mode, DecodeError
        for what can't be decrypted or is no UTF-8.
        """
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise DecodeError("no UTF-8") from None
        if self._crypto is None:
            self.check(query, now=now)
            return text
        stamp = Stamp.read(query, "msg_signature")
        found = _ENCRYPTED.search(text)
        if found is None:
            raise ForgedError
        encrypted = found[1] or found[2].replace("\\/", "/")
        self._verify(stamp, encrypted, now=now)
        try:
            plain = self._crypto.decrypt_message(
                {"Encrypt": encrypted}, stamp.signature, stamp.timestamp, stamp.nonce
            )
        except _UNREADABLE:
            raise DecodeError("can't be decrypted") from None
        return str(plain)

    def sealed(self, xml: str, *, now: datetime) -> str:
        """Encrypt an answer in AES mode, else return it as it is."""
        if self._crypto is None:
            return xml
        stamp = f"{int(now.timestamp())}"
        return str(self._crypto.encrypt_message(xml, new_token(_NONCE_BYTES), stamp))

    def _verify(self, stamp: Stamp, *signed: str, now: datetime) -> None:
        """Compare in constant time, before wechatpy does it with `!=`."""
        parts = (self._token, stamp.timestamp, stamp.nonce, *signed)
        text = b"".join(sorted(part.encode(errors="replace") for part in parts))
        ours = hashlib.sha1(text, usedforsecurity=False).hexdigest()
        if not hmac.compare_digest(ours.encode(), stamp.signature.encode(errors="replace")):
            raise ForgedError
        if not fresh(stamp.timestamp, now=now):
            raise ForgedError


def cdata(text: str) -> str:
    """Write a text as CDATA that nothing in it can end; what XML can't hold is left out."""
    return f"<![CDATA[{_FORBIDDEN.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"
