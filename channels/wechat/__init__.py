"""A WeChat service account: customer-service messages, templates where no window is open."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import httpx

from channels.wechat.client import MENU_REFUSED, RefusedError
from channels.wechat.render import customer_message, text_page
from channels.wechat.service import Service
from channels.wechat.template import filled
from core.errors import Ambiguous, Retryable, Unreachable
from core.i18n import Translator
from core.ports import Outgoing, Receipt, Tokens, Window
from core.settings import Wechat

_SCENE_S = 2_592_000  # thirty days, the longest for a code that is not for ever
_HOME = "https://api.weixin.qq.com"
_PICTURES = "https://mp.weixin.qq.com"  # where phones fetch the picture of a code
_TEMPLATE_SEND, _NOTICE_SEND = (
    "/cgi-bin/message/template/send",
    "/cgi-bin/message/subscribe/bizsend",
)


class WechatChannel(Service):
    """Sends cards as messages with entries to click; nothing sent can be changed later."""

    name = "wechat"
    windows: Mapping[str, Window] = MappingProxyType(
        {"message": Window(5, 172_800), "action": Window(3, 60)}
    )
    messages_a_day = 100_000  # templates; customer-service messages may be five times as many

    def __init__(
        self, settings: Wechat, tokens: Tokens, http: httpx.AsyncClient | None = None
    ) -> None:
        super().__init__(settings, tokens, http)
        self.consent_template = "" if settings.alarm_template else settings.notice_template
        self._menus = True
        self._templates: dict[str, str] = {}

    async def send(self, message: Outgoing) -> Receipt:
        """Send within the window, or as a notice by template."""
        if message.notice:
            return await self._notify(message)
        t = Translator(message.lang)
        payload, rest = customer_message(message.card, t, menus=self._menus)
        try:
            await self._api.customer(message.to, payload)
        except RefusedError as error:
            if error.code != MENU_REFUSED or payload["msgtype"] != "msgmenu":
                raise
            self._menus = False  # test accounts refuse them, so numbers from now on
            payload, rest = text_page(message.card, t)
            await self._api.customer(message.to, payload)
        return {"rest": rest} if rest else {}

    async def invitation(self, scene: str) -> str:
        """Make a QR code that carries `scene` (1 to 64 characters) for 30 days.

        Returns the address of its picture.
        """
        made = await self._api.post(
            "/cgi-bin/qrcode/create",
            {
                "expire_seconds": _SCENE_S,
                "action_name": "QR_STR_SCENE",
                "action_info": {"scene": {"scene_str": scene}},
            },
        )
        base = self._settings.api_base.rstrip("/")
        host = _PICTURES if base == _HOME else base
        return f"{host}/cgi-bin/showqrcode?ticket={quote(str(made['ticket']), safe='')}"

    async def push_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        """Replace the menu below the chat; phones show it within a day."""
        await self._api.post("/cgi-bin/menu/create", {"button": list(buttons)})

    async def profile(self, account: str) -> str | None:
        """Return a follower's union id, None when the account stands alone or was left."""
        found = await self._api.get("/cgi-bin/user/info", openid=account)
        return str(found["unionid"]) if found.get("unionid") else None

    async def _notify(self, message: Outgoing) -> Receipt:
        """Send what needs no window: a template message, else a notice that was consented to."""
        if template := self._settings.alarm_template:
            # WeChat shows the same id to the same person once within ten minutes.
            same = hashlib.sha256(message.reference.encode()).hexdigest()[:32]
            link = {"url": message.link} if message.link else {}
            await self._templated(_TEMPLATE_SEND, template, message, client_msg_id=same, **link)
        elif template := self._settings.notice_template:
            link = {"page": message.link} if message.link else {}
            await self._templated(_NOTICE_SEND, template, message, **link)
        else:
            raise Unreachable("no template", gone=False)
        return {}

    async def _templated(self, path: str, template: str, message: Outgoing, **more: str) -> None:
        content = await self._content(template)
        data = filled(content, message.card, message.reference)
        payload = {"touser": message.to, "template_id": template, "data": data, **more}
        await self._api.post(path, payload)

    async def _content(self, template: str) -> str:
        """Return a template's text, asked for once; raises Unreachable when it is not ours."""
        if template not in self._templates:
            try:
                self._templates |= await self._api.templates()
            except Ambiguous as error:  # a question shows nobody anything
                raise Retryable(str(error), after=2.0) from None
        if template not in self._templates:
            raise Unreachable("template unknown", gone=False)
        return self._templates[template]
