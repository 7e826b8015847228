"""A month's figures, and the month that is kept to compare with."""

from bot.console.deps import Operator
from bot.console.figures import Keep
from bot.console.lists.shape import Act, Column, Filter, Listing
from core.clock import utcnow
from core.db import Session
from core.i18n import Translator
from services.lists import figures
from services.permissions import Permission


async def _months(_session: Session, _by: Operator) -> list[tuple[str, str]]:
    return [(month, month) for month in figures.last_months(utcnow())]


def _what(t: Translator, code: str) -> str:
    return t(f"what-{code}")


FIGURES = Listing(
    "figures", "practice", Permission.FIGURES_READ, figures.of_month,
    (
        Column("what", words=_what), Column("grid"), Column("alarms", "number"),
        Column("closed", "number"), Column("ack_minutes", "number"),
        Column("ack_before", "number"), Column("close_minutes", "number"),
        Column("close_before", "number"), Column("undelivered", "number"),
        Column("false_share", "number"),
    ),
    (Filter("month", _months),),
    (
        Act("keep-month", "POST", "/api/console/figures/baseline", Permission.FIGURES_KEEP,
            on="list", body=Keep),
    ),
    searched=False,
)  # fmt: skip
