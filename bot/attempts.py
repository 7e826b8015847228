"""Log-in attempts, counted in this process: by address against guessing, by account too."""

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.errors import UserError

BY_ADDRESS = RateLimitItemPerMinute(60)
BY_ACCOUNT = RateLimitItemPerMinute(10)


class Attempts:
    """Counts attempts; the first one too many within a minute is refused."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check_address(self, host: str) -> None:
        """Count an attempt from an address: sixty a minute, since a community may share one."""
        self._check(BY_ADDRESS, "address", host)

    def check_account(self, account: str) -> None:
        """Count an attempt on an account, by a hash of its name: ten a minute."""
        self._check(BY_ACCOUNT, "account", account)

    def _check(self, item: RateLimitItem, kind: str, key: str) -> None:
        if not self._limiter.hit(item, kind, key):
            raise UserError("login-too-often", status=429)
