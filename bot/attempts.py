"""Log-in attempts: thirty a minute for an account from one address, counted in this process."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.errors import UserError

PER_MINUTE = 30


class Attempts:
    """Counts attempts by key; the first one too many is refused."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(PER_MINUTE)

    def check(self, key: str) -> None:
        """Count an attempt; raises UserError `login-too-often` (429) beyond the limit."""
        if not self._limiter.hit(self._item, key):
            raise UserError("login-too-often", status=429)
