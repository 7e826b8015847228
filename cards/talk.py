"""Plain answers: greetings, help, lists, refusals, and the questions of a flow."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from core.card import Action, Card, Field, Tone
from core.event import StrangeKind
from core.i18n import Translator
from core.ids import uuid7
from services.links import FIELD
from services.tickets.queries import TicketView


def say(text: str, *, summary: str = "", tone: Tone = "neutral") -> Card:
    """Say a sentence."""
    return Card(key=f"say:{uuid7()}", title=text, summary=summary, tone=tone)


def strange(kind: StrangeKind, t: Translator) -> Card:
    """Say kindly that something sent can't be used, and what can."""
    return Card(
        key=f"say:{uuid7()}",
        title=t(f"strange-{kind}"),
        summary=t("strange-next"),
        actions=(Action("say.human", t("intent-human")),),
    )


def call_office(
    text: str, phone: str | None, t: Translator, *, summary: str = "", tone: Tone = "warning"
) -> Card:
    """Say a sentence that sends people to the telephone, with the number where it is known."""
    dial = Action("call", t("action-call-office", number=phone or ""), url=f"tel:{phone}")
    return Card(
        key=f"say:{uuid7()}",
        title=text,
        summary=summary,
        actions=(dial,) if phone else (),
        tone=tone,
    )


def emergency_links(t: Translator) -> tuple[Action, ...]:
    """Offer the numbers to dial; the assistant never claims to have called."""
    return tuple(
        Action("call", t("action-dial", number=number), url=f"tel:{number}")
        for number in ("119", "120", "110")
    )


def ticket_list(tickets: Sequence[TicketView], t: Translator) -> Card:
    """List a worker's live tickets; each opens its card."""
    on_map = Action("field.map", t("action-field-map"), url=FIELD)
    if not tickets:
        return replace(say(t("my-tickets-none"), tone="success"), actions=(on_map,))
    return Card(
        key=f"tickets:{uuid7()}",
        title=t("my-tickets-title", count=len(tickets)),
        fields=tuple(Field(t(f"status-{one.status.value}"), _line(one, t)) for one in tickets),
        actions=(
            *(
                Action("ticket.show", _line(one, t), args={"ticket": str(one.id)})
                for one in tickets[:9]
            ),
            on_map,
        ),
        tone="info",
    )


def _line(one: TicketView, t: Translator) -> str:
    return t("ticket-title", what=t(f"what-{one.what}"), place=one.place)


def home_status(homes: Sequence[tuple[str, Sequence[tuple[str, str]]]], t: Translator) -> Card:
    """Show the devices of the homes that the person may ask about: (person, [(device, state)])."""
    if not homes:
        return say(t("home-status-none"))
    return Card(
        key=f"home:{uuid7()}",
        title=t("home-status-title"),
        fields=tuple(
            Field(f"{name} {device}".strip(), t(f"state-{state}"))
            for name, devices in homes
            for device, state in devices
        ),
        tone="info",
    )


def question(
    key: str, title: str, hint: str, choices: Sequence[tuple[str, str]], args: dict[str, Any],
    *, ticket: UUID | None, version: int,
) -> Card:  # fmt: skip
    """Ask one question of a flow; the first choice is the one that leads on."""
    return Card(
        key=key,
        title=title,
        summary=hint,
        actions=tuple(
            Action(
                "flow.answer", label, "primary" if place == 0 else "default",
                args={**args, "value": value},
            )
            for place, (value, label) in enumerate(choices)
        ),
        tone="info",
        version=version,
        ticket=str(ticket) if ticket else None,
    )  # fmt: skip
