"""Flows: the step that waits gets the answer; its result is remembered and shown."""

from core.act import Act, Reply
from core.errors import UserError
from flows import apply, glass, install, resolve, uninstall
from flows.base import Answer, Ask, Done, Standing, Step
from handlers.context import Context, Pressed
from services import conversation

_FLOWS = {flow.NAME: flow for flow in (resolve, glass, install, uninstall, apply)}


async def take(ctx: Context, step: Step) -> list[Act]:
    """Remember where the flow stands now and show what the step returned."""
    if isinstance(step, Ask):
        await conversation.stand(ctx.session, ctx.conversation, step.standing.stored())
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
    """Hand the answer to the flow that waits."""
    flow = _FLOWS[standing.flow]
    return await take(ctx, await flow.proceed(ctx.turn(), standing, answer))


async def cancelled(ctx: Context, standing: Standing) -> list[Act]:
    """Leave the flow without effect."""
    return await take(ctx, _FLOWS[standing.flow].cancel(ctx.turn()))
