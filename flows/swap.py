"""换班: which shift, and which colleague is asked to take it."""

from dataclasses import replace
from uuid import UUID

from cards import duty as cards
from cards.talk import question, say
from core.act import Reply
from core.crypto import new_token
from core.errors import UserError
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, unread
from services import notices, swaps

NAME = "swap"
_SHOWN = 8


async def begin(turn: Turn) -> Step:
    """Show the own shifts that have not begun."""
    found = (await swaps.mine(turn.session, turn.by, now=turn.now))[:_SHOWN]
    if not found:
        raise UserError("swap-none", status=409)
    labels = [
        [str(one.id), f"{one.grid} {cards.span(one.starts_at, one.ends_at, turn.t)}"]
        for one in found
    ]
    return _ask(turn, Standing(NAME, "shift", {"labels": labels}, new_token(6)))


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the shift, then the colleague, who is asked at once."""
    allowed = dict(standing.data["labels"])
    value = given.choice or next((one for one, said in allowed.items() if said == given.text), None)
    if value is None or value not in allowed:
        return unread(_ask(turn, standing, hint="flow-choose-one"))
    if standing.step == "shift":
        return await _ask_whom(turn, standing, value, allowed[value])
    data = standing.data
    swap = await swaps.ask(
        turn.session, turn.by, shift=UUID(data["shift"]), of=UUID(value), now=turn.now
    )
    await notices.tell(
        turn.session, [UUID(value)],
        lambda t: cards.swap_asked(swap, turn.by.name, data["said"], t), now=turn.now, at_once=True,
    )  # fmt: skip
    done = say(turn.t("swap-sent", name=allowed[value]), summary=turn.t("swap-sent-next"))
    return Done((Reply(done),))


async def _ask_whom(turn: Turn, standing: Standing, shift: str, said: str) -> Step:
    found = await swaps.colleagues(turn.session, turn.by, shift=UUID(shift), now=turn.now)
    if not found:
        raise UserError("swap-nobody", status=409)
    labels = [[str(person), name] for person, name in found[:_SHOWN]]
    data = {"shift": shift, "said": said, "labels": labels}
    return _ask(turn, replace(standing, step="whom", data=data, ref=new_token(6)))


def cancel(turn: Turn) -> Step:
    """Keep the shift."""
    return Abort(say(turn.t("swap-cancelled")))


def _ask(turn: Turn, standing: Standing, hint: str | None = None) -> Ask:
    card = question(
        f"flow:{NAME}:{standing.ref}", turn.t(f"swap-ask-{standing.step}"),
        turn.t(hint) if hint else turn.t("flow-how-to-answer"),
        [(value, label) for value, label in standing.data["labels"]], {"ref": standing.ref},
        ticket=None, version=1,
    )  # fmt: skip
    return Ask(standing, card)
