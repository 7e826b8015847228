"""WeChat's signatures and encryption, written from its documentation and not from the product's.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32


@dataclass(frozen=True, slots=True)
class Crypto:
    """The secrets that a vendor and a developer share."""

    appid: str
    token: str
    aes_key: str

    @property
    def _key(self) -> bytes:
        return base64.b64decode(self.aes_key + "=")

    def signature(self, *parts: str) -> str:
        """Sign: sorted, joined, SHA-1."""
        text = "".join(sorted((self.token, *parts)))
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def encrypt(self, text: str) -> str:
        """Frame as 16 random bytes, length, text, appid; pad to 32; AES-256-CBC; base64."""
        body = text.encode()
        framed = secrets.token_bytes(16) + len(body).to_bytes(4, "big") + body + self.appid.encode()
        pad = _BLOCK - len(framed) % _BLOCK
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        sealed = encryptor.update(framed + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def decrypt(self, sealed: str) -> str:
        """Undo `encrypt`; raises ValueError for a wrong pad, length or appid."""
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
        framed = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
        pad = framed[-1]
        if not 1 <= pad <= _BLOCK or framed[-pad:] != bytes([pad]) * pad:
            raise ValueError("pad")
        content = framed[16:-pad]
        size = int.from_bytes(content[:4], "big")
        text, owner = content[4 : 4 + size], content[4 + size :]
        if len(text) != size or owner.decode() != self.appid:
            raise ValueError("appid")
        return text.decode()

    def check(self, signature: str, *parts: str) -> bool:
        """Tell whether a signature is ours."""
        return hmac.compare_digest(signature, self.signature(*parts))
