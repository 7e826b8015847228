"""A member's phone with WeChat Work: what its screen shows and what its owner does."""

import secrets
from typing import Any, Protocol
from xml.sax.saxutils import escape

from ops.fakes.phone import Clock, Knob, Shown

CLICKED = "（已点）"
_OPTION = "option:"


class Vendor(Protocol):
    """What a phone needs of the vendor."""

    corp_id: str
    agent_id: int
    members: set[str]
    media: dict[str, bytes]

    @property
    def clock(self) -> Clock:
        """Return what tells the time."""

    def new_code(self, message: str) -> str:
        """Make a code for a click."""

    def task_of(self, message: str) -> str:
        """Name the task of a message."""

    async def tells(self, plain: str) -> int:
        """Bring a callback to the application."""


class WecomPhone:
    """One member's phone."""

    def __init__(self, vendor: Vendor, account: str) -> None:
        self._vendor = vendor
        self.account = account
        self.screen: list[Shown] = []

    @property
    def here(self) -> bool:
        """Tell whether the member sees the application."""
        return self.account in self._vendor.members

    # --- what arrives -------------------------------------------------------------------------

    def receives(self, message: str, body: dict[str, Any]) -> None:
        """Show a new message."""
        card = body.get("template_card")
        text = _text(card) if card else body["text"]["content"]
        now = self._vendor.clock()
        self.screen.append(Shown(message, text, _knobs(card or {}), now, body))

    def changes(self, message: str, card: dict[str, Any]) -> None:
        """Show a message anew, in its place."""
        for shown in self.screen:
            if shown.id == message:
                shown.text, shown.knobs, shown.raw = _text(card), _knobs(card), card
                shown.edits += 1

    # --- what its owner does ------------------------------------------------------------------

    async def joins(self, scene: str = "") -> None:
        """Become a member who sees the application."""
        self._vendor.members.add(self.account)
        await self._event("subscribe", EventKey=scene)

    async def leaves(self) -> None:
        """Lose sight of the application."""
        self._vendor.members.discard(self.account)
        await self._event("unsubscribe")

    async def opens(self) -> None:
        """Open the application's chat."""
        await self._event("enter_agent")

    async def says(self, text: str) -> None:
        """Write a text."""
        self._keep(text)
        await self._message("text", Content=text)

    async def sends_place(self, lat: float, lon: float) -> None:
        """Send a place, in GCJ-02."""
        self._keep("", msgtype="location")
        await self._message(
            "location", Location_X=f"{lat}", Location_Y=f"{lon}", Scale="16", Label=""
        )

    async def sends_picture(self, jpeg: bytes) -> None:
        """Send a picture."""
        self._keep("", msgtype="image")
        await self._media("image", jpeg)

    async def sends_voice(self, amr: bytes) -> None:
        """Send a voice message."""
        await self._media("voice", amr)

    async def presses_menu(self, key: str) -> None:
        """Press an entry of the application's menu."""
        await self._event("click", EventKey=key)

    async def clicks(self, label: str) -> None:
        """Press the newest button, or choose and submit the newest option, of this label."""
        for shown in reversed(self.screen):
            for knob in shown.knobs:
                if label in knob.label and not knob.url:
                    await self.presses(shown, knob)
                    return
        raise LookupError(label)

    async def presses(self, shown: Shown, knob: Knob) -> None:
        """Press this button, or choose and submit this option, of this message."""
        if knob.url:
            return
        if CLICKED not in shown.text:
            shown.text += f"\n{knob.label}{CLICKED}"
        card = shown.raw.get("template_card", shown.raw)
        more: dict[str, str] = {}
        key = knob.data
        if key.startswith(_OPTION):
            select, key = _select(card)
            more["SelectedItems"] = _selected(select, knob.data.removeprefix(_OPTION))
        await self._event(
            "template_card_event", EventKey=key, TaskId=self._vendor.task_of(shown.id),
            CardType=card["card_type"], ResponseCode=self._vendor.new_code(shown.id), **more,
        )  # fmt: skip

    def _keep(self, text: str, **raw: str) -> None:
        now = self._vendor.clock()
        self.screen.append(Shown(secrets.token_hex(8), text, [], now, raw, mine=True))

    async def _media(self, kind: str, data: bytes) -> None:
        ref = secrets.token_urlsafe(32)
        self._vendor.media[ref] = data
        await self._message(
            kind, MediaId=ref, PicUrl="" if kind == "voice" else "http://pic.test/1"
        )

    async def _message(self, kind: str, **fields: str) -> None:
        number = str(secrets.randbits(62))
        await self._tell(MsgType=kind, **fields, MsgId=number)

    async def _event(self, name: str, **fields: str) -> None:
        await self._tell(MsgType="event", Event=name, **fields)

    async def _tell(self, **fields: str) -> None:
        stamp = str(int(self._vendor.clock().timestamp()))
        whole = {
            "ToUserName": self._vendor.corp_id, "FromUserName": self.account, "CreateTime": stamp,
            **fields, "AgentID": str(self._vendor.agent_id),
        }  # fmt: skip
        await self._vendor.tells(_xml(whole))


def _xml(fields: dict[str, str]) -> str:
    """Write the fields; those that are XML themselves begin with a bracket we made."""
    parts = [
        f"<{name}>{value if name == 'SelectedItems' else _cdata(value)}</{name}>"
        for name, value in fields.items()
    ]
    return f"<xml>{''.join(parts)}</xml>"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _selected(select: dict[str, Any], option: str) -> str:
    return (
        f"<SelectedItem><QuestionKey>{escape(select['question_key'])}</QuestionKey>"
        f"<OptionIds><OptionId>{escape(option)}</OptionId></OptionIds></SelectedItem>"
    )


def _select(card: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Find the list that an option stands in and the key of the button that submits it."""
    if "button_selection" in card:
        return card["button_selection"], card["button_list"][0]["key"]
    return card["select_list"][0], card["submit_button"]["key"]


def _knobs(card: dict[str, Any]) -> list[Knob]:
    """List what can be pressed; replaced buttons are grey, links go on opening."""
    rows = card.get("horizontal_content_list", [])
    links = [Knob(row["value"], "", row["url"]) for row in rows if row.get("type") == 1]
    return links if card.get("replace_text") else _live(card) + links


def _live(card: dict[str, Any]) -> list[Knob]:
    lists = [card["button_selection"]] if "button_selection" in card else []
    lists += card.get("select_list", [])
    if lists:
        options = [option for one in lists for option in one["option_list"]]
        return [Knob(option["text"], _OPTION + option["id"]) for option in options]
    return [
        Knob(one["text"], one.get("key", ""), one.get("url", ""))
        for one in card.get("button_list", [])
    ]


def _text(card: dict[str, Any]) -> str:
    rows = card.get("horizontal_content_list", [])
    lines = [
        card["main_title"].get("title", ""),
        card["main_title"].get("desc", ""),
        card.get("sub_title_text", ""),
        *(f"{row['keyname']} {row.get('value', '')}" for row in rows),
        card.get("replace_text", ""),
    ]
    return "\n".join(line for line in lines if line)
