"""What a card says of the spot: how to behave there, the address, who dialled, how the door went."""

from datetime import datetime

from core.card import Action, Field
from core.clock import local
from core.i18n import Translator
from models import Happened, Part, Severity, Status
from services.links import FIELD
from services.office import from_outside
from services.shops.links import walking
from services.tickets.chain import AT_ONCE
from services.tickets.queries import TicketView
from services.tickets.scene import Scene

DIAL = {"smoke": "119", "fire_point": "119", "gas": "119", "carbon_monoxide": "120",
        "sos": "120", "fall": "120"}  # fmt: skip
_WORKING = frozenset({Part.WORKER, Part.BACKUP, Part.OPERATOR})
_GUIDED = frozenset(DIAL)
_CALLED = {"gas": "gas", "fire": "fire_point", "fall": "fall", "medical": "sos", "help": "sos"}
_GOING_ON = frozenset({Status.OPEN, Status.ACKED})


def spot(view: TicketView, part: Part, t: Translator) -> list[Field]:
    """Say what to do there, where it is, and what has been done; workers read all of it."""
    if view.severity not in {Severity.LIFE, Severity.CARE}:
        return []
    found: list[Field] = []
    if part in _WORKING and view.status in _GOING_ON:
        if guide := _guide(view):
            found.append(Field(t("field-guide"), t(f"guide-{guide}")))
        if view.scene is not None:
            found += _place(view.scene, t)
        if view.next_at is not None and view.asks_until is None:
            found.append(Field(t("field-next"), t("next-wider", time=_hour(view.next_at))))
    return found + noted(view, t)


def noted(view: TicketView, t: Translator) -> list[Field]:
    """List who dialled, how the door went, and who saw the person, each with its time."""
    dialled, door, seen = [], [], []
    for one in view.noted:
        given = {"name": one.who, "time": _hour(one.at)}
        if one.kind is Happened.DIALLED:
            dialled.append(t("noted-dialled", number=one.data["number"], **given))
        elif one.kind is Happened.AT_DOOR:
            door.append(t(f"noted-{one.data['step']}", time=given["time"]))
        elif "seen" in one.data:
            seen.append(t(f"noted-seen-{one.data['seen']}", **given))
    between = t("sign-list")
    rows = (
        Field(t("field-dialled"), between.join(dialled)),
        Field(t("field-door"), between.join(door)),
        Field(t("field-seen"), between.join(seen[:1])),
    )
    return [one for one in rows if one.value]


def numbers(
    view: TicketView, part: Part, number: str, t: Translator, *, note: bool = True
) -> list[Action]:
    """Offer the number to dial and, with `note`, to note that one has dialled.

    A relative may be in another city, where the bare number reaches that city's people.
    """
    if view.status not in _GOING_ON:
        return []
    shown = from_outside(number, view.phone) if part is Part.FAMILY else number
    found = [Action("call", t("action-dial", number=shown), "danger", url=f"tel:{shown}")]
    known = {one.data["number"] for one in view.noted if one.kind is Happened.DIALLED}
    if note and part is not Part.ELDER and number not in known:
        words = t("action-dialled", number=number)
        found.append(Action("ticket.dialled", words, args={"number": number}))
    return found


def duty_line(view: TicketView, part: Part, t: Translator) -> list[Action]:
    """Offer the telephone on duty; those at home the office's too, while somebody sits there."""
    if view.severity not in {Severity.LIFE, Severity.CARE} or view.status not in _GOING_ON:
        return []
    home = part in {Part.ELDER, Part.FAMILY}
    phone = view.duty_phone or (view.phone if home and view.what in DIAL else "")
    if not phone or (not home and view.status is not Status.OPEN):
        return []
    return [Action("call", t("action-dial-duty", number=phone), url=f"tel:{phone}")]


def ways(view: TicketView, part: Part, t: Translator) -> list[Action]:
    """Link to telephones and door notes, which die with the ticket, and to the way there."""
    if part not in _WORKING or view.status not in _GOING_ON:
        return []
    if view.severity not in {Severity.LIFE, Severity.CARE}:
        return []
    found = [Action("ticket.people", t("action-people"), url=f"{FIELD}/tickets/{view.id}")]
    if view.scene is not None and view.scene.point is not None:
        way = walking(view.place, view.scene.point)["amap"]
        found.append(Action("ticket.way", t("action-way"), url=way))
    return found


def at_the_door(view: TicketView, t: Translator) -> list[Action]:
    """Offer to note that the person is seen, or that nobody opens; for the worker who is there."""
    kinds = {one.kind for one in view.noted}
    if view.severity not in {Severity.LIFE, Severity.CARE} or Happened.SEEN in kinds:
        return []
    seen = Action("ticket.seen", t("action-seen"), "primary")
    if Happened.AT_DOOR in kinds:
        return [seen, Action("door.next", t("action-door-next"))]
    return [
        seen,
        Action("door.note", t("action-no-answer"), args={"step": "no_answer"}),
        Action("door.note", t("action-no-entry"), args={"step": "no_entry"}),
    ]


def seen_by(view: TicketView, t: Translator) -> str | None:
    """Say in a sentence who saw the person and when; None while nobody has."""
    for one in view.noted:
        if one.kind is Happened.SEEN:
            return t("ticket-family-seen", name=one.who, time=_hour(one.at))
    return None


def _guide(view: TicketView) -> str | None:
    if view.call is not None:
        return _CALLED.get(view.call.kind)
    if view.what in AT_ONCE:
        return "manhole"
    return view.what if view.what in _GUIDED else None


def _place(scene: Scene, t: Translator) -> list[Field]:
    said = t(
        "address-aloud", street=scene.street, community=scene.community, address=scene.address,
        door=scene.door,
    )  # fmt: skip
    rows = [Field(t("field-aloud"), said.strip())]
    if scene.floor:
        rows.append(Field(t("field-floor"), t("floor-of", floor=scene.floor, floors=scene.floors)))
    return rows


def _hour(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"
