"""The card of 试铃: one button, and then that it came."""

from core.card import Action, Card
from core.i18n import Translator
from models import Status
from services.tickets.queries import TicketView


def bell(view: TicketView, t: Translator) -> Card:
    """Ask whether it came, or thank for the answer."""
    asks = view.status is Status.OPEN and not view.heard
    return Card(
        key=f"ticket:{view.id}",
        title=t("bell-heard" if view.heard else "bell-title"),
        summary=t("bell-heard-hint" if view.heard else "bell-hint"),
        actions=(Action("bell.heard", t("action-heard"), "primary"),) if asks else (),
        tone="success" if view.heard else "info",
        version=view.version,
        ticket=str(view.id),
    )
