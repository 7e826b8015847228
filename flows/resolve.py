"""处置完成: what was found, who was seen, and a note or photo for those who want to add one."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from cards.away import how_long
from cards.proposals import proposal as proposal_card
from cards.proposals import sent as proposal_sent
from cards.talk import question, say
from core.act import Refresh, Reply
from core.crypto import new_token
from core.errors import UserError
from core.i18n import Translator
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, ticket_of, unread
from models import Severity, Status
from services import notices
from services.actors import names
from services.rules import proposals
from services.tickets import answer as tickets
from services.tickets import journal, remedies
from services.tickets.answer import Found, Seen
from services.tickets.chain import red_again
from services.tickets.queries import about, view

NAME = "resolve"
NOTE_LIMIT = 500
_SKIP = "skip"
_FOUND = (Found.REAL_HANDLED, Found.FALSE_ALARM, Found.FAULTY_DEVICE, Found.TEST)
_FOUND_BY_CALL = (Found.REAL_HANDLED, Found.MISTAKEN, Found.TEST)
_SAFETY_FIRST = frozenset({"life", "care"})


async def begin(turn: Turn, ticket: UUID) -> Step:
    """Ask what was found; refuse at once what could not be finished at the end."""
    seen = await view(turn.session, ticket)
    if seen.status is not Status.ACKED:
        raise UserError("ticket-ack-first" if seen.status is Status.OPEN else "ticket-is-over")
    data = {
        "ticket": str(ticket), "severity": seen.severity, "version": seen.version,
        "device": seen.has_device, "epoch": seen.epoch,
    }  # fmt: skip
    return _ask(turn, Standing(NAME, "found", data, new_token(6)))


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the answer of the step that waits and go on to the next."""
    if standing.step == "note":
        return await _note(turn, standing, given)
    allowed = dict(_choices(turn, standing))
    value = given.choice or _by_label(allowed, given.text)
    if value not in allowed:
        return unread(_ask(turn, standing, hint="flow-choose-one"))
    data = standing.data | {standing.step: value}
    following = "note"
    if standing.step == "found" and standing.data["severity"] in _SAFETY_FIRST:
        known = await journal.is_seen(turn.session, ticket_of(standing), standing.data["epoch"])
        following = "note" if known else "seen"
    return _ask(turn, replace(standing, step=following, data=data, ref=new_token(6)))


async def _note(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Collect a note and a photo in any order; 跳过 (or 完成) ends the flow."""
    data = dict(standing.data)
    if given.picture is not None:
        data["photo"] = given.picture
    elif given.text is not None:
        if len(given.text) > NOTE_LIMIT:
            raise UserError("note-too-long", limit=NOTE_LIMIT)
        data["note"] = given.text
    if given.choice != _SKIP and not ("note" in data and "photo" in data):
        return _ask(turn, replace(standing, data=data, ref=new_token(6)))
    return await _finish(turn, replace(standing, data=data))


async def _finish(turn: Turn, standing: Standing) -> Step:
    data, ticket = standing.data, ticket_of(standing)
    status = await tickets.resolve(
        turn.session,
        turn.by,
        ticket=ticket,
        found=Found(data["found"]),
        seen=Seen(data.get("seen", Seen.IN_PERSON)),
        note=data.get("note"),
        photo=data.get("photo"),
        now=turn.now,
    )
    if status is Status.OPEN:
        return Done((Refresh(ticket), Reply(say(turn.t("resolve-not-found"), tone="danger"))))
    said = turn.t("resolve-closed")
    if status is Status.RESOLVED:
        said = turn.t("resolve-wait-device", wait=_span(red_again(data["severity"]), turn.t))
    remedy = await _remedy(turn, ticket, Found(data["found"]), data["severity"])
    return Done((Refresh(ticket), Reply(say(said, tone="success")), *remedy))


async def _remedy(turn: Turn, ticket: UUID, found: Found, severity: str) -> list[Reply]:
    """Offer what would spare the next false alarm: the device's repair, or a report of absence."""
    if found is Found.FAULTY_DEVICE:
        await remedies.faulty(turn.session, ticket, now=turn.now)
        return [Reply(say(turn.t("remedy-faulty"), tone="info"))]
    if found is not Found.FALSE_ALARM:
        return []
    proposed = await _proposed(turn, ticket)
    if severity != Severity.CARE:
        return proposed
    known = await names(turn.session, await about(turn.session, ticket))
    return proposed + [
        Reply(how_long(person, name, turn.t, remedy=True)) for person, name in sorted(known.items())
    ]


async def _proposed(turn: Turn, ticket: UUID) -> list[Reply]:
    """Ask the operators for a limit that would have spared this alarm, where there is one."""
    one = await proposals.propose(turn.session, turn.by, ticket=ticket, now=turn.now)
    if one is None:
        return []
    await notices.tell(
        turn.session, await proposals.operators(turn.session, one),
        lambda t: proposal_card(one, t), now=turn.now,
    )  # fmt: skip
    return [Reply(proposal_sent(one, turn.t))]


def _span(wait: timedelta, t: Translator) -> str:
    hours, minutes = divmod(round(wait.total_seconds() / 60), 60)
    return t("wait-hours", count=hours) if hours else t("wait-minutes", count=minutes)


def cancel(turn: Turn) -> Step:
    """Leave the ticket as it was."""
    return Abort(say(turn.t("flow-cancelled")))


def _choices(turn: Turn, standing: Standing) -> list[tuple[str, str]]:
    t = turn.t
    if standing.step == "found":
        order = _FOUND if standing.data["device"] else _FOUND_BY_CALL
        return [(value.value, t(f"found-{value.value}")) for value in order]
    if standing.step == "seen":
        return [(value.value, t(f"seen-{value.value}")) for value in Seen]
    written = "note" in standing.data or "photo" in standing.data
    return [(_SKIP, t("action-finish" if written else "action-skip"))]


def _ask(turn: Turn, standing: Standing, hint: str | None = None) -> Ask:
    card = question(
        f"flow:{NAME}:{standing.data['ticket']}:{standing.ref}",
        turn.t(f"resolve-ask-{standing.step}"),
        turn.t(hint) if hint else turn.t("flow-how-to-answer"),
        _choices(turn, standing),
        {"ref": standing.ref},
        ticket=ticket_of(standing),
        version=standing.data["version"],
    )
    return Ask(standing, card)


def _by_label(allowed: dict[str, str], text: str | None) -> str | None:
    return next((value for value, label in allowed.items() if label == text), None)
