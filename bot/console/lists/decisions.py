"""What waits for a decision: attendances, and proposed limits."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from bot.deps import InStack
from cards import proposals as cards
from core.clock import utcnow
from core.db import Session
from core.i18n import Translator
from handlers import activities
from services import notices
from services.activities import attendance
from services.lists import decisions
from services.permissions import Permission
from services.rules import proposals

_HERE = "/api/console/lists"


def _approved(t: Translator, code: str) -> str:
    return t("list-approved") if code == "yes" else t("list-not-approved")


def _what(t: Translator, code: str) -> str:
    return t(f"what-{code}")


ATTENDANCES = Listing(
    "attendances", "offers", Permission.ATTENDANCE_APPROVE, decisions.attendances,
    (
        Column("title"), Column("starts_at", "moment"), Column("name", title="person"),
        Column("points", "number"), Column("approved", "flag"),
    ),
    (Filter("approved", fixed(["no", "yes"], _approved)),),
    (
        Act("approve", "POST", f"{_HERE}/attendances/{{activity}}/{{person}}",
            Permission.ATTENDANCE_APPROVE, when="waits"),
    ),
    searched=False, personal=True,
)  # fmt: skip
LIMITS = Listing(
    "limits", "settings", Permission.RULES_WRITE, decisions.limits,
    (
        Column("what", words=_what), Column("device"), Column("was", "number"),
        Column("limit", "number", title="wanted"), Column("was_span_s", "number"),
        Column("span_s", "number", title="wanted_span_s"),
    ),
    acts=(
        Act("accept-limit", "POST", f"{_HERE}/limits/{{id}}/accept", Permission.RULES_WRITE),
        Act("decline-limit", "POST", f"{_HERE}/limits/{{id}}/decline", Permission.RULES_WRITE,
            sure=True),
    ),
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the routes by which is decided; whoever it is about hears of it as in the chat."""

    async def approve(
        activity: UUID, person: UUID, by: ByOperator, stack: InStack
    ) -> dict[str, Any]:
        now = utcnow()

        async def work(session: Session) -> None:
            done = await attendance.approve(
                session, by.actor, activity=activity, person=person, now=now
            )
            await activities.tell_credited(session, done, person, now=now)

        await stack.db.run(work)
        return {"ok": True}

    async def accept(row: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
        await stack.db.run(lambda s: _decide(s, by, row, accept=True))
        return {"ok": True}

    async def decline(row: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
        await stack.db.run(lambda s: _decide(s, by, row, accept=False))
        return {"ok": True}

    approve.__doc__ = "Approve an attendance; the person hears of the points."
    accept.__doc__ = "Put a proposed limit in force for 90 days; who proposed it hears of it."
    decline.__doc__ = "Leave a rule as it is; who proposed a limit hears of it."
    router.post("/attendances/{activity}/{person}", **asks(Permission.ATTENDANCE_APPROVE))(approve)
    router.post("/limits/{row}/accept", **asks(Permission.RULES_WRITE))(accept)
    router.post("/limits/{row}/decline", **asks(Permission.RULES_WRITE))(decline)


async def _decide(session: Session, by: ByOperator, which: UUID, *, accept: bool) -> None:
    now = utcnow()
    one = await proposals.decide(session, by.actor, proposal=which, accept=accept, now=now)
    await notices.tell(
        session, [one.asked_by], partial(cards.decided, one, accepted=accept), now=now
    )
