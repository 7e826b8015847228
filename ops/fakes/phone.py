"""What the fakes share: a phone's screen, a vendor's bad moments, and who hears of a person."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Knob:
    """A button on a phone: its label and what pressing it sends to the vendor."""

    label: str
    data: str
    url: str = ""


@dataclass(slots=True)
class Shown:
    """One message on a phone; `edits` counts how often it was changed in place.

    `rang` is when it came, `raw` the payload that the vendor accepted last.
    """

    id: str
    text: str
    knobs: list[Knob]
    rang: datetime
    raw: dict[str, Any]
    mine: bool = False
    edits: int = 0


class Phone(Protocol):
    """A person's phone with one vendor's app."""

    account: str
    screen: list[Shown]

    @property
    def here(self) -> bool:
        """Tell whether the chat is open: followed, seen, started."""

    async def joins(self, scene: str = "") -> None:
        """Follow, scan a code that carries `scene`, or press /start."""

    async def leaves(self) -> None:
        """Unfollow or block."""

    async def says(self, text: str) -> None:
        """Write a text."""

    async def clicks(self, label: str) -> None:
        """Press the newest button whose label contains this; raises LookupError without one."""

    async def presses(self, shown: Shown, knob: Knob) -> None:
        """Press this button of this message; a link leads out of the chat."""

    async def sends_place(self, lat: float, lon: float) -> None:
        """Send a place, in the datum that the vendor uses."""

    async def sends_picture(self, jpeg: bytes) -> None:
        """Send a picture."""


@dataclass
class Faults:
    """How often and how a vendor fails, by a seeded random.

    `kinds` are names that the fake knows: `429`, `busy`, `concurrent`, `quota`, `500`, `502`,
    `timeout_before` (nothing happened), `timeout_after` (it happened, the answer is lost), `reset`.
    `struck` counts each.
    """

    rate: float = 0.0
    kinds: tuple[str, ...] = ()
    seed: int = 0
    count: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def strike(self) -> str | None:
        """Say which fault this call suffers, if any."""
        if not self.kinds or self._random.random() >= self.rate:
            return None
        kind = self._random.choice(self.kinds)
        self.count += 1
        self.struck[kind] += 1
        return kind


# How a fake brings a webhook to the product: (method, path, query, headers, body) -> (status, body)
Post = Callable[[str, str, dict[str, str], dict[str, str], bytes], Awaitable[tuple[int, bytes]]]
