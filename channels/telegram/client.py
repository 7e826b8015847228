"""The Bot API by aiogram's transport, and what its errors mean for a message.

This module imports aiogram: it is loaded at first use. Telegram's descriptions may quote a link
that opens a chat, so of those only the plain words are kept.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteWebhook,
    EditMessageText,
    GetFile,
    GetMe,
    GetWebhookInfo,
    SendMessage,
    SetWebhook,
    TelegramMethod,
)

from channels.http import MEDIA_LIMIT
from channels.telegram.parse import parse
from channels.telegram.render import Page
from core.errors import Ambiguous, Halted, Permanent, Retryable, TooFast, Unreachable
from core.event import Arrival
from core.log import logger
from core.ports import Receipt
from core.settings import Telegram

ALLOWED = ["message", "callback_query", "my_chat_member"]
_CONNECT_S, _ANSWER_S, _POLL_MORE_S = 3.0, 10.0, 10
_BUSY_S, _TOKEN_S, _POLLER_S = 2.0, 600.0, 30.0
_CONNECTIONS = 20
# Nothing was sent yet, so trying again can't show a message twice.
_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_CANT_BE_EDITED = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
_NO_SUCH_PERSON = ("chat not found", "user not found", "PEER_ID_INVALID")
_QUOTED = re.compile(r"https?://\S+|\d{5,}")

T = TypeVar("T")


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` unread: aiogram's own would refuse a whole batch for one odd update."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str] = ALLOWED


class _Session(AiohttpSession):
    """Tells a connection that was never made from an answer that never came."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[T],
        timeout: int | None = None,  # noqa: ASYNC109  aiogram's signature
    ) -> T:
        """Make one request with a limit of its own for connecting."""
        limits: Any = aiohttp.ClientTimeout(
            total=timeout or _ANSWER_S, connect=_CONNECT_S, sock_connect=_CONNECT_S
        )
        return await super().make_request(bot, method, limits)


class Client:
    """One bot."""

    def __init__(self, settings: Telegram) -> None:
        server = TelegramAPIServer.from_base(settings.api_base)
        self._session = _Session(api=server, limit=_CONNECTIONS)
        self._bot = Bot(settings.token.get_secret_value(), self._session)
        self._name = ""  # asked once, then kept

    def parse(self, update: Mapping[str, Any], *, now: datetime) -> Arrival | None:
        """Read an update."""
        return parse(update, now=now)

    async def send(self, chat: str, page: Page) -> Receipt:
        """Send a new message."""
        message = await self._call(
            SendMessage.model_validate({**_body(page), "chat_id": _id(chat)})
        )
        return {"message_id": message.message_id, "chat": chat}

    async def edit(self, receipt: Receipt, page: Page) -> bool:
        """Change a message; False when it is gone or too old. Repeating shows nothing twice."""
        method = EditMessageText.model_validate(
            {**_body(page), "chat_id": _id(receipt["chat"]), "message_id": receipt["message_id"]}
        )
        try:
            await self._bot(method)
        except TelegramBadRequest as error:
            if "message is not modified" in error.message:
                return True
            if any(words in error.message for words in _CANT_BE_EDITED):
                return False
            raise fault(error) from None
        except AiogramError as error:
            raise _repeatable(fault(error)) from None
        return True

    async def media(self, ref: str) -> bytes:
        """Fetch a file; raises Permanent beyond 10 MB."""
        file = await self._repeat(GetFile(file_id=ref))
        if file.file_path is None or (file.file_size or 0) > MEDIA_LIMIT:
            raise Permanent("media beyond 10 MB")
        found = bytearray()
        url = self._session.api.file_url(self._bot.token, file.file_path)
        limits: Any = aiohttp.ClientTimeout(total=30)
        try:
            async for chunk in self._session.stream_content(url, timeout=limits):
                found += chunk
                if len(found) > MEDIA_LIMIT:
                    raise Permanent("media beyond 10 MB")
        except aiohttp.ClientResponseError as error:
            if error.status < 500:
                raise Permanent(f"http {error.status}") from None
            raise Retryable(f"http {error.status}", after=_BUSY_S) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Retryable(type(error).__name__, after=_BUSY_S) from None
        return bytes(found)

    async def answer(self, query: str) -> None:
        """End a button's waiting; one that is too old or answered already is no harm."""
        try:
            await self._call(AnswerCallbackQuery(callback_query_id=query))
        except (Retryable, Permanent, Ambiguous, Halted) as error:
            logger().info("telegram.callback_unanswered", exc=error)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates sent to an address."""
        await self._repeat(SetWebhook(url=url, secret_token=secret, allowed_updates=ALLOWED))

    async def delete_webhook(self) -> None:
        """Keep updates for `updates`."""
        await self._repeat(DeleteWebhook(drop_pending_updates=False))

    async def updates(self, offset: int | None, wait: int) -> list[dict[str, Any]]:
        """Wait at most `wait` seconds for updates."""
        return await self._repeat(RawUpdates(offset=offset, timeout=wait), wait + _POLL_MORE_S)

    async def probe(self, mode: str) -> list[tuple[str, bool, str]]:
        """Tell who we are to Telegram and whether updates come through."""
        try:
            await self._repeat(GetMe())
            hook = await self._repeat(GetWebhookInfo())
        except Halted as error:
            return [("telegram getMe", False, str(error))]
        except (Retryable, Permanent) as error:
            return [(f"telegram getMe ({error})", False, "text-telegram-unreachable")]
        found = [("telegram getMe", True, "")]
        # A webhook in polling mode keeps updates from us, and none in webhook mode brings none.
        found.append(
            (
                f"telegram {mode}",
                bool(hook.url) == (mode == "webhook"),
                "text-telegram-wrong-mode",
            )
        )
        waiting = f"telegram pending_update_count={hook.pending_update_count}"
        failing = mode == "webhook" and bool(hook.last_error_date and hook.pending_update_count)
        found.append((waiting, not failing, "text-telegram-webhook-fails"))
        return [(what, well, "" if well else key) for what, well, key in found]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def invitation(self, scene: str) -> str:
        """Return the link that opens our chat with `/start scene`."""
        if not self._name:
            self._name = (await self._repeat(GetMe())).username or ""
        if not self._name:
            raise Permanent("a bot without a name")
        return f"https://t.me/{self._name}?start={scene}"

    async def _call(self, method: TelegramMethod[T], within: int | None = None) -> T:
        try:
            return await self._bot(method, request_timeout=within)
        except AiogramError as error:
            raise fault(error) from None

    async def _repeat(self, method: TelegramMethod[T], within: int | None = None) -> T:
        """Call what may be called twice: nothing about it is ambiguous."""
        try:
            return await self._call(method, within)
        except Ambiguous as error:
            raise _repeatable(error) from None


def fault(error: AiogramError) -> Exception:
    """Say what an error of aiogram means for the message."""
    if isinstance(error, TelegramRetryAfter):
        return TooFast("telegram 429", after=error.retry_after)
    if isinstance(error, TelegramForbiddenError):
        return Unreachable("telegram 403", gone=True)
    if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):
        return Halted("halted-telegram-token", after=_TOKEN_S)
    if isinstance(error, TelegramConflictError):
        return Halted("halted-telegram-poller", after=_POLLER_S)
    if isinstance(error, ClientDecodeError):
        return Ambiguous("no answer of the Bot API")
    if isinstance(error, TelegramNetworkError) and not isinstance(error, TelegramEntityTooLarge):
        cause = error.__cause__
        if isinstance(cause, _NEVER_LEFT):
            return Retryable(type(cause).__name__, after=_BUSY_S)
        return Ambiguous(type(cause).__name__)
    if isinstance(error, TelegramAPIError):
        return _refusal(error)
    return Permanent(type(error).__name__)


def _refusal(error: TelegramAPIError) -> Exception:
    words = error.message or ""
    if isinstance(error, TelegramServerError):
        # 502 and 504 come from before the server, which may have done it all the same.
        if "gateway" in words.lower():
            return Ambiguous("telegram 502")
        return Retryable("telegram 5xx", after=_BUSY_S)
    if words.startswith("Too Many Requests"):
        return TooFast("telegram 429", after=_BUSY_S)
    if any(known in words for known in _NO_SUCH_PERSON):
        return Unreachable("telegram 400 no such chat", gone=True)
    return Permanent("telegram: " + _QUOTED.sub("…", words)[:120])


def _repeatable(error: Exception) -> Exception:
    return Retryable(str(error), after=_BUSY_S) if isinstance(error, Ambiguous) else error


def _body(page: Page) -> dict[str, Any]:
    # Without previews nobody but the person opens a link that opens only once.
    return {
        "text": page.text,
        "entities": page.entities or None,
        "reply_markup": page.markup,
        "link_preview_options": {"is_disabled": True},
    }


def _id(chat: str) -> int:
    try:
        return int(chat)
    except ValueError:
        raise Unreachable("not an id of Telegram", gone=True) from None
