"""转派: to whom, and why; the colleague hears both."""

from dataclasses import replace
from uuid import UUID

from cards.talk import question, say
from core.act import Refresh, Reply
from core.crypto import new_token
from core.errors import UserError
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, ticket_of, unread
from services import notices
from services.tickets import transfer

NAME = "transfer"
REASONS = ("far", "busy", "ending", "skill")
REASON_LIMIT = 200
_SHOWN = 8


async def begin(turn: Turn, ticket: UUID) -> Step:
    """Show the colleagues, those on duty and least busy first."""
    found = await transfer.colleagues(turn.session, turn.by, ticket=ticket, now=turn.now)
    if not found:
        raise UserError("transfer-nobody", status=409)
    people = {one["id"]: one["name"] for one in found[:_SHOWN]}
    labels = [[one["id"], _label(turn, one)] for one in found[:_SHOWN]]
    data = {"ticket": str(ticket), "people": people, "labels": labels}
    return _ask(turn, Standing(NAME, "whom", data, new_token(6)))


def _label(turn: Turn, one: dict[str, object]) -> str:
    key = "transfer-on-duty" if one["on_duty"] else "transfer-off-duty"
    return turn.t(key, name=str(one["name"]), count=str(one["open_tickets"]))


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the colleague, then the reason, which may be written freely."""
    allowed = dict(_choices(turn, standing))
    value = given.choice or next((one for one, said in allowed.items() if said == given.text), None)
    if standing.step == "whom":
        if value not in allowed:
            return unread(_ask(turn, standing, hint="flow-choose-one"))
        data = standing.data | {"to": value}
        return _ask(turn, replace(standing, step="why", data=data, ref=new_token(6)))
    reason = allowed.get(value or "") or (given.text or "").strip()
    if len(reason) > REASON_LIMIT:
        raise UserError("note-too-long", limit=REASON_LIMIT)
    if not reason:
        return _ask(turn, standing, hint="transfer-why-first")
    return await _finish(turn, standing, reason)


async def _finish(turn: Turn, standing: Standing, reason: str) -> Step:
    ticket, to = ticket_of(standing), UUID(standing.data["to"])
    await transfer.transfer(
        turn.session, turn.by, ticket=ticket, to=to, reason=reason, now=turn.now
    )
    await notices.tell(
        turn.session, [to],
        lambda t: say(t("transfer-told", name=turn.by.name, reason=reason), tone="warning"),
        now=turn.now, at_once=True,
    )  # fmt: skip
    name = standing.data["people"][standing.data["to"]]
    done = say(turn.t("transfer-done", name=name), summary=turn.t("transfer-next"), tone="success")
    return Done((Refresh(ticket), Reply(done)))


def cancel(turn: Turn) -> Step:
    """Leave the ticket in the hand that has it."""
    return Abort(say(turn.t("flow-cancelled")))


def _choices(turn: Turn, standing: Standing) -> list[tuple[str, str]]:
    if standing.step == "whom":
        return [(person, label) for person, label in standing.data["labels"]]
    return [(one, turn.t(f"transfer-why-{one}")) for one in REASONS]


def _ask(turn: Turn, standing: Standing, hint: str | None = None) -> Ask:
    card = question(
        f"flow:{NAME}:{standing.data['ticket']}:{standing.ref}",
        turn.t(f"transfer-ask-{standing.step}"),
        turn.t(hint) if hint else turn.t(f"transfer-next-{standing.step}"),
        _choices(turn, standing), {"ref": standing.ref}, ticket=ticket_of(standing), version=1,
    )  # fmt: skip
    return Ask(standing, card)
