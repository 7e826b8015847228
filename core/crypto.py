"""Sealing: AES-256-GCM per field with key versions, and a blind index for look-up.

A sealed value is `version (2 bytes) | nonce (12) | ciphertext and tag`. The additional data is
`table.column`, so a value moved to another column does not open. The blind index is an HMAC under
a key derived from the oldest data key: it must survive rotation, or nobody would be found again.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_VERSION = 2
_NONCE = 12
_KEY = 32


class SealBrokenError(Exception):
    """A sealed value does not open: wrong key, wrong column, or damaged bytes."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The data keys by version; the last one named encrypts, every one decrypts.

    `mark` tells that key from any other without giving it away: `2.5f3a9c01`.
    """

    ciphers: Mapping[int, AESGCM]
    index_key: bytes
    writes: int
    mark: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1:<base64 of 32 bytes>,2:…`; raise ValueError naming the faulty version."""
        keys: dict[int, bytes] = {}
        for part in text.split(","):
            version, _, encoded = part.strip().partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
                number = int(version)
            except ValueError:
                raise ValueError(f"data key {version!r} is not `number:base64`") from None
            if len(key) != _KEY or not 0 < number < 1 << 16:
                raise ValueError(f"data key {version} must be 32 bytes, its number 1 to 65535")
            if number in keys:
                raise ValueError(f"data key {version} is named twice")
            keys[number] = key
        index_key = hmac.digest(keys[min(keys)], b"linling blind index", "sha256")
        writes = next(reversed(keys))
        mark = f"{writes}.{hmac.digest(keys[writes], b'linling key mark', 'sha256')[:4].hex()}"
        return cls({n: AESGCM(key) for n, key in keys.items()}, index_key, writes, mark)

    @property
    def head(self) -> bytes:
        """Return what every value begins with that is sealed from now on."""
        return self.writes.to_bytes(_VERSION)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt under the last key, bound to `context` (table.column)."""
        nonce = os.urandom(_NONCE)
        sealed = self.ciphers[self.writes].encrypt(nonce, plain, context.encode())
        return self.head + nonce + sealed

    def reseal(self, sealed: bytes, context: str) -> bytes:
        """Seal anew what stands under another key; raise SealBrokenError when it does not open."""
        return (
            sealed
            if sealed.startswith(self.head)
            else self.seal(self.open(sealed, context), context)
        )

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt; raise SealBrokenError when key, context or bytes are wrong."""
        version, rest = sealed[:_VERSION], sealed[_VERSION:]
        cipher = self.ciphers.get(int.from_bytes(version))
        if cipher is None:
            raise SealBrokenError(f"{context}: no data key of version {version.hex()}")
        try:
            return cipher.decrypt(rest[:_NONCE], rest[_NONCE:], context.encode())
        except (InvalidTag, ValueError):
            raise SealBrokenError(f"{context}: does not open with this key") from None

    def index(self, value: str, context: str) -> bytes:
        """Make the 16-byte blind index of a value for equality look-up within `context`."""
        return self.digest(value.encode(), context)[:16]

    def digest(self, content: bytes, context: str) -> bytes:
        """Make a digest that nobody can make who has the database alone; it outlives rotation."""
        return hmac.digest(self.index_key, f"{context}\0".encode() + content, "sha256")


class _Ring:
    """The process's keyring: column types are built at import, long before settings are read."""

    current: Keyring | None = None


def use_keyring(ring: Keyring) -> None:
    """Set the keyring for this process; call once at start-up, before the first query."""
    _Ring.current = ring


def key_mark() -> str | None:
    """Return the mark of the key with which this process seals; None without a keyring."""
    return _Ring.current.mark if _Ring.current is not None else None


def keyring() -> Keyring:
    """Return the process's keyring; raise SealBrokenError when none was set."""
    if _Ring.current is None:
        raise SealBrokenError("no keyring: call use_keyring() at start-up")
    return _Ring.current


class Sealed(TypeDecorator[Any]):
    """A column of JSON-able values that is unreadable in the database; not comparable in SQL."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002  SQLAlchemy's signature
        """Seal on the way in; None stays NULL."""
        return None if value is None else keyring().seal(orjson.dumps(value), self.context)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002  same
        """Open on the way out."""
        return None if value is None else orjson.loads(keyring().open(bytes(value), self.context))


def seal_json(value: object, context: str) -> bytes:
    """Seal a JSON-able value for hand-written SQL."""
    return keyring().seal(orjson.dumps(value), context)


def open_json(sealed: bytes, context: str) -> Any:
    """Open what `seal_json` or a Sealed column wrote."""
    return orjson.loads(keyring().open(sealed, context))


def token_hash(token: str) -> bytes:
    """Hash a random token for storage; tokens carry ≥ 128 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


def new_token(size: int = 18) -> str:
    """Make an unguessable URL-safe token of `size` random bytes."""
    return base64.urlsafe_b64encode(os.urandom(size)).decode().rstrip("=")
