"""The menu below a service account's chat: words that a tap says, from `locales/`."""

from typing import Any

from channels.text import SAY
from core.i18n import Translator

Button = dict[str, Any]


def menu(t: Translator) -> list[Button]:
    """Build the three buttons; WeChat takes three, five entries each, 16 and 40 bytes a name."""
    services = (
        (t("wechat-menu-shops"), t("wechat-menu-shops-says")),
        (t("wechat-menu-activities"), t("wechat-menu-activities-says")),
        (t("wechat-menu-rewards"), t("wechat-menu-rewards-says")),
    )
    mine = (
        (t("wechat-menu-home"), t("wechat-menu-home-says")),
        (t("wechat-menu-points"), t("wechat-menu-points-says")),
        (t("wechat-menu-help"), t("wechat-menu-help-says")),
    )
    return [
        {"name": t("wechat-menu-services"), "sub_button": [_says(*one) for one in services]},
        {"name": t("wechat-menu-mine"), "sub_button": [_says(*one) for one in mine]},
        _says(t("wechat-menu-person"), t("wechat-menu-person-says")),
    ]


def _says(name: str, words: str) -> Button:
    return {"type": "click", "name": name, "key": f"{SAY}{words}"}
