"""Put the menu below the service account's chat; phones show it within a day."""

import asyncio
import json

from channels.wechat import WechatChannel
from channels.wechat.menu import menu
from core.db import Database
from core.errors import Ambiguous, Halted, Permanent, Retryable
from core.i18n import Translator
from core.settings import Settings
from services.access import SharedTokens


def run(settings: Settings, lang: str, *, dry_run: bool) -> tuple[int, str]:
    """Push the menu, or only show it; returns the exit code and what to say."""
    t = Translator(lang)
    buttons = menu(t)
    if dry_run:
        return 0, json.dumps(buttons, ensure_ascii=False)
    if not settings.wechat.on:
        return 1, t("menus-off")
    try:
        asyncio.run(_push(settings, t))
    except Halted as error:
        cause = str(error).removeprefix("halted-")
        return 1, t(f"halted-{cause}")
    except (Retryable, Permanent, Ambiguous) as error:
        return 1, t("menus-failed", reason=str(error))
    return 0, t("menus-done", count=len(buttons))


async def _push(settings: Settings, t: Translator) -> None:
    db = Database(settings.database_url, pool=1)
    channel = WechatChannel(settings.wechat, SharedTokens(db))
    try:
        await channel.push_menu(menu(t))
    finally:
        await channel.aclose()
        await db.aclose()
