"""The cards of a care ticket: elder and family are asked, the worker sees how they answer."""

from dataclasses import replace
from datetime import datetime
from math import ceil
from uuid import UUID

from cards.scene import seen_by
from cards.ticket import actions, fields, going, ticket_card
from core.card import Action, Card, Field
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from models import How, Part, Status
from services.tickets.queries import TicketView

_ASKED = frozenset({Part.ELDER, Part.FAMILY})
_CERTAIN = (How.VOICE, How.TOGETHER, How.GUESS)


def care_card(view: TicketView, part: Part, viewer: UUID, t: Translator, *, now: datetime) -> Card:
    """Show a care ticket to one person."""
    card = ticket_card(view, part, viewer, t)
    said = [
        Field(one.name, t(f"safe-said-{one.how.value}", time=f"{local(one.at):%H:%M}"))
        for one in view.answers
    ]
    return replace(
        card,
        summary=_summary(view, part, viewer, t, now=now),
        fields=(*fields(view, part, t), *said),
        actions=tuple(_asked(view, part, t) or _working(view, part, viewer, t)),
    )


def _summary(view: TicketView, part: Part, viewer: UUID, t: Translator, *, now: datetime) -> str:
    who = part.value if part in _ASKED else "worker"
    if view.status is Status.CLOSED:
        return t(f"care-{who}-closed")
    if view.status is Status.RESOLVED:
        if view.acked_by is None:
            return t(f"care-{who}-safe")
        return t(f"care-{who}-resolved", name=view.acked_by_name)
    if view.status is Status.ACKED:
        if who == "worker":
            return going(view, viewer, t)
        if part is Part.FAMILY and (seen := seen_by(view, t)):
            return seen
        if view.arrived_at:
            return t(f"care-{who}-arrived", name=view.acked_by_name)
        return t(f"care-{who}-acked", name=view.acked_by_name)
    if view.asks_until is None:
        return t(f"care-{who}-open")
    minutes = max(1, ceil((view.asks_until - now).total_seconds() / 60))
    return t(f"care-{who}-asking", minutes=minutes, time=f"{local(view.asks_until):%H:%M}")


def _asked(view: TicketView, part: Part, t: Translator) -> list[Action]:
    if part not in _ASKED or view.status is Status.CLOSED:
        return []
    elder = part is Part.ELDER
    return [
        Action("safe.yes", t("action-safe-self" if elder else "action-safe-yes"), "primary"),
        Action("safe.no", t("action-safe-help" if elder else "action-safe-no"), "danger"),
    ]


def _working(view: TicketView, part: Part, viewer: UUID, t: Translator) -> list[Action]:
    """Offer the ordinary steps; while others are still asked, to go there at once."""
    found = actions(view, part, viewer, t)
    if view.asks_until is None:
        return found
    return [
        replace(one, label=t("action-go-now")) if one.id == "ticket.ack" else one for one in found
    ]


def how_do_you_know(ticket: UUID, t: Translator) -> Card:
    """Ask a relative how they know: only what they know for certain ends the alarm."""
    return Card(
        key=f"safe:{uuid7()}",
        title=t("safe-ask-how"),
        summary=t("safe-ask-how-hint"),
        actions=tuple(
            Action("safe.how", t(f"safe-how-{how.value}"), args={"how": how.value})
            for how in _CERTAIN
        ),
        tone="info",
        ticket=str(ticket),
    )


def answered(ticket: UUID, how: How, t: Translator, *, until: datetime) -> Card:
    """Say what the answer did, and until when it can be taken back."""
    return Card(
        key=f"safe:{uuid7()}",
        title=t(f"safe-noted-{how.value}"),
        summary=t("safe-undo-until", time=f"{local(until):%H:%M}"),
        actions=(Action("safe.undo", t("action-safe-undo")),),
        tone="warning" if how in {How.GUESS, How.NOT_REACHED} else "success",
        ticket=str(ticket),
    )


def taken_back(ticket: UUID, t: Translator) -> Card:
    """Say that the answer no longer counts, and ask again."""
    return Card(
        key=f"safe:{uuid7()}",
        title=t("safe-taken-back"),
        summary=t("safe-ask-again"),
        actions=(
            Action("safe.yes", t("action-safe-yes"), "primary"),
            Action("safe.no", t("action-safe-no"), "danger"),
        ),
        tone="info",
        ticket=str(ticket),
    )
