"""The card of a ticket, for each part that a person can have in it."""

from datetime import datetime, timedelta
from uuid import UUID

from cards.scene import DIAL, at_the_door, duty_line, numbers, seen_by, spot, ways
from core.card import Action, Card, Field, Style, Tone
from core.clock import local
from core.i18n import Translator
from models import Part, Severity, Status
from services.ingest.late import LATE
from services.office import from_outside
from services.tickets.chain import AT_ONCE
from services.tickets.flapping import RINGS, may_be_quiet
from services.tickets.queries import TicketView
from services.tickets.stairs import ALONE
from services.tickets.storm import CARDS
from services.tickets.watch import PROMISES

BUTTONS = 6  # of a card in WeChat Work
_NO_RING_INSIDE = frozenset({"gas", "carbon_monoxide"})


def ticket_card(view: TicketView, part: Part, viewer: UUID, t: Translator) -> Card:
    """Show a ticket to one person: same key over all versions, buttons as their part allows."""
    return Card(
        key=f"ticket:{view.id}",
        title=title(view, t),
        summary=_summary(view, part, viewer, t),
        fields=tuple(fields(view, part, t)),
        actions=tuple(actions(view, part, viewer, t)),
        tone=tone(view),
        version=view.version,
        ticket=str(view.id),
    )


def title(view: TicketView, t: Translator) -> str:
    """Name what and where; practice says first that it is practice."""
    key = "ticket-title-drill" if view.drill else "ticket-title"
    return t(key, what=t(f"what-{view.what}"), place=view.place)


def tone(view: TicketView) -> Tone:
    """Say by colour how it stands."""
    if view.status is Status.CLOSED:
        return "success"
    return "warning" if view.status in {Status.RESOLVED, Status.ACKED} else "danger"


def _summary(view: TicketView, part: Part, viewer: UUID, t: Translator) -> str:
    if part in {Part.WORKER, Part.BACKUP, Part.OPERATOR}:
        return _summary_for_workers(view, viewer, t)
    who = "elder" if part is Part.ELDER else "family"
    if view.status is Status.OPEN:
        if part is Part.FAMILY and view.step >= 2:
            number = from_outside(DIAL.get(view.what, "110"), view.phone)
            return t("ticket-family-nobody-yet", number=number)
        if view.what in _NO_RING_INSIDE:
            return t(f"ticket-{who}-open-gas")
        return t(f"ticket-{who}-open")
    if view.status is Status.ACKED:
        if part is Part.FAMILY and (seen := seen_by(view, t)):
            return seen
        if view.arrived_at:
            return t(f"ticket-{who}-arrived", name=view.acked_by_name)
        return t(f"ticket-{who}-acked", name=view.acked_by_name)
    if view.status is Status.RESOLVED:
        return t(f"ticket-{who}-resolved", name=view.acked_by_name)
    return t(f"ticket-{who}-closed")


def _summary_for_workers(view: TicketView, viewer: UUID, t: Translator) -> str:
    if view.status is Status.OPEN:
        if view.what in _NO_RING_INSIDE:
            return t("ticket-worker-open-gas")
        if view.what == "fire_point":
            return t("ticket-worker-open-fire_point")
        if view.what in AT_ONCE:
            return t("ticket-worker-open-manhole")
        if view.what == "lane_blocked" and view.at_once:
            return t("ticket-worker-open-lane")
        if view.severity == Severity.PROPERTY:
            return t("ticket-worker-open-place")
        return t("ticket-worker-again") if view.epoch > 1 else t("ticket-worker-open")
    if view.status is Status.ACKED:
        said = going(view, viewer, t)
        return t("ticket-knock-first", then=said) if view.what in _NO_RING_INSIDE else said
    if view.status is Status.RESOLVED:
        return t("ticket-worker-resolved", name=view.acked_by_name)
    return t("ticket-worker-closed")


def going(view: TicketView, viewer: UUID, t: Translator) -> str:
    """Say to a worker how it stands with whoever has taken it, themselves or somebody else."""
    return t(_under_way(view, viewer), name=view.acked_by_name)


def _under_way(view: TicketView, viewer: UUID) -> str:
    """Choose the words while somebody has it: whoever goes is asked when they will be there."""
    own = view.acked_by == viewer
    if view.arrived_at:
        return "ticket-worker-silent" if own and view.overdue else "ticket-worker-arrived"
    if view.overdue:
        return "ticket-worker-late" if own else "ticket-worker-late-other"
    return "ticket-worker-when" if own and view.promised_at is None else "ticket-worker-acked"


def fields(view: TicketView, part: Part, t: Translator) -> list[Field]:
    """List place and time, and for those who work on it number, grid and who was sent."""
    rows = [Field(t("field-place"), view.place), Field(t("field-time"), at(view.opened_at))]
    late = view.opened_at - view.alarm_at
    if late >= LATE:
        rows[1] = Field(t("field-time"), at(view.alarm_at))
        rows.append(Field(t("field-late"), t("late-minutes", minutes=late // timedelta(minutes=1))))
    if part in {Part.WORKER, Part.BACKUP, Part.OPERATOR}:
        rows += _for_workers(view, t)
    rows += _taken(view, t)
    rows += spot(view, part, t)
    if view.has_device and view.status is not Status.CLOSED:
        state = "field-device-recovered" if view.recovered_at else "field-device-alarming"
        rows.append(Field(t("field-device"), t(state)))
    return rows + signs(view, part, t)


def _taken(view: TicketView, t: Translator) -> list[Field]:
    """Name who has it, since when, and when they arrived."""
    if not view.acked_by_name or view.acked_at is None:
        return []
    rows = [Field(t("field-worker"), f"{view.acked_by_name} {at(view.acked_at)}")]
    if view.promised_at and view.arrived_at is None and view.status is Status.ACKED:
        rows.append(Field(t("field-promised"), at(view.promised_at)))
    if view.arrived_at is not None:
        rows.append(Field(t("field-arrived"), at(view.arrived_at)))
    return rows


def signs(view: TicketView, part: Part, t: Translator) -> list[Field]:
    """Say in one line what the flat's devices say, and in another what is unusual."""
    if part not in {Part.WORKER, Part.BACKUP, Part.OPERATOR}:
        return []
    said = [
        t(
            f"sign-{one.says.value}", device=t(f"kind-{one.kind}"), value=round(one.value),
            time=at(one.at) if one.at else t("sign-never"),
        )
        for one in view.signs.devices
    ]  # fmt: skip
    unusual = [
        t(f"unusual-{one.metric}", usual=f"{one.usual:%H:%M}", now=f"{one.now:%H:%M}")
        for one in view.signs.unusual
    ]
    found = [Field(t("field-signs"), t("sign-list").join(said))] if said else []
    if unusual:
        found.append(Field(t("field-unusual"), t("sign-list").join(unusual)))
    return found


def _for_workers(view: TicketView, t: Translator) -> list[Field]:
    rows: list[Field] = []
    rows.append(Field(t("field-number"), f"{view.number}"))
    if view.grid:
        rows.append(Field(t("field-grid"), view.grid))
    if view.beside >= CARDS:
        rows.append(Field(t("field-beside"), t("tickets-beside", count=view.beside)))
    if view.here:
        others = t("word-list").join(t(f"what-{what}") for what in view.here)
        rows.append(Field(t("field-here"), others))
    rows += _stair(view, t)
    if view.flaps >= RINGS and view.status is not Status.CLOSED:
        rows.append(Field(t("field-flapping"), _flaps(view, t)))
    if view.unprotected:
        rows.append(Field(t("field-unprotected"), t("word-list").join(view.unprotected)))
    if view.assigned_to_name and view.status is Status.OPEN:
        rows.append(Field(t("field-sent"), view.assigned_to_name))
    return rows


def _stair(view: TicketView, t: Translator) -> list[Field]:
    """Name the other flats of the stair, first those from which somebody cannot walk out."""
    mates, rows = view.mates, []
    if view.status is Status.CLOSED or mates == ALONE:
        return []
    if mates.own_first:
        rows.append(Field(t("field-stair-first"), t("stair-this-one")))
    if mates.first:
        rows.append(Field(t("field-stair-first"), t("word-list").join(mates.first)))
    if mates.others:
        names = t("word-list").join(mates.others)
        rows.append(
            Field(
                t("field-stair"),
                t("stair-and-more", names=names, count=mates.more) if mates.more else names,
            )
        )
    return rows


def _flaps(view: TicketView, t: Translator) -> str:
    """Say that the device alarms again and again, and whether it goes on ringing."""
    if may_be_quiet(view.what, view.severity):
        return t("flapping-quiet", count=view.flaps)
    return t("flapping-rings", count=view.flaps)


def at(moment: datetime) -> str:
    """Write a moment in the community's time."""
    return local(moment).strftime("%m-%d %H:%M")


def actions(view: TicketView, part: Part, viewer: UUID, t: Translator) -> list[Action]:
    """Offer the next step to whoever works on it, and the number to dial."""
    found: list[Action] = []
    if part in {Part.WORKER, Part.BACKUP, Part.OPERATOR}:
        if view.status is Status.OPEN:
            found.append(Action("ticket.ack", t("action-ack"), "primary"))
        elif view.status is Status.ACKED and view.acked_by == viewer:
            found += under_way(view, t)
            if view.here_open:
                found.append(Action("ticket.take_along", t("action-take-along")))
        if view.pictured and view.status is not Status.CLOSED:
            url = f"/api/chat/pictures/tickets/{view.id}.jpg"
            found.append(Action("ticket.picture", t("action-see-place"), url=url))
        if view.flaps >= RINGS and view.status is not Status.CLOSED:
            found.append(Action("ticket.repair", t("action-repair")))
    if number := DIAL.get(view.what):
        crowded = sum(one.url is None for one in found) >= BUTTONS
        found += numbers(view, part, number, t, note=not crowded)
    return [*found, *duty_line(view, part, t), *ways(view, part, t)]


def under_way(view: TicketView, t: Translator) -> list[Action]:
    """Offer whoever goes there what they may do now, at most six buttons in all."""
    there = view.arrived_at is not None
    found: list[Action] = [] if there else [Action("ticket.arrive", t("action-arrive"), "primary")]
    crowded = view.here_open or view.flaps >= RINGS  # WeChat Work shows six buttons
    if not there and view.promised_at is None and not crowded:
        found += [
            Action(
                "ticket.promise", t("action-promise", minutes=minutes), args={"minutes": minutes}
            )
            for minutes in PROMISES
        ]
    door = at_the_door(view, t) if there else []
    style: Style = "primary" if there and not door else "default"
    found += [
        *door,
        Action("ticket.resolve", t("action-resolve"), style),
        Action("ticket.help", t("action-help")),
    ]
    # Whoever stands before a closed door is seldom relieved; in words they may be.
    return [*found, *([] if len(door) > 1 else [Action("ticket.transfer", t("action-transfer"))])]
