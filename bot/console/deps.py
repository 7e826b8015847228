"""Who sits before the command centre, and the community they see: somebody, or a screen on a wall."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from bot.deps import console_visitor, session_token, stack_of, words_of
from core.actor import CENTRE, Actor
from core.clock import utcnow
from core.errors import UserError
from core.i18n import Translator
from services import actors, login, masks, walls

_WALL_SEEN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Operator:
    """Who looks, where, in which language, by which session; `others` are communities to go to."""

    actor: Actor
    community: UUID
    t: Translator
    token: str
    others: tuple[UUID, ...] = ()


async def operator_of(request: Request) -> Operator:
    """Require a session of somebody who has a role in the command centre now, or of a wall screen.

    `?community=` chooses among several. A wall screen may ask and change nothing.
    """
    try:
        visitor = await console_visitor(request)
    except UserError as error:
        if error.status != 401 or (wall := await _wall(request)) is None:
            raise
        return wall
    async with stack_of(request).db.reading() as session:
        actor = await actors.actor(session, visitor.person, way="console")
        profile = await actors.profile(session, visitor.person)
    found = [grant.community for grant in actor.grants if grant.role in CENTRE]
    asked = request.query_params.get("community")
    here = next((one for one in found if asked is None or str(one) == asked), None)
    if here is None:
        raise UserError("not-allowed", status=403)
    return Operator(
        replace(actor, masked=visitor.masked), here, Translator(profile.lang), visitor.token,
        tuple(dict.fromkeys(found)),
    )  # fmt: skip


async def _wall(request: Request) -> Operator | None:
    """Find the wall screen of a request, None without one."""
    now, db = utcnow(), stack_of(request).db
    try:
        token = session_token(request, "wall")
        async with db.reading() as session:
            shown = await walls.shown(session, token, now=now)
    except UserError as error:
        if error.status == 401:
            return None
        raise
    if request.method != "GET":
        raise UserError("not-allowed", status=403)
    if shown.idle_until - now < login.IDLE["wall"] - _WALL_SEEN:  # not a write for each request
        await db.run(lambda session: walls.was_used(session, token, now=now))
    return Operator(shown.actor, shown.community, words_of(request), token)


ByOperator = Annotated[Operator, Depends(operator_of)]


async def person_of(by: ByOperator) -> Operator:
    """Require somebody who is a person: for what belongs to an account of one's own."""
    if by.actor.person is None:
        raise UserError("not-allowed", status=403)
    return by


async def unmasked(by: ByOperator) -> None:
    """Refuse what is a list of names while visitors are present, and on a wall."""
    masks.require_unmasked(by.actor)


ByPerson = Annotated[Operator, Depends(person_of)]
