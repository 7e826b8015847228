"""Drills, and the test rings that tell whom an alarm would not reach."""

from bot.console.lists.shape import Act, Column, Listing
from bot.console.practice import Begin
from core.i18n import Translator
from services.lists import practice
from services.permissions import Permission


def _state(t: Translator, code: str) -> str:
    return t(f"drill-is-{code}")


def _part(t: Translator, code: str) -> str:
    return t(f"role-{code}")


def _why(t: Translator, code: str) -> str:
    return t(f"bell-{code}")


DRILLS = Listing(
    "drills", "practice", Permission.TICKETS_READ, practice.drills,
    (
        Column("state", words=_state), Column("begins_at", "moment"),
        Column("ends_at", "moment"), Column("devices", "number"), Column("households", "flag"),
        Column("person", title="begun_by"),
    ),
    acts=(
        Act("begin-drill", "POST", "/api/console/drill", Permission.DRILLS_RUN, on="list",
            body=Begin),
        Act("end-drill", "POST", "/api/console/drill/end", Permission.DRILLS_RUN, sure=True,
            when="runs"),
    ),
    searched=False,
)  # fmt: skip
BELL = Listing(
    "bell", "practice", Permission.DELIVERY_READ, practice.missed,
    (
        Column("at", "moment"), Column("who"), Column("role", words=_part),
        Column("why", "long", _why, "cause"),
    ),
    acts=(
        Act("ring-bell", "POST", "/api/console/bell", Permission.BELL_TEST, on="list", sure=True),
    ),
)  # fmt: skip
