"""A mini-program's customer service: text within its windows, by the mini-program's own token."""

from collections.abc import Mapping
from types import MappingProxyType

from channels.wechat.render import text_page
from channels.wechat.service import Service
from core.errors import Unreachable
from core.i18n import Translator
from core.ports import Outgoing, Receipt, Window


class MiniprogramChannel(Service):
    """Sends cards as numbered text: a mini-program's chat has no entries to click."""

    name = "miniprogram"
    windows: Mapping[str, Window] = MappingProxyType(
        {"message": Window(5, 172_800), "action": Window(2, 60)}
    )
    messages_a_day = 500_000

    async def send(self, message: Outgoing) -> Receipt:
        """Send within the window; a notice has no way here."""
        if message.notice:
            raise Unreachable("no template", gone=False)
        payload, rest = text_page(message.card, Translator(message.lang))
        await self._api.customer(message.to, payload)
        return {"rest": rest} if rest else {}
