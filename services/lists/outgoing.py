"""Lists that leave the house as files: who may, why, and that it is written down."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from core.actor import Actor
from core.db import Session
from core.errors import FieldErrors, UserError
from services import audit
from services.lists.pages import Asked, Page
from services.permissions import At, Permission, require

MOST = 20_000
SHORTEST = 4


async def taken(
    session: Session,
    by: Actor,
    asked: Asked,
    *,
    name: str,
    reason: str,
    personal: bool,
    read: Callable[[Asked], Awaitable[Page]],
    now: datetime,
) -> Page:
    """Read all that was asked for, as the list shows it; personal lists want a reason."""
    require(by, Permission.TABLES_EXPORT, At(asked.community, anywhere=True))
    require_reason(reason, personal=personal)
    page = await read(Asked(asked.community, asked.words, asked.filters, "", MOST))
    if page.next is not None:
        raise UserError("export-too-many", status=422, most=MOST)
    audit.note(
        session, by, Permission.TABLES_EXPORT, community=asked.community, now=now,
        how_many=len(page.rows), reason=f"{name} {reason}".strip(),
    )  # fmt: skip
    return page


def require_reason(reason: str, *, personal: bool) -> None:
    """Raise FieldErrors where a reason is wanted and there is none."""
    if personal and len(reason.strip()) < SHORTEST:
        fault = UserError("export-reason", least=SHORTEST)
        raise FieldErrors("form-faulty", fields={"reason": fault})
