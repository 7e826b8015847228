"""Telegram: cards with inline keyboards, over aiogram's transport and types.

aiogram takes seconds and more than 100 MB to import, so it is imported at first use, in a thread,
and never in a process without Telegram's settings. The bot's token is part of every address, so
no library's error text is repeated in ours.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from channels.telegram.render import render
from core.event import Arrival
from core.ports import Outgoing, Pace, Receipt, Window
from core.settings import Settings, Telegram

if TYPE_CHECKING:
    from channels.telegram.client import Client

PATH = "/telegram"
POLL_S = 25
_FOLLOWED = 5  # messages of one card that are kept up to date


class TelegramSettingsError(RuntimeError):
    """Refuse to start with settings under which Telegram can't or mustn't work."""


def check(settings: Settings) -> None:
    """Raise TelegramSettingsError, saying what to change; without a token all is well."""
    telegram = settings.telegram
    if not telegram.on:
        return
    if settings.region.strip().lower() == "cn-gov":
        raise TelegramSettingsError(
            "LINLING_REGION=cn-gov forbids Telegram, which carries data across the border: "
            "take LINLING_TELEGRAM__TOKEN out of the environment."
        )
    number, colon, rest = telegram.token.get_secret_value().partition(":")
    if not (number.isdigit() and colon and rest) or any(map(str.isspace, rest)):
        raise TelegramSettingsError(
            "LINLING_TELEGRAM__TOKEN is no bot's token: BotFather gives one like 123456:ABC…"
        )
    if telegram.mode == "webhook" and not (telegram.webhook_secret and settings.base_url):
        raise TelegramSettingsError(
            "LINLING_TELEGRAM__MODE=webhook wants LINLING_TELEGRAM__WEBHOOK_SECRET and "
            "LINLING_BASE_URL; without a public address use LINLING_TELEGRAM__MODE=polling."
        )


class TelegramChannel:
    """Private chats with a bot; groups are left alone."""

    name = "telegram"
    edits = True
    abroad = True
    idempotent = False
    consent_template = ""
    windows: Mapping[str, Window] = MappingProxyType({})

    def __init__(self, settings: Telegram) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._loading = asyncio.Lock()

    async def ready(self) -> "Client":
        """Import aiogram unless that is done; call at start-up, so that no message waits for it."""
        if self._client is None:
            async with self._loading:
                if self._client is None:
                    made = await asyncio.to_thread(_client)
                    self._client = made(self._settings)
        return self._client

    def paces(self, to: str) -> Sequence[Pace]:
        """Keep below Telegram's 30 messages a second, 1 a second a chat, 20 a minute a group."""
        paces = [Pace("telegram", 25, 1), Pace(f"telegram:{to}", 1, 1)]
        if to.startswith("-"):
            paces.append(Pace(f"telegram:{to}", 20, 60))
        return paces

    async def send(self, message: Outgoing) -> Receipt:
        """Send a card as a new message; raises as the contract says."""
        page = render(message)
        sent = await (await self.ready()).send(message.to, page)
        return {**sent, **page.remainder()}

    async def edit(self, message: Outgoing, receipts: Sequence[Receipt]) -> Receipt | None:
        """Change all messages of a card; None when the newest is gone, too old, or can't be.

        A card that rang twice has two messages, and buttons may be pressed on either.
        """
        page = render(message)
        known = [one for one in receipts if "message_id" in one]
        numbers = {number for one in known for number in (one["message_id"], *one.get("older", ()))}
        # Only inline keyboards can be edited, not the one that takes the place of typing.
        if not numbers or page.asks_contact:
            return None
        newest, *older = sorted(numbers, reverse=True)[:_FOLLOWED]  # a chat's numbers grow
        client, chat = await self.ready(), known[0]["chat"]
        if not await client.edit({"message_id": newest, "chat": chat}, page):
            return None
        left = [
            number
            for number in older
            if await client.edit({"message_id": number, "chat": chat}, page)
        ]
        kept = {"older": left} if left else {}
        return {"message_id": newest, "chat": chat, **kept, **page.remainder()}

    async def media(self, ref: str) -> bytes:
        """Fetch a file by its id; at most 10 MB, else Permanent."""
        return await (await self.ready()).media(ref)

    async def parse(self, update: Mapping[str, Any], *, now: datetime) -> Arrival | None:
        """Read an update; None for what nobody answers, DecodeError for what is no update."""
        return (await self.ready()).parse(update, now=now)

    @asynccontextmanager
    async def answering(self, update: Mapping[str, Any]) -> AsyncIterator[None]:
        """Answer the update's callback query at the end, however the handling went."""
        try:
            yield
        finally:
            query = update.get("callback_query")
            if isinstance(query, dict) and isinstance(query.get("id"), str):
                await (await self.ready()).answer(query["id"])

    def is_telegram(self, secret: str) -> bool:
        """Tell whether a webhook's header carries our secret, in constant time."""
        ours = self._settings.webhook_secret.get_secret_value()
        return bool(ours) and hmac.compare_digest(secret.encode(), ours.encode())

    async def listen_at(self, base_url: str) -> None:
        """Have updates sent to our route; safe to repeat at every start."""
        secret = self._settings.webhook_secret.get_secret_value()
        await (await self.ready()).set_webhook(base_url.rstrip("/") + PATH, secret)

    async def listen_here(self) -> None:
        """Take the webhook away, which `updates` needs; what waits there is kept."""
        await (await self.ready()).delete_webhook()

    async def updates(self, offset: int | None) -> list[dict[str, Any]]:
        """Wait up to 25 s for updates from `offset` on; those below it are confirmed by asking.

        Raises Halted `halted-telegram-poller` when somebody else asks too.
        """
        return await (await self.ready()).updates(offset, POLL_S)

    async def invitation(self, scene: str) -> str:
        """Return the link that opens our chat with this scene."""
        return await (await self.ready()).invitation(scene)

    async def probe(self) -> list[tuple[str, bool, str]]:
        """Ask who we are and how the webhook does: (what, is it well, key of what to do)."""
        return await (await self.ready()).probe(self._settings.mode)

    async def aclose(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.aclose()


def _client() -> "type[Client]":
    from channels.telegram.client import Client

    return Client
