"""紧急查看: which flat, who of it, why, and whether really; then the record is shown once."""

from dataclasses import replace
from uuid import UUID

from cards.access import record
from cards.talk import question, say
from core.act import Reply
from core.crypto import new_token
from core.errors import UserError
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, unread
from services import glass, masks
from services.permissions import At

NAME = "glass"
REASONS = ("no_answer", "call", "missing")
_SURE, _NOT = "sure", "not"


async def begin(turn: Turn, words: str) -> Step:
    """Go on with the flat that was named at once, else ask for it."""
    standing = Standing(NAME, "place", {}, new_token(6))
    return await proceed(turn, standing, Answer(text=words)) if words else _ask(turn, standing)


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the answer of the step that waits and go on to the next."""
    if standing.step == "place":
        return await _placed(turn, standing, given)
    if standing.step == "reason":
        return _reasoned(turn, standing, given)
    allowed = dict(_choices(turn, standing))
    value = given.choice or next((one for one in allowed if allowed[one] == given.text), None)
    if value not in allowed:
        return unread(_ask(turn, standing, hint="flow-choose-one"))
    if standing.step == "who":
        person = next(one for one in standing.data["people"] if one["id"] == value)
        return _ask(turn, _next(standing, "reason", person=person))
    return await _finish(turn, standing) if value == _SURE else cancel(turn)


async def _placed(turn: Turn, standing: Standing, given: Answer) -> Step:
    if given.text is None:
        return _ask(turn, standing)
    found = await glass.at_flat(turn.session, turn.by, given.text)
    if not found:
        return _ask(turn, standing, hint="glass-no-flat")
    if any(masks.whole(turn.by, At(one.community, one.grid, one.person)) for one in found):
        raise UserError("glass-own-scope", status=409)
    if len(found) == 1 and await glass.is_broken(
        turn.session, turn.by, found[0].person, now=turn.now
    ):
        return await _shown(turn, found[0].person)
    people = [
        {"id": str(one.person), "name": masks.name(one.name), "place": one.place} for one in found
    ]
    if len(people) > 1:
        return _ask(turn, _next(standing, "who", people=people))
    return _ask(turn, _next(standing, "reason", person=people[0]))


def _reasoned(turn: Turn, standing: Standing, given: Answer) -> Step:
    said = " ".join((given.text or "").split())
    if given.choice in REASONS:
        said = turn.t(f"glass-reason-{given.choice}")
    if not said:
        return _ask(turn, standing)
    if len(said) > glass.REASON_LIMIT:
        raise UserError("glass-reason-wanted", limit=glass.REASON_LIMIT)
    return _ask(turn, _next(standing, "sure", reason=said))


async def _finish(turn: Turn, standing: Standing) -> Step:
    person = UUID(standing.data["person"]["id"])
    await glass.break_for(
        turn.session, turn.by, person, reason=standing.data["reason"], now=turn.now
    )
    return await _shown(turn, person)


async def _shown(turn: Turn, person: UUID) -> Step:
    seen, until = await glass.look(turn.session, turn.by, person, now=turn.now)
    return Done((Reply(record(seen, until, turn.t)),))


def cancel(turn: Turn) -> Step:
    """Leave the glass whole."""
    return Abort(say(turn.t("glass-left")))


def _next(standing: Standing, step: str, **more: object) -> Standing:
    return replace(standing, step=step, data=standing.data | more, ref=new_token(6))


def _choices(turn: Turn, standing: Standing) -> list[tuple[str, str]]:
    t, data = turn.t, standing.data
    if standing.step == "who":
        return [
            (one["id"], t("glass-person", number=number, name=one["name"]))
            for number, one in enumerate(data["people"], 1)
        ]
    if standing.step == "reason":
        return [(one, t(f"glass-reason-{one}")) for one in REASONS]
    if standing.step == "sure":
        return [(_SURE, t("glass-sure")), (_NOT, t("glass-not"))]
    return []


def _ask(turn: Turn, standing: Standing, hint: str | None = None) -> Ask:
    if standing.step == "sure":
        person = standing.data["person"]
        title = turn.t("glass-ask-sure", name=person["name"], place=person["place"])
        summary = turn.t("glass-next-sure", reason=standing.data["reason"])
    else:
        title = turn.t(f"glass-ask-{standing.step}")
        summary = turn.t(hint) if hint else turn.t(f"glass-next-{standing.step}")
    card = question(
        f"flow:{NAME}:{standing.ref}", title, summary, _choices(turn, standing),
        {"ref": standing.ref}, ticket=None, version=1,
    )  # fmt: skip
    return Ask(standing, card)
