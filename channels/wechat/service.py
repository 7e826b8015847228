"""What a service account and a mini-program have in common: token, media, no way to edit."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import httpx

from channels.http import client
from channels.wechat.client import Api
from channels.wechat.envelope import Envelope
from core.errors import Halted
from core.ports import Outgoing, Pace, Receipt, Tokens, Window
from core.settings import Wechat

_DAY_S = 86_400


class Service(ABC):
    """One account at WeChat; `messages_a_day` is the quota that its messages count against."""

    name: str
    edits = False
    abroad = False
    idempotent = False
    windows: Mapping[str, Window]
    consent_template = ""
    messages_a_day: int

    def __init__(
        self, settings: Wechat, tokens: Tokens, http: httpx.AsyncClient | None = None
    ) -> None:
        self._settings = settings
        self.envelope = Envelope(settings)
        self._http = http or client()
        self._api = Api(self.name, settings, tokens, self._http)

    def paces(self, to: str) -> Sequence[Pace]:  # noqa: ARG002  the quota is the account's alone
        """Count against the account's day."""
        return (Pace(f"{self.name}:day", self.messages_a_day, _DAY_S),)

    @abstractmethod
    async def send(self, message: Outgoing) -> Receipt:
        """Send a card as a new message."""

    async def edit(self, message: Outgoing, receipts: Sequence[Receipt]) -> Receipt | None:  # noqa: ARG002  as the contract has it
        """Change nothing: WeChat has no way."""
        return None

    async def media(self, ref: str) -> bytes:
        """Fetch a picture or a voice message by its media id."""
        return await self._api.media(ref)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def probe(self) -> list[tuple[str, bool, str]]:
        """Check that messages could be sent: (what, well, key of what to do or nothing)."""
        try:
            await self._api.probe()
        except Halted as error:
            return [(f"{self.name}.token", False, str(error))]
        return [(f"{self.name}.token", True, "")]
