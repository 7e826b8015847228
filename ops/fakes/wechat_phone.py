"""A phone with WeChat: one chat with the account."""

import re
import secrets
from typing import TYPE_CHECKING, Any

from ops.fakes.phone import Shown

if TYPE_CHECKING:
    from ops.fakes.wechat_account import WechatFake


class WechatPhone:
    """What one person does in the chat, and what it shows them."""

    def __init__(self, account: str, fake: "WechatFake") -> None:
        self.account = account
        self.screen: list[Shown] = []
        self.following = False
        self._fake = fake

    async def joins(self, scene: str = "") -> None:
        """Follow or scan a code; in a mini-program, open its customer service."""
        if self._fake.kind == "miniprogram":
            self.following = True
            await self._happens("user_enter_tempsession", "action", SessionFrom=scene)
        elif self.following and scene:
            await self._happens("SCAN", "action", EventKey=scene, Ticket="T")
        else:
            self.following = True
            key = f"qrscene_{scene}" if scene else ""
            await self._happens("subscribe", "action", EventKey=key)

    async def leaves(self) -> None:
        """Unfollow."""
        self.following = False
        await self._happens("unsubscribe", "none", EventKey="")

    async def says(self, text: str) -> None:
        """Write a text."""
        self._keep(text)
        await self._sends("text", Content=text)

    async def clicks(self, label: str) -> None:
        """Press the newest entry with this label; where it is mere text, type its number."""
        for shown in reversed(self.screen):
            if shown.mine:
                continue
            for knob in shown.knobs:
                if label in knob.label:
                    if not knob.url:
                        self._keep(knob.label)
                        await self._sends(
                            "text", "action", Content=knob.label, bizmsgmenuid=knob.data
                        )
                    return
            if found := re.search(rf"^(\d+) .*{re.escape(label)}", shown.text, re.MULTILINE):
                await self.says(found[1])
                return
        raise LookupError(label)

    async def taps_menu(self, name: str) -> None:
        """Tap an entry of the menu below the chat; raises LookupError without one."""
        entries = [
            entry for button in self._fake.menu for entry in button.get("sub_button") or [button]
        ]
        key = next((one["key"] for one in entries if one["name"] == name), None)
        if key is None:
            raise LookupError(name)
        await self._happens("CLICK", "action", EventKey=key)

    async def sends_place(self, lat: float, lon: float) -> None:
        """Send a place, in GCJ-02."""
        await self._sends(
            "location", Location_X=f"{lat}", Location_Y=f"{lon}", Scale="16", Label="L"
        )

    async def reports_place(self, lat: float, lon: float) -> None:
        """Let the phone report where it is, unasked."""
        await self._happens(
            "LOCATION", "none", Latitude=f"{lat}", Longitude=f"{lon}", Precision="30.0"
        )

    async def sends_picture(self, jpeg: bytes) -> None:
        """Send a picture."""
        await self._sends("image", PicUrl="http://mmbiz.qpic.cn/x", MediaId=self._uploaded(jpeg))

    async def sends_voice(self, amr: bytes) -> None:
        """Send a voice message; nothing is recognised for us any more."""
        await self._sends("voice", MediaId=self._uploaded(amr), Format="amr", Recognition="")

    async def sends_video(self) -> None:
        """Send something that the product can't use."""
        await self._sends("video", MediaId=self._uploaded(b"mp4"), ThumbMediaId="t")

    async def answers_notice(self, **templates: bool) -> None:
        """Allow or refuse notices of these templates, once each."""
        for template, accepted in templates.items():
            if accepted:
                self._fake.consents[self.account, template] += 1
        entries = [
            {
                "TemplateId": template,
                "SubscribeStatusString": "accept" if accepted else "reject",
                "PopupScene": 2,
            }
            for template, accepted in templates.items()
        ]
        await self._happens(
            "subscribe_msg_popup_event", "none", SubscribeMsgPopupEvent={"List": entries}
        )

    def _uploaded(self, content: bytes) -> str:
        ref = secrets.token_urlsafe(32)
        self._fake.files[ref] = content
        return ref

    def _keep(self, text: str) -> None:
        fake = self._fake
        self.screen.append(Shown(fake.number(), text, [], fake.clock(), {}, mine=True))

    async def _sends(self, kind: str, contact: str = "message", **fields: Any) -> None:
        await self._fake.push(
            self.account, contact, MsgType=kind, **fields, MsgId=self._fake.number()
        )

    async def _happens(self, event: str, contact: str, **fields: Any) -> None:
        await self._fake.push(self.account, contact, MsgType="event", Event=event, **fields)
