"""Passwords: argon2id, two at a time beside the event loop, so that a storm of guesses costs little.

The parameters are those that OWASP names for 46 MiB; a hash made under others is made anew when
its owner next comes in.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.crypto import new_token
from core.errors import UserError

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
_POOL = ThreadPoolExecutor(2, "password")
# Checked when the account does not exist, so that the answer takes as long as a wrong password.
_NOBODY = _HASHER.hash(new_token())
_FEW = 5


async def hashed(password: str) -> str:
    """Hash a password."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _HASHER.hash, password)


async def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that was hashed; takes as long for an account without."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _matches, kept, password)


def outdated(kept: str) -> bool:
    """Tell whether a hash was made under other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def check(password: str, account: str) -> None:
    """Raise UserError `password-weak` for one that is short, or plain to guess."""
    plain = account.lower() in password.lower() or len(set(password)) < _FEW
    if plain or not SHORTEST <= len(password) <= LONGEST:
        raise UserError("password-weak", least=SHORTEST)


def _matches(kept: str | None, password: str) -> bool:
    try:
        _HASHER.verify(kept or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None
