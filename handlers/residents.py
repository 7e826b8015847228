"""The grid's worker looks residents up, and writes down contacts, needs and moves by chat."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from cards import residents as cards
from cards.talk import say
from core.act import Act, Reply
from core.actor import Role
from core.card import Action
from core.errors import UserError
from handlers import bindings, proxy
from handlers.context import Context, Pressed
from services.people import contacts, flats, household, lookup, moves, needs, spoken
from services.people.household import Member
from services.people.lookup import Found, Hit
from services.people.spoken import Told

_STAFF = frozenset({Role.WORKER, Role.OPERATOR})
_Deed = Callable[[Context, UUID, UUID | None, str], Awaitable[list[Act]]]


async def look_up(ctx: Context) -> list[Act]:
    """查住户: one is opened, several are listed."""
    return await _for_one(ctx, ctx.text, "open")


async def elder_record(ctx: Context) -> list[Act]:
    """健康档案: what is known for the care of an elder."""
    return await _for_one(ctx, ctx.text, "care")


async def words(ctx: Context) -> list[Act] | None:
    """Take a worker's commands of several parts; None for all else."""
    form = spoken.form_of(ctx.text) if ctx.by.roles & _STAFF else None
    if form is None or form.kind not in _DEEDS:
        return None
    return await _for_one(ctx, form.who, form.kind, form.rest)


async def _for_one(ctx: Context, text: str, deed: str, rest: str = "") -> list[Act]:
    found = await lookup.find(ctx.session, ctx.by, text)
    hits = await _meant(ctx, found, deed)
    if len(hits) == 1:
        return await _DEEDS[deed](ctx, hits[0].home, hits[0].person, rest)
    if not hits:
        return [Reply(cards.nothing(found.nearest, ctx.t, elsewhere=found.elsewhere))]
    return await _list(ctx, hits, 0, deed=deed, text=text, rest=rest)


async def _meant(ctx: Context, found: Found, deed: str) -> list[Hit]:
    """Leave flats to what is done with flats; for an elder's care take elders where there are."""
    hits = [one for one in found.hits if one.person is not None or deed in _OF_FLATS]
    hits = hits or await _living_in(ctx, found.hits)
    elders = [one for one in hits if one.elder]
    return elders if deed == "care" and elders else hits


async def _living_in(ctx: Context, doors: tuple[Hit, ...]) -> list[Hit]:
    """Turn the flats that were meant into the people who live there."""
    found: list[Hit] = []
    for at in doors[: lookup.PAGE]:
        found += await lookup.living_in(ctx.session, ctx.by, at)
    return found


async def _list(
    ctx: Context, hits: list[Hit], start: int, *, deed: str, text: str, rest: str
) -> list[Act]:
    await lookup.shown(ctx.session, ctx.by, hits[start : start + lookup.PAGE], now=ctx.now)
    return [Reply(cards.listing(hits, start, ctx.t, deed=deed, text=text, rest=rest))]


async def more(ctx: Context, pressed: Pressed) -> list[Act]:
    """更多 of a list: found again, as it is now."""
    deed, text, rest = (str(pressed.args[part]) for part in ("deed", "text", "rest"))
    hits = await _meant(ctx, await lookup.find(ctx.session, ctx.by, text), deed)
    start = int(pressed.args["start"])
    return await _list(ctx, hits, start, deed=deed, text=text, rest=rest)


async def pick(ctx: Context, pressed: Pressed) -> list[Act]:
    """Go on with the one who was chosen from a list."""
    person = UUID(pressed.args["person"]) if pressed.args["person"] else None
    deed = _DEEDS[pressed.args["deed"]]
    return await deed(ctx, UUID(pressed.args["home"]), person, pressed.args["rest"])


async def _open(ctx: Context, home: UUID, person: UUID | None, _rest: str) -> list[Act]:
    seen = await household.opened(ctx.session, ctx.by, home=home, now=ctx.now)
    return [Reply(cards.record(seen, ctx.t, focus=person))]


async def _care(ctx: Context, home: UUID, person: UUID | None, _rest: str) -> list[Act]:
    seen = await household.opened(ctx.session, ctx.by, home=home, now=ctx.now)
    return [Reply(cards.care(_member(seen.members, person), seen.door.place, ctx.t))]


def _member(members: tuple[Member, ...], person: UUID | None) -> Member:
    found = next((one for one in members if one.person == person), None)
    if found is None:
        raise UserError("lives-not-here", status=409)
    return found


async def care(ctx: Context, pressed: Pressed) -> list[Act]:
    """关爱资料 of an elder, from the flat's record."""
    person = UUID(pressed.args["person"])
    doors = await flats.lived_in(ctx.session, person)
    if not doors:
        raise UserError("person-lives-nowhere", status=409)
    return await _care(ctx, doors[0].home, person, "")


async def _invite(ctx: Context, home: UUID, _person: UUID | None, _rest: str) -> list[Act]:
    door = await flats.door(ctx.session, home)
    return [Reply(await bindings.invitation(ctx, home=home, whom=door.place))]


async def _invite_family(ctx: Context, _home: UUID, person: UUID | None, _rest: str) -> list[Act]:
    name = await _name(ctx, person)
    return [Reply(await bindings.invitation(ctx, elder=person, whom=name))]


async def _proxy(ctx: Context, _home: UUID, person: UUID | None, _rest: str) -> list[Act]:
    assert person is not None
    return await proxy.begin(ctx, person)


async def _contact(ctx: Context, _home: UUID, person: UUID | None, rest: str) -> list[Act]:
    """Show what was understood before it is written."""
    told = spoken.contact_of(rest)
    if not told.name or not told.phone:
        raise UserError("contact-what")
    line = cards.contact_line(told, ctx.t)
    label = "contact-key-ask-next" if told.key_holder else "contact-ask-next"
    button = Action(
        "contact.add", ctx.t("action-add-contact"), "primary",
        args={"person": str(person), "rest": rest},
    )  # fmt: skip
    title = ctx.t("contact-ask", name=await _name(ctx, person))
    return [Reply(cards.confirm(title, ctx.t(label, contact=line), button))]


async def add_contact(ctx: Context, pressed: Pressed) -> list[Act]:
    """Write a contact down, as it was shown."""
    told: Told = spoken.contact_of(pressed.args["rest"])
    person = UUID(pressed.args["person"])
    await contacts.add(ctx.session, ctx.by, person=person, told=told, now=ctx.now)
    name = await _name(ctx, person)
    return [Reply(say(ctx.t("contact-added", name=name, contact=told.name), tone="success"))]


async def end_contact(ctx: Context, pressed: Pressed) -> list[Act]:
    """Ask, then end a contact."""
    if not pressed.args.get("sure"):
        button = Action(
            "contact.end", ctx.t("action-end-contact-sure"), "danger",
            args={**pressed.args, "sure": True},
        )  # fmt: skip
        title = ctx.t("contact-ask-end", name=pressed.args["name"])
        return [Reply(cards.confirm(title, ctx.t("contact-ask-end-next"), button))]
    ended = await contacts.end(
        ctx.session, ctx.by, contact=UUID(pressed.args["contact"]), now=ctx.now
    )
    return [Reply(say(ctx.t("contact-ended", name=ended.name), tone="success"))]


async def _needs(ctx: Context, _home: UUID, person: UUID | None, rest: str) -> list[Act]:
    assert person is not None
    said = spoken.needs_of(rest)
    now_has = await needs.change(ctx.session, ctx.by, person=person, add=said, now=ctx.now)
    return await _needs_now(ctx, person, now_has)


async def _needs_off(ctx: Context, _home: UUID, person: UUID | None, rest: str) -> list[Act]:
    assert person is not None
    said = spoken.needs_of(rest)
    now_has = await needs.change(ctx.session, ctx.by, person=person, drop=said, now=ctx.now)
    return await _needs_now(ctx, person, now_has)


async def _needs_now(ctx: Context, person: UUID, codes: list[str]) -> list[Act]:
    name = await _name(ctx, person)
    said = cards.needs(codes, ctx.t) if codes else ctx.t("needs-nothing")
    return [Reply(say(ctx.t("needs-now", name=name), summary=said, tone="success"))]


async def change(ctx: Context, pressed: Pressed) -> list[Act]:
    """登记变动: what may have changed."""
    name = await _name(ctx, UUID(pressed.args["person"]))
    return [Reply(cards.changes(name, dict(pressed.args), ctx.t))]


async def out(ctx: Context, pressed: Pressed) -> list[Act]:
    """Ask with the consequence, then note that somebody has left the flat."""
    person, home = UUID(pressed.args["person"]), UUID(pressed.args["home"])
    name = await _name(ctx, person)
    if not pressed.args.get("sure"):
        door = await flats.door(ctx.session, home)
        button = Action(
            "resident.out", ctx.t("action-moved-out-sure"), "danger",
            args={**pressed.args, "sure": True},
        )  # fmt: skip
        title = ctx.t("moved-out-ask", name=name, place=door.place)
        return [Reply(cards.confirm(title, ctx.t("moved-out-ask-next"), button))]
    door = await moves.move_out(ctx.session, ctx.by, person=person, home=home, now=ctx.now)
    return [Reply(say(ctx.t("moved-out-done", name=name, place=door.place), tone="success"))]


async def died(ctx: Context, pressed: Pressed) -> list[Act]:
    """Ask with the consequence, then note that somebody has died."""
    person = UUID(pressed.args["person"])
    name = await _name(ctx, person)
    if not pressed.args.get("sure"):
        button = Action(
            "resident.died", ctx.t("action-died-sure"), "danger",
            args={**pressed.args, "sure": True},
        )  # fmt: skip
        title = ctx.t("died-ask", name=name)
        return [Reply(cards.confirm(title, ctx.t("died-ask-next"), button))]
    await moves.deceased(ctx.session, ctx.by, person=person, now=ctx.now)
    return [Reply(say(ctx.t("died-done", name=name)))]


async def _name(ctx: Context, person: UUID | None) -> str:
    """Name somebody to those who may read of them."""
    assert person is not None
    return await household.name_of(ctx.session, ctx.by, person)


_OF_FLATS = frozenset({"open", "invite"})
_DEEDS: dict[str, _Deed] = {
    "open": _open,
    "care": _care,
    "invite": _invite,
    "invite_family": _invite_family,
    "proxy": _proxy,
    "contact": _contact,
    "needs": _needs,
    "needs_off": _needs_off,
}
