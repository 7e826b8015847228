"""登记住址, 绑定老人: which flat, which elder; then it is for others to confirm."""

from dataclasses import replace
from uuid import UUID

from cards import bindings as cards
from cards.talk import say
from core.act import Reply
from core.card import Card
from core.crypto import new_token
from core.errors import UserError
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn
from services import notices
from services.people import bindings, flats, requests, spoken
from services.people.requests import Request, Wish
from services.points.queries import community_of

NAME = "bind"
_FLAT, _ELDER = "flat", "elder"


async def begin_home(turn: Turn, text: str) -> Step:
    """Go on with the flat that was said, else ask for it."""
    standing = Standing(NAME, _FLAT, {}, new_token(6))
    if spoken.leaving(text):
        return await _leave(turn)
    if spoken.flat_of(text) is not None:
        return await _flat(turn, standing, text)
    return await _ask_flat(turn, standing)


async def begin_elder(turn: Turn, text: str) -> Step:
    """Go on with the elder who was named by flat or telephone, else ask."""
    data = {"relation": spoken.relation_to_elder(text) or ""}
    standing = Standing(NAME, _ELDER, data, new_token(6))
    if spoken.flat_of(text) is not None or spoken.long_number(text):
        return await _elder(turn, standing, text)
    return Ask(standing, cards.ask_elder(turn.t))


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take what was said for the step that waits."""
    again = replace(standing, ref=new_token(6))
    if standing.step == _FLAT:
        if given.text is None or spoken.flat_of(given.text) is None:
            return await _ask_flat(turn, again, hint="bind-home-not-read")
        return await _flat(turn, again, given.text)
    if given.text is None:
        return Ask(again, cards.ask_elder(turn.t))
    return await _elder(turn, again, given.text)


def cancel(turn: Turn) -> Step:
    """Leave everything as it was."""
    return Abort(say(turn.t("flow-cancelled")))


async def _ask_flat(turn: Turn, standing: Standing, hint: str = "bind-home-ask-next") -> Step:
    assert turn.by.person is not None
    lived = await flats.lived_in(turn.session, turn.by.person)
    return Ask(standing, cards.ask_flat([one.place for one in lived], turn.t, hint=hint))


async def _flat(turn: Turn, standing: Standing, text: str) -> Step:
    flat = spoken.flat_of(text)
    assert flat is not None
    community = community_of(turn.by)
    found = await flats.matching(turn.session, community, flat) if flat.door else []
    if len(found) == 1:
        return await wanted(turn, found[0].home)
    if found:
        return Ask(standing, cards.choose_flat(found[: flats.NEAREST], turn.t, exact=True))
    near = await flats.nearest(turn.session, community, flat)
    if near:
        return Ask(standing, cards.choose_flat(near, turn.t, exact=False))
    return await _ask_flat(turn, standing, hint="bind-home-not-there")


async def wanted(turn: Turn, home: UUID, wish: Wish | None = None) -> Step:
    """Ask the workers to join somebody to a flat; whoever lives elsewhere says first what for."""
    assert turn.by.person is not None
    lived = await flats.lived_in(turn.session, turn.by.person)
    if wish is None and lived and all(one.home != home for one in lived):
        new = await flats.door(turn.session, home)
        return Done((Reply(cards.move_or_more(lived, new, turn.t)),))
    try:
        one = await bindings.ask_home(
            turn.session, turn.by, home=home, wish=wish or Wish.JOIN, now=turn.now
        )
    except UserError as error:
        return await _waits(turn, error)
    return await _told(turn, one, [])


async def _leave(turn: Turn) -> Step:
    """Ask the workers to note that somebody has left; of several flats, the newest."""
    assert turn.by.person is not None
    lived = await flats.lived_in(turn.session, turn.by.person)
    if not lived:
        raise UserError("lives-not-here", status=409)
    return await wanted(turn, lived[0].home, Wish.LEAVE)


async def _elder(turn: Turn, standing: Standing, text: str) -> Step:
    elder = await bindings.named_elder(
        turn.session, turn.by, community=community_of(turn.by), text=text, now=turn.now
    )
    if elder is None:
        return Ask(standing, cards.ask_elder(turn.t, hint="bind-elder-not-found"))
    relation = spoken.relation_to_elder(text) or standing.data["relation"]
    try:
        one = await bindings.ask_elder(
            turn.session, turn.by, elder=elder, relation=relation, now=turn.now
        )
    except UserError as error:
        return await _waits(turn, error)
    return await _told(turn, one, [elder])


async def _told(turn: Turn, one: Request, elder: list[UUID]) -> Step:
    """Pass a request on: to the elder it is about, and to the grid's workers."""
    told = await notices.tell(turn.session, elder, lambda t: cards.to_elder(one, t), now=turn.now)
    workers = await bindings.deciders(turn.session, one, now=turn.now)
    told += await notices.tell(
        turn.session, workers, lambda t: cards.to_worker(one, t), now=turn.now
    )
    return Done((Reply(cards.asked(one, turn.t, told=bool(told))),))


async def _waits(turn: Turn, error: UserError) -> Step:
    """Show the request that still waits, with the button that takes it back."""
    if error.key != "binding-waits":
        raise error
    assert turn.by.person is not None
    return Done((Reply(await _waiting(turn, turn.by.person)),))


async def _waiting(turn: Turn, person: UUID) -> Card:
    return cards.waits((await requests.waiting(turn.session, person))[0], turn.t)
