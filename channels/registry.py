"""Which channels a process has: the web chat, and the vendors' that are configured.

A vendor's libraries are imported only where its settings are.
"""

from channels.web import WebChannel
from core.ports import Local, Tokens, Vendor
from core.settings import Settings


def channels(settings: Settings, tokens: Tokens) -> dict[str, Local | Vendor]:
    """Make this process's channels by name."""
    web = WebChannel()
    return {web.name: web, **{one.name: one for one in vendors(settings, tokens)}}


def vendors(settings: Settings, tokens: Tokens) -> list[Vendor]:
    """Make the configured vendors' channels; raises RuntimeError for settings that can't be."""
    made: list[Vendor] = []
    if settings.wechat.on:
        from channels.wechat import WechatChannel

        made.append(WechatChannel(settings.wechat, tokens))
    if settings.miniprogram.on:
        from channels.miniprogram import MiniprogramChannel

        made.append(MiniprogramChannel(settings.miniprogram, tokens))
    if settings.wecom.on:
        from channels.wecom import WecomChannel

        made.append(WecomChannel(settings.wecom, tokens))
    if settings.telegram.on:
        from channels.telegram import TelegramChannel, check

        check(settings)
        made.append(TelegramChannel(settings.telegram))
    return made


async def warm(channels: dict[str, Local | Vendor]) -> None:
    """Load what a channel loads late, so that no message waits for it."""
    for channel in channels.values():
        ready = getattr(channel, "ready", None)
        if ready is not None:
            await ready()


async def close(channels: dict[str, Local | Vendor]) -> None:
    """Give every vendor's connections back."""
    for channel in channels.values():
        if not isinstance(channel, Local):
            await channel.aclose()
