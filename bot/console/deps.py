"""The operator behind a console session, and the community they steer."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from bot.deps import console_visitor, stack_of
from core.actor import Actor, Role
from core.errors import UserError
from core.i18n import Translator
from services import actors


@dataclass(frozen=True, slots=True)
class Operator:
    """Who looks, where, in which language, by which session."""

    actor: Actor
    community: UUID
    t: Translator
    token: str


async def operator_of(request: Request) -> Operator:
    """Require a session of somebody who is operator of a community now."""
    visitor = await console_visitor(request)
    async with stack_of(request).db.reading() as session:
        actor = await actors.actor(session, visitor.person, way="console")
        profile = await actors.profile(session, visitor.person)
    for grant in actor.grants:
        if grant.role is Role.OPERATOR:
            return Operator(actor, grant.community, Translator(profile.lang), visitor.token)
    raise UserError("not-allowed", status=403)


ByOperator = Annotated[Operator, Depends(operator_of)]
