"""A telephone with Telegram: its screen, and what its owner does in the bot's chat."""

import secrets
from typing import TYPE_CHECKING, Any

from ops.fakes.phone import Knob, Shown

if TYPE_CHECKING:
    from ops.fakes.telegram import FakeTelegram

Payload = dict[str, Any]


class TelegramPhone:
    """A person in a private chat with the bot."""

    def __init__(self, server: "FakeTelegram", number: int, *, lang: str, name: str) -> None:
        self.account, self.number = str(number), number
        self.screen: list[Shown] = []
        self.met = self.blocked = False
        self.telephone = f"86138{abs(number) % 10**8:08d}"
        self._server, self._lang, self._name = server, lang, name

    @property
    def here(self) -> bool:
        """Tell whether START was pressed and the bot is not blocked."""
        return self.met and not self.blocked

    # --- what is shown ----------------------------------------------------------------

    def show(self, number: str, payload: Payload) -> Shown:
        """Ring with a new message."""
        shown = Shown(number, payload["text"], _knobs(payload), self._server.clock(), payload)
        self.screen.append(shown)
        return shown

    def change(self, shown: Shown, payload: Payload) -> None:
        """Change a message in place."""
        shown.text, shown.knobs, shown.raw = payload["text"], _knobs(payload), payload
        shown.edits += 1

    def deletes(self, shown: Shown) -> None:
        """Delete a message for both sides."""
        self.screen.remove(shown)

    def chat(self) -> Payload:
        """Write the chat as the Bot API does."""
        if self.number < 0:
            return {"id": self.number, "type": "group", "title": self._name}
        return {"id": self.number, "type": "private", "first_name": self._name}

    def me(self) -> Payload:
        """Write the owner as the Bot API does."""
        return {"id": abs(self.number), "is_bot": False, "first_name": self._name,
                "language_code": self._lang}  # fmt: skip

    # --- what the owner does ----------------------------------------------------------

    async def joins(self, scene: str = "") -> None:
        """Press START, after a block too; `scene` is what the link carried."""
        if self.blocked or not self.met:
            was, self.met, self.blocked = self._status(), True, False
            await self._membership(was, "member")
        await self.says(f"/start {scene}".strip())

    async def leaves(self) -> None:
        """Block the bot."""
        was, self.blocked = self._status(), True
        await self._membership(was, "kicked")

    async def says(self, text: str) -> None:
        """Write a text."""
        await self.sends(text=text)

    async def clicks(self, label: str) -> None:
        """Press the newest button whose label contains this; a link leaves the chat."""
        for shown in reversed(self.screen):
            for knob in shown.knobs:
                if label in knob.label:
                    await self.presses(shown, knob)
                    return
        raise LookupError(label)

    async def presses(self, shown: Shown, knob: Knob) -> None:
        """Press this button of this message; a link leaves the chat."""
        if knob.url:
            return
        if "keyboard" in shown.raw["reply_markup"]:
            await self.shares_contact()
            return
        server, query = self._server, str(secrets.randbits(62))
        server.unanswered[query] = server.clock()
        await server.bring(
            "callback_query",
            {"id": query, "from": self.me(), "chat_instance": str(self.number),
             "message": server.message(self, shown), "data": knob.data},
        )  # fmt: skip

    async def sends_place(self, lat: float, lon: float) -> None:
        """Send a place."""
        await self.sends(location={"latitude": lat, "longitude": lon})

    async def sends_picture(self, jpeg: bytes) -> None:
        """Send a picture, of which Telegram keeps a small copy too."""
        sizes = [(self._file(jpeg[:100]), 90, len(jpeg[:100])), (self._file(jpeg), 1280, len(jpeg))]
        await self.sends(
            photo=[
                {"file_id": ref, "file_unique_id": ref[::-1], "width": side, "height": side,
                 "file_size": size}
                for ref, side, size in sizes
            ]
        )  # fmt: skip

    async def sends_voice(self, ogg: bytes) -> None:
        """Say something."""
        ref = self._file(ogg)
        await self.sends(
            voice={"file_id": ref, "file_unique_id": ref[::-1], "duration": 3,
                   "mime_type": "audio/ogg", "file_size": len(ogg)}
        )  # fmt: skip

    async def shares_contact(self, telephone: str = "", user: int | None = None) -> None:
        """Share one's own number, or somebody else's card."""
        whose = {} if telephone and user is None else {"user_id": user or self.number}
        number = telephone or self.telephone
        await self.sends(contact={"phone_number": number, "first_name": self._name, **whose})

    async def sends(self, **content: Any) -> int:
        """Send a message with any content; returns the update's id."""
        if not self.here:
            raise PermissionError("the chat is not open")
        number = next(self._server.numbers)
        now = self._server.clock()
        words = str(content.get("text", ""))
        self.screen.append(Shown(str(number), words, [], now, content, mine=True))
        return await self._server.bring(
            "message",
            {"message_id": number, "date": int(now.timestamp()), "chat": self.chat(),
             "from": self.me(), **content},
        )  # fmt: skip

    # ----------------------------------------------------------------------------------

    def _status(self) -> str:
        return "kicked" if self.blocked else "member" if self.met else "left"

    async def _membership(self, was: str, now: str) -> None:
        bot, at = self._server.me(), self._server.clock()
        await self._server.bring(
            "my_chat_member",
            {"chat": self.chat(), "from": self.me(), "date": int(at.timestamp()),
             "old_chat_member": _member(bot, was), "new_chat_member": _member(bot, now)},
        )  # fmt: skip

    def _file(self, content: bytes) -> str:
        ref = secrets.token_urlsafe(24)
        self._server.files[ref] = content
        return ref


def _member(bot: Payload, status: str) -> Payload:
    return {"user": bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}


def _knobs(payload: Payload) -> list[Knob]:
    """List the buttons that a person sees under a message."""
    markup = payload.get("reply_markup") or {}
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return [
        Knob(one["text"], one.get("callback_data", ""), one.get("url", ""))
        for row in rows
        for one in row
    ]
