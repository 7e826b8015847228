"""The cards of tickets that a person opened: an emergency in chat, a talk with a worker."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from cards.bell import bell
from cards.care import care_card
from cards.scene import duty_line, numbers, seen_by, ways
from cards.ticket import BUTTONS, at, fields, going, ticket_card, under_way
from core.card import Action, Card, Field, Tone
from core.clock import local
from core.i18n import Translator
from models import Part, Severity, Status
from services import masks
from services.language.emergency import numbers_to_dial
from services.tickets.bell import BELL
from services.tickets.callers import HANDOVER
from services.tickets.queries import Call, TicketView

_WORKING = frozenset({Part.WORKER, Part.BACKUP, Part.OPERATOR})
_NOBODY_YET = 2  # steps after which everyone on duty has been rung in vain


def card_of(view: TicketView, part: Part, viewer: UUID, t: Translator, *, now: datetime) -> Card:
    """Show a ticket to one person, whatever it came from."""
    if view.what == BELL:
        return bell(view, t)
    if view.call is None:
        if view.severity == Severity.CARE:
            return care_card(view, part, viewer, t, now=now)
        return ticket_card(view, part, viewer, t)
    if view.what == HANDOVER:
        return _talk(view, view.call, part, viewer, t, now=now)
    return _emergency(view, view.call, part, viewer, t)


def dial(kind: str, t: Translator) -> tuple[Action, ...]:
    """Offer the numbers of a kind; the assistant never claims to have called."""
    return tuple(
        Action("call", t("action-dial", number=number), "danger", url=f"tel:{number}")
        for number in numbers_to_dial(kind)
    )


def place_of(view: TicketView, t: Translator) -> str:
    """Name the place, or say that it is not known."""
    return view.place or t("place-unknown")


def _emergency(view: TicketView, call: Call, part: Part, viewer: UUID, t: Translator) -> Card:
    number = numbers_to_dial(call.kind)[0]
    if part is Part.CALLER and view.status is Status.OPEN and not call.withdrawn:
        title = t(
            "emergency-caller-told" if call.told else "emergency-caller-nobody", number=number
        )
    else:
        what = t(f"emergency-kind-{call.kind}")
        title = t("emergency-title", what=what, place=place_of(view, t))
    return Card(
        key=f"ticket:{view.id}",
        title=title,
        summary=_words(view, call, part, viewer, t),
        fields=tuple(_fields(view, call, part, t)),
        actions=tuple(_actions(view, call, part, viewer, t)),
        tone=_tone(view, taken_back=part is Part.CALLER and call.withdrawn),
        version=view.version,
        ticket=str(view.id),
    )


def _tone(view: TicketView, *, taken_back: bool) -> Tone:
    if view.status is Status.CLOSED:
        return "success"
    return "danger" if view.status is Status.OPEN and not taken_back else "warning"


def _words(view: TicketView, call: Call, part: Part, viewer: UUID, t: Translator) -> str:
    who = "worker" if part in _WORKING else part.value
    if view.status is Status.CLOSED:
        return t(f"emergency-{who}-closed")
    if view.status is Status.OPEN:
        return _words_open(view, call, who, t)
    if who == "worker" and call.withdrawn:
        return t("emergency-worker-withdrawn")
    if who == "worker":
        return going(view, viewer, t)
    if who == "family" and (seen := seen_by(view, t)):
        return seen
    if view.arrived_at:
        return t(f"emergency-{who}-arrived", name=view.acked_by_name)
    return t(f"emergency-{who}-acked", name=view.acked_by_name)


def _words_open(view: TicketView, call: Call, who: str, t: Translator) -> str:
    if call.withdrawn:
        return t(f"emergency-{who}-withdrawn")
    if who == "worker":
        return t("ticket-worker-open-gas" if call.kind == "gas" else "emergency-worker-open")
    if who != "elder" and view.step >= _NOBODY_YET:
        return t("emergency-nobody-yet", number=numbers_to_dial(call.kind)[0])
    if who == "family":
        return t("emergency-family-open-gas" if call.kind == "gas" else "emergency-family-open")
    return t(f"emergency-advice-{call.kind}")


def _fields(view: TicketView, call: Call, part: Part, t: Translator) -> list[Field]:
    rows = [
        Field(t("field-place"), place_of(view, t)),
        Field(t("field-called"), at(view.opened_at)),
        *fields(view, part, t)[2:],
    ]
    if part in _WORKING:
        rows.append(Field(t("field-said"), call.said))
    return rows


def _actions(
    view: TicketView, call: Call, part: Part, viewer: UUID, t: Translator
) -> list[Action]:  # fmt: skip
    if view.status is Status.CLOSED:
        return []
    if part is Part.CALLER:
        back = Action("emergency.withdraw", t("action-withdraw"))
        return [*dial(call.kind, t), *([] if call.withdrawn else [back])]
    found = working(view, viewer, t) if part in _WORKING else []
    number = numbers_to_dial(call.kind)[0]
    crowded = sum(one.url is None for one in found) >= BUTTONS
    return [
        *found,
        *numbers(view, part, number, t, note=not crowded),
        *duty_line(view, part, t),
        *ways(view, part, t),
    ]


def working(view: TicketView, viewer: UUID, t: Translator) -> list[Action]:
    """Offer what a worker does with an emergency: take it, arrive, finish."""
    if view.status is Status.OPEN:
        return [Action("ticket.ack", t("action-ack"), "primary")]
    if view.acked_by != viewer:
        return []
    return under_way(view, t)


def _talk(
    view: TicketView, call: Call, part: Part, viewer: UUID, t: Translator, *, now: datetime
) -> Card:
    asked = part is Part.CALLER
    if part is Part.OPERATOR and view.acked_by != viewer:  # who it is, they learn by taking it
        call = replace(call, caller=masks.name(call.caller))
    return Card(
        key=f"ticket:{view.id}",
        title=_talk_title(view, call, t, asked=asked),
        summary=_talk_words(view, call, t, now, asked=asked),
        fields=tuple(_talk_fields(view, t, asked=asked)),
        actions=tuple(_talk_actions(view, call, viewer, t, asked=asked)),
        tone="success" if view.status is Status.CLOSED else "info",
        version=view.version,
        ticket=str(view.id),
    )


def _talk_title(view: TicketView, call: Call, t: Translator, *, asked: bool) -> str:
    if not asked:
        return t("handover-title", name=call.caller)
    if view.status is Status.OPEN:
        return t("handover-wait" if call.told else "handover-nobody", number=view.number)
    return t(f"handover-{view.status.value}", name=view.acked_by_name)


def _talk_words(view: TicketView, call: Call, t: Translator, now: datetime, *, asked: bool) -> str:
    if view.status is Status.CLOSED:
        return t("handover-ended")
    if view.status is not Status.OPEN:
        return t("handover-write" if asked else "handover-write-worker", name=call.caller)
    if not asked:
        return t("handover-take")
    if call.told:
        return t("handover-wait-next")
    if call.answers_from:
        day = "today" if local(now).strftime("%H:%M") < call.answers_from else "tomorrow"
        return t(f"handover-promise-{day}", time=call.answers_from)
    return t("handover-nobody-next")


def _talk_fields(view: TicketView, t: Translator, *, asked: bool) -> list[Field]:
    rows = [Field(t("field-number"), f"{view.number}")]
    if not asked:
        rows.append(Field(t("field-asked"), at(view.opened_at)))
        if view.place:
            rows.append(Field(t("field-place"), view.place))
    if view.acked_by_name and view.acked_at is not None:
        rows.append(Field(t("field-worker"), f"{view.acked_by_name} {at(view.acked_at)}"))
    return rows


def _talk_actions(
    view: TicketView, call: Call, viewer: UUID, t: Translator, *, asked: bool
) -> list[Action]:
    if view.status is Status.CLOSED:
        return []
    if asked:
        waits = view.status is Status.OPEN
        end = Action("handover.end", t("action-stop-waiting" if waits else "action-end-talk"))
        phone = Action("call", t("action-dial", number=call.phone), url=f"tel:{call.phone}")
        return [*([phone] if call.phone and not call.told else []), end]
    if view.status is Status.OPEN:
        return [Action("ticket.ack", t("action-ack"), "primary")]
    if view.acked_by != viewer:
        return []
    return [
        Action("handover.choose", t("action-answer", name=call.caller), "primary"),
        Action("ticket.resolve", t("action-end-talk")),
        Action("ticket.contact", t("action-contact")),
    ]
