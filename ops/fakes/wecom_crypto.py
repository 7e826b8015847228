"""WeChat Work's callback encryption as the vendor does it, written from its description.

Source: developer.work.weixin.qq.com/document/path/90968. Nothing here is shared with the product.
"""

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK_BITS = 256  # the vendor pads to 32 bytes, not to AES's 16


def encrypt(plain: str, aes_key: str, receiver: str) -> str:
    """Seal a message for a company: 16 random bytes, length, message, company, padding."""
    key = base64.b64decode(aes_key + "=")
    content = plain.encode()
    framed = secrets.token_bytes(16) + len(content).to_bytes(4, "big") + content + receiver.encode()
    pad = padding.PKCS7(_BLOCK_BITS).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = encryptor.update(pad.update(framed) + pad.finalize()) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    """Sign what is sent: SHA-1 over the four parts in the order of their characters."""
    joined = "".join(sorted((token, timestamp, nonce, sealed)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def envelope(sealed: str, company: str, agent: int) -> bytes:
    """Write the XML that carries a sealed message."""
    return (
        f"<xml><ToUserName><![CDATA[{company}]]></ToUserName>"
        f"<Encrypt><![CDATA[{sealed}]]></Encrypt>"
        f"<AgentID><![CDATA[{agent}]]></AgentID></xml>"
    ).encode()
