"""What did not arrive, and whom to ring up because nothing reaches them."""

from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from core.i18n import Translator
from services import unreachable
from services.lists import delivery
from services.permissions import Permission


def _channel(t: Translator, code: str) -> str:
    return t(f"channel-{code}")


def _cause(t: Translator, code: str) -> str:
    return t(f"undelivered-{code}")


def _halted(t: Translator, code: str) -> str:
    return t(f"halted-{code}")


def _what(t: Translator, code: str) -> str:
    return t(f"what-{code}") if code else t("list-reply")


def _role(t: Translator, code: str) -> str:
    return t(f"role-{code}")


def _left(t: Translator, code: str) -> str:
    return t("list-left") if code else t("list-never")


UNDELIVERED = Listing(
    "undelivered", "delivery", Permission.DELIVERY_READ, delivery.dead_letters,
    (
        Column("since", "moment"), Column("who"), Column("what", words=_what),
        Column("number", "number"), Column("channel", words=_channel),
        Column("cause", "long", _cause), Column("detail"),
    ),
    acts=(
        Act("resend", "POST", "/api/console/undelivered/{id}/resend", Permission.DELIVERY_RESEND),
        Act("resend-all", "POST", "/api/console/undelivered/resend", Permission.DELIVERY_RESEND,
            on="list", sure=True),
    ),
)  # fmt: skip
UNREACHABLE = Listing(
    "unreachable", "delivery", Permission.DELIVERY_READ, delivery.not_reached,
    (
        Column("who"), Column("role", words=_role), Column("where", "lines"),
        Column("left", words=_left),
    ),
    (Filter("role", fixed(list(unreachable.ROLES), _role)),),
)  # fmt: skip
CHANNELS = Listing(
    "channels", "delivery", Permission.DELIVERY_READ, delivery.resting,
    (
        Column("channel", words=_channel), Column("reason", "long", _halted, "cause"),
        Column("since", "moment"), Column("until", "moment"),
    ),
    searched=False,
)  # fmt: skip
