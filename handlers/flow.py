"""Flows: the step that waits gets the answer; its result is remembered and shown."""

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


async def take(ctx: Context, step: Step) -> list[Act]:
    """Remember where the flow stands now and show what the step returned."""
    if isinstance(step, Ask):
        stored = step.standing.stored()
        if ctx.by.through is not None:  # begun for somebody else, it goes on for them
            stored["data"] = {**stored["data"], FOR: str(ctx.by.person)}
        await conversation.stand(ctx.session, ctx.conversation, stored)
        return [Reply(step.card)]
    await conversation.stand(ctx.session, ctx.conversation, None)
    return list(step.acts) if isinstance(step, Done) else [Reply(step.card)]


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
    flow = _FLOWS[standing.flow]
    return await take(ctx, await flow.proceed(ctx.turn(), standing, answer))


async def _for_another(ctx: Context, standing: Standing, answer: Answer) -> list[Act]:
    whom = await proxy.standing(ctx)
    if whom is None or str(whom.person) != standing.data[FOR]:
        await conversation.stand(ctx.session, ctx.conversation, None)
        return [Reply(say(ctx.t("proxy-is-over"), tone="warning"))]
    stand = await proxy.as_person(ctx, whom)
    return await proxy.acted(stand, whom, await answered(stand, standing, answer))


async def cancelled(ctx: Context, standing: Standing) -> list[Act]:
    """Leave the flow without effect."""
    return await take(ctx, _FLOWS[standing.flow].cancel(ctx.turn()))
