"""Requests to be joined to a flat or an elder, and to leave a flat: asked, then decided once.

A request is for the workers of its grid, one for an elder also for the elder. What the register
says is shown to those who decide and never to whoever asks.
"""

from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from core.ports import Pace
from models import BindingKind, BindingState
from services import audit, linking, paces
from services.actors import actor
from services.duty import on_duty, workers_of
from services.people import families, flats, lookup, moves, spoken
from services.people.flats import Door
from services.people.invitations import Invited
from services.people.requests import RELATION, SAID, Request, Wish, request
from services.permissions import At, Permission, allowed, require

ASKS_AN_HOUR = 5


async def ask_home(
    session: Session, by: Actor, *, home: UUID, wish: Wish, now: datetime
) -> Request:
    """Ask to be joined to a flat, to have moved there, or to have left it.

    Raises UserError `lives-here-already`, `lives-not-here`, `binding-waits`, `binding-too-often`.
    """
    door = await flats.door(session, home)
    person = await _asking(session, by, door.community, now=now)
    lives = any(one.home == home for one in await flats.lived_in(session, person))
    if lives is not (wish is Wish.LEAVE):
        key = "lives-here-already" if lives else "lives-not-here"
        raise UserError(key, status=409, **({"place": door.place} if lives else {}))
    return await _asked(session, door, person, kind=BindingKind.HOME, home=home, now=now, wish=wish)


async def ask_elder(
    session: Session, by: Actor, *, elder: UUID, relation: str, now: datetime
) -> Request:
    """Ask to be joined to an elder as their relative; raises UserError as `ask_home` does."""
    doors = await flats.lived_in(session, elder)
    if not doors:
        raise UserError("person-lives-nowhere", status=409)
    person = await _asking(session, by, doors[0].community, now=now)
    if elder == person:
        raise UserError("family-self", status=409)
    if person in await families.relatives(session, elder):
        raise UserError("family-already", status=409)
    return await _asked(
        session, doors[0], person, kind=BindingKind.ELDER, elder=elder, relation=relation, now=now
    )


async def named_elder(
    session: Session, by: Actor, *, community: UUID, text: str, now: datetime
) -> UUID | None:
    """Find the elder whom a relative names by flat and name, or by telephone; None for no one.

    Both parts must be right, and there are few tries: nobody is to learn who lives where.
    """
    await _paced(session, by, now=now)
    flat = spoken.flat_of(text)
    whole = flat is not None and flat.door and flat.building
    if not (whole or spoken.long_number(text)) or spoken.groups_of(text):
        return None
    machine = Actor(None, "register", by.grants, machine=True)
    found = await lookup.find(session, machine, text)
    people = {one.person for one in found.hits if one.person and one.elder
              and one.community == community}  # fmt: skip
    return people.pop() if len(people) == 1 else None


async def _asking(session: Session, by: Actor, community: UUID, *, now: datetime) -> UUID:
    require(by, Permission.BINDINGS_ASK, At(community, person=by.person))
    assert by.person is not None
    await _paced(session, by, now=now)
    return by.person


async def _paced(session: Session, by: Actor, *, now: datetime) -> None:
    asks = Pace(f"binding:{by.person}", ASKS_AN_HOUR * 2, 3600)
    if await paces.take(session, [asks], now=now, life=True):
        raise UserError("binding-too-often", status=429)


async def _asked(
    session: Session, door: Door, person: UUID, *, kind: BindingKind, now: datetime,
    home: UUID | None = None, elder: UUID | None = None, relation: str = "",
    wish: Wish = Wish.JOIN, state: BindingState = BindingState.ASKED, by: UUID | None = None,
) -> Request:  # fmt: skip
    made = await session.execute(
        sql(
            """
            INSERT INTO binding (id, community_id, grid_id, kind, person_id, home_id, elder_id,
                                 relation, said, state, asked_at, decided_at, decided_by)
            VALUES (:id, :community, :grid, :kind, :person, :home, :elder, :relation, :said,
                    :state, :now, :decided, :by)
            ON CONFLICT (person_id, kind) WHERE state = 'asked' DO NOTHING RETURNING id
            """
        ),
        {
            "id": uuid7(), "community": door.community, "grid": door.grid, "kind": kind.value,
            "person": person, "home": home, "elder": elder, "state": state.value,
            "relation": seal_json(relation, RELATION) if relation else None,
            "said": seal_json({"wish": wish.value}, SAID), "now": now, "by": by,
            "decided": now if by else None,
        },
    )  # fmt: skip
    binding = made.scalar_one_or_none()
    if binding is None:
        raise UserError("binding-waits", status=409)
    return await request(session, binding)


async def deciders(session: Session, one: Request, *, now: datetime) -> list[UUID]:
    """List the grid's workers on duty, all of its workers when nobody is; never the asker."""
    posts = (await on_duty(session, [one.grid], now=now)).get(one.grid, {})
    found = posts.get("worker") or (await workers_of(session, [one.grid])).get(one.grid, [])
    return [person for person in found if person != one.person]


async def withdraw(session: Session, by: Actor, *, binding: UUID, now: datetime) -> Request:
    """Take an own request back."""
    one = await request(session, binding)
    require(by, Permission.BINDINGS_ASK, At(one.community, person=one.person))
    ended = await session.execute(
        sql(
            """
            UPDATE binding SET state = 'withdrawn', decided_at = :now, decided_by = :person
            WHERE id = :id AND person_id = :person AND state = 'asked' RETURNING id
            """
        ),
        {"id": binding, "person": by.person, "now": now},
    )
    if ended.scalar_one_or_none() is None:
        raise UserError("binding-is-over", status=409)
    return await request(session, binding)


async def decide(
    session: Session, by: Actor, *, binding: UUID, yes: bool, now: datetime
) -> Request:
    """Confirm or refuse a request, once; the loser of two learns who decided.

    Raises UserError `binding-is-over`, `not-allowed`.
    """
    one = await _locked(session, by, binding, now=now)
    if yes:
        await _fulfil(session, by, one, now=now)
    return await _end(session, by, one, yes=yes, now=now)


async def same_as(
    session: Session, by: Actor, *, binding: UUID, person: UUID, now: datetime
) -> Request:
    """Confirm that the asker is this registered person: their account becomes that person's.

    Also after an invitation was used. Raises UserError `link-not-new` where the asker would lose
    something, `not-allowed` for somebody who does not live in the flat or has a chat.
    """
    one = await _locked(session, by, binding, now=now, joined=True)
    if not any(who.person == person and who.joinable for who in one.registered):
        raise UserError("person-not-joinable", status=409)
    if one.state is BindingState.CONFIRMED:  # what the invitation made, a moment ago
        await session.execute(
            sql("DELETE FROM residence WHERE person_id = :asker AND home_id = :home"),
            {"asker": one.person, "home": one.home},
        )
    channel = await session.execute(
        sql("SELECT channel FROM channel_account WHERE person_id = :asker ORDER BY id LIMIT 1"),
        {"asker": one.person},
    )
    await linking.merge(
        session, channel=str(channel.scalar_one_or_none()), newcomer=one.person, person=person,
        now=now,
    )  # fmt: skip
    await session.execute(
        sql("UPDATE binding SET person_id = :person WHERE id = :id"),
        {"person": person, "id": binding},
    )
    return await _end(session, by, await request(session, binding), yes=True, now=now)


async def invited_home(session: Session, by: Actor, invited: Invited, *, now: datetime) -> Request:
    """Join the bearer of a code to its flat, in the name of who made the code."""
    assert invited.home is not None
    assert by.person is not None
    door = await flats.door(session, invited.home)
    maker = await actor(session, invited.made_by)
    await moves.move_in(session, maker, person=by.person, home=door.home, now=now)
    return await _asked(
        session, door, by.person, kind=BindingKind.HOME, home=door.home, now=now,
        state=BindingState.CONFIRMED, by=invited.made_by,
    )  # fmt: skip


async def _locked(
    session: Session, by: Actor, binding: UUID, *, now: datetime, joined: bool = False
) -> Request:
    """Lock a request that the actor may decide and that still waits (or was just joined)."""
    await session.execute(sql("SELECT 1 FROM binding WHERE id = :id FOR UPDATE"), {"id": binding})
    one = await request(session, binding)
    at = At(one.community, one.grid, one.elder)
    what = Permission.BINDINGS_DECIDE if one.elder is None else Permission.FAMILY_DECIDE
    if by.person == one.person or not allowed(by, what, at):
        raise UserError("not-allowed", status=403)
    good = {BindingState.ASKED, BindingState.CONFIRMED} if joined else {BindingState.ASKED}
    if one.state not in good:
        raise UserError("binding-is-over", status=409)
    audit.note(
        session, by, what, community=one.community, subject=one.elder or one.person,
        thing=binding, now=now,
    )  # fmt: skip
    return one


async def _fulfil(session: Session, by: Actor, one: Request, *, now: datetime) -> None:
    if one.elder is not None:
        await families.link(
            session, by, elder=one.elder, relative=one.person, relation=one.relation, now=now
        )
        return
    assert one.home is not None
    does = {Wish.JOIN: moves.move_in, Wish.MOVE: moves.move, Wish.LEAVE: moves.move_out}
    await does[one.wish](session, by, person=one.person, home=one.home, now=now)


async def _end(session: Session, by: Actor, one: Request, *, yes: bool, now: datetime) -> Request:
    state = BindingState.CONFIRMED if yes else BindingState.REFUSED
    await session.execute(
        sql(
            """
            UPDATE binding SET state = :state, decided_at = :now, decided_by = :by WHERE id = :id
            """
        ),
        {"state": state.value, "now": now, "by": by.through or by.person, "id": one.id},
    )
    return await request(session, one.id)
