"""The error tree.

UserError   something a person can mend; its key is a message of `locales/`, its args fill it
Retryable   a sender should try again after so many seconds
Permanent   a sender should never try again
Ambiguous   the bytes left, no answer came: neither sent nor failed
DecodeError a payload that cannot be read; its text never holds the payload's content

Anything else that escapes is a bug: logged, rolled back, answered with an apology.
"""


class UserError(Exception):
    """Say to the person what is wrong and what to do, by a key of `locales/`."""

    def __init__(self, key: str, /, *, status: int = 400, **args: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.args_for_words = args
        self.status = status


class Retryable(Exception):
    """Ask the sender to try again after `after` seconds."""

    def __init__(self, reason: str, *, after: float) -> None:
        super().__init__(reason)
        self.after = after


class Permanent(Exception):
    """Tell the sender that trying again is of no use."""


class Ambiguous(Exception):
    """Tell the sender that the message may or may not have arrived."""


class DecodeError(Exception):
    """Refuse a payload; the reason names the fault and never repeats the content."""
