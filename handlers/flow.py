"""Flows: the step that waits gets the answer; its result is remembered and shown."""

from dataclasses import replace
from typing import Any

from cards.proxy import FOR
from cards.talk import say
from core.act import Act, Reply
from core.errors import UserError
from flows import apply, bind, correct, glass, install, resolve, silence, swap, transfer, uninstall
from flows.base import Answer, Ask, Done, Standing, Step
from handlers import proxy
from handlers.context import Context, Pressed
from services import conversation

_FLOWS = {
    flow.NAME: flow
    for flow in (resolve, bind, glass, install, uninstall, apply, silence, transfer, swap, correct)
}


async def take(ctx: Context, step: Step, *, going: Standing | None = None) -> list[Act]:
    """Remember where the flow stands now and show what the step returned.

    `going` is the flow that the step was taken in. Without it the step begins one: a flow that
    stands already waits under it and goes on afterwards.
    """
    if isinstance(step, Ask):
        stored = replace(step.standing, under=_under(ctx, step.standing, going)).stored()
        if ctx.by.through is not None:  # begun for somebody else, it goes on for them
            stored["data"] = {**stored["data"], FOR: str(ctx.by.person)}
        await conversation.stand(ctx.session, ctx.conversation, stored)
        return [Reply(step.card)]
    acts: list[Act] = list(step.acts) if isinstance(step, Done) else [Reply(step.card)]
    waits = ctx.standing
    if going is not None:
        waits = Standing(**going.under) if going.under else None
    await conversation.stand(ctx.session, ctx.conversation, None)
    return acts if waits is None else [*acts, *await asked_again(ctx, waits)]


def _under(ctx: Context, begun: Standing, going: Standing | None) -> dict[str, Any] | None:
    if going is not None:
        return going.under
    return _without(ctx.standing.stored(), begun.flow) if ctx.standing else None


def _without(stored: dict[str, Any] | None, name: str) -> dict[str, Any] | None:
    """Take a flow that was begun anew out of those that wait: each waits once."""
    if stored is None:
        return None
    under = _without(stored.get("under"), name)
    return under if stored["flow"] == name else {**stored, "under": under}


async def asked_again(ctx: Context, waits: Standing) -> list[Act]:
    """Go on with a flow that was interrupted: ask its question again."""
    return await answered(replace(ctx, standing=waits), waits, Answer())


async def clicked(ctx: Context, pressed: Pressed) -> list[Act]:
    """Answer the waiting step by a button; a button of an older question is refused."""
    standing = ctx.standing
    if standing is None or pressed.args.get("ref") != standing.ref:
        raise UserError("flow-step-is-past", status=409)
    return await answered(ctx, standing, Answer(choice=pressed.args["value"]))


async def answered(ctx: Context, standing: Standing, answer: Answer) -> list[Act]:
    """Hand the answer to the flow that waits, in the name of whom it was begun for."""
    if ctx.by.through is None and FOR in standing.data:
        return await _for_another(ctx, standing, answer)
    step = await _FLOWS[standing.flow].proceed(ctx.turn(), standing, answer)
    return await take(ctx, step, going=standing)


async def offered(ctx: Context, standing: Standing, text: str) -> list[Act] | None:
    """Hand words to the flow that waits; None where they are none of its choices."""
    if FOR in standing.data:
        return await answered(ctx, standing, Answer(text=text))
    step = await _FLOWS[standing.flow].proceed(ctx.turn(), standing, Answer(text=text))
    if isinstance(step, Ask) and step.unread:
        return None
    return await take(ctx, step, going=standing)


async def _for_another(ctx: Context, standing: Standing, answer: Answer) -> list[Act]:
    whom = await proxy.standing(ctx)
    if whom is None or str(whom.person) != standing.data[FOR]:
        await conversation.stand(ctx.session, ctx.conversation, None)
        return [Reply(say(ctx.t("proxy-is-over"), tone="warning"))]
    stand = await proxy.as_person(ctx, whom)
    return await proxy.acted(stand, whom, await answered(stand, standing, answer))


async def cancelled(ctx: Context, standing: Standing) -> list[Act]:
    """Leave the flow without effect."""
    return await take(ctx, _FLOWS[standing.flow].cancel(ctx.turn()), going=standing)
