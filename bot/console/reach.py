"""What did not arrive, whom nothing reaches, which channels rest; and sending again."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.deps import InStack
from core.clock import utcnow
from core.i18n import Translator
from services import pauses, undelivered, unreachable
from services.permissions import Permission

router = APIRouter(prefix="/api/console", tags=["console"])
_Letter = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/undelivered", **asks(Permission.DELIVERY_READ))
async def read_undelivered(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List messages that were given up, each with its reason in words."""
    async with stack.db.reading() as session:
        found = await undelivered.letters(session, by.actor, community=by.community)
    return {"letters": [_letter(one, by.t) for one in found]}


@router.post("/undelivered/resend", **asks(Permission.DELIVERY_RESEND))
async def resend_all(by: ByOperator, stack: InStack) -> dict[str, int]:
    """Try all of them again; tells how many."""
    now = utcnow()
    return {
        "resent": await stack.db.run(
            lambda s: undelivered.resend_all(s, by.actor, community=by.community, now=now)
        )
    }


@router.post("/undelivered/{letter}/resend", **asks(Permission.DELIVERY_RESEND))
async def resend(letter: _Letter, by: ByOperator, stack: InStack) -> dict[str, int]:
    """Try one again; 0 when it is on its way already."""
    now = utcnow()
    done = await stack.db.run(
        lambda s: undelivered.resend(
            s, by.actor, community=by.community, letter=letter, now=now
        )
    )  # fmt: skip
    return {"resent": int(done)}


@router.get("/unreachable", **asks(Permission.DELIVERY_READ))
async def read_unreachable(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List workers, elders and relatives to whom no channel leads now."""
    async with stack.db.reading() as session:
        found = await unreachable.people(session, by.actor, community=by.community)
    return {"people": [asdict(one) for one in found]}


@router.get("/channels", **asks(Permission.DELIVERY_READ))
async def read_channels(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List channels that rest, why, since when and until when."""
    async with stack.db.reading() as session:
        found = await pauses.listing(session, by.actor, community=by.community, now=utcnow())
    return {"resting": [_pause(one, by.t) for one in found]}


def _letter(one: undelivered.Letter, t: Translator) -> dict[str, Any]:
    what = t(f"what-{one.what}") if one.what else ""
    return {
        **asdict(one),
        "what": what,
        "channel_name": t(f"channel-{one.channel}"),
        "why": t(f"undelivered-{one.cause}"),
    }


def _pause(one: pauses.Pause, t: Translator) -> dict[str, Any]:
    cause = one.reason.removeprefix("halted-")
    return {
        "channel": one.channel,
        "name": t(f"channel-{one.channel}"),
        "why": t(f"halted-{cause}"),
        "since": one.since,
        "until": one.until,
    }
