"""The error tree.

UserError   something a person can mend; its key is a message of `locales/`, its args fill it
FieldErrors a form with faults, each by its field
StaleError  a form about what somebody else changed meanwhile
Retryable   a sender should try again after so many seconds
TooFast     the same, and nothing else may go to this account before
Permanent   a sender should never try again
Unreachable this person can't be reached in this channel now: take the next one
Halted      a whole channel must rest: a quota, a white list, a wrong credential
Ambiguous   the bytes left, no answer came: neither sent nor failed
DecodeError a payload that cannot be read; its text never holds the payload's content

Anything else that escapes is a bug: logged, rolled back, answered with an apology.
"""

from collections.abc import Mapping
from typing import Any


class UserError(Exception):
    """Say to the person what is wrong and what to do, by a key of `locales/`."""

    def __init__(self, key: str, /, *, status: int = 400, **args: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.args_for_words = args
        self.status = status


class FieldErrors(UserError):
    """Say of each field of a form what is wrong with it."""

    def __init__(self, key: str, /, *, fields: Mapping[str, UserError]) -> None:
        super().__init__(key, status=422)
        self.fields = fields


class StaleError(UserError):
    """Say that somebody changed this meanwhile, with what it says now."""

    def __init__(self, key: str, /, *, values: Mapping[str, Any], version: str | int) -> None:
        super().__init__(key, status=409)
        self.values = values
        self.version = version


class Retryable(Exception):
    """Ask the sender to try again after `after` seconds."""

    def __init__(self, reason: str, *, after: float) -> None:
        super().__init__(reason)
        self.after = after


class TooFast(Retryable):
    """Tell the sender that the vendor counted too many: whoever goes on is refused for longer."""


class Permanent(Exception):
    """Tell the sender that trying again is of no use."""


class Unreachable(Permanent):
    """Tell the sender that this person can't be reached in this channel.

    `gone` means until they come back by themselves (blocked, unsubscribed, no such member);
    otherwise only this message had no way (no window, no consent).
    """

    def __init__(self, reason: str, *, gone: bool) -> None:
        super().__init__(reason)
        self.gone = gone


class Halted(Exception):
    """Tell the sender to let a whole channel rest for `after` seconds and to call an operator.

    `reason` is a message of `locales/` that starts with `halted-`.
    """

    def __init__(self, reason: str, *, after: float) -> None:
        super().__init__(reason)
        self.after = after


class Ambiguous(Exception):
    """Tell the sender that the message may or may not have arrived."""


class DecodeError(Exception):
    """Refuse a payload; the reason names the fault and never repeats the content."""
