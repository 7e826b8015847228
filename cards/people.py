"""What is said around calls: advice, a line of a talk, telephones, and that something has ended."""

from collections.abc import Sequence
from uuid import UUID

from cards.calls import dial
from cards.ticket import at
from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from models import Side
from services.handovers import Line
from services.tickets.contacts import Contact


def advice(kind: str, t: Translator) -> Card:
    """Say what to do, with the numbers, and offer to ring the worker at once."""
    return Card(
        key=f"say:{uuid7()}",
        title=t("advice-title", what=t(f"emergency-kind-{kind}")),
        summary=t(f"emergency-advice-{kind}"),
        actions=(
            Action("emergency.open", t("action-danger-now"), "danger", args={"kind": kind}),
            *dial(kind, t),
        ),
        tone="warning",
    )


def nobody_to_tell(kind: str, t: Translator) -> Card:
    """Admit that no worker can be told, so that nobody waits for one."""
    return Card(
        key=f"say:{uuid7()}",
        title=t("emergency-unknown-person"),
        summary=t(f"emergency-advice-{kind}"),
        actions=dial(kind, t),
        tone="danger",
    )


def rung_again(kind: str, t: Translator) -> Card:
    """Say so where the ticket's own card stands in another channel."""
    return Card(
        key=f"say:{uuid7()}",
        title=t("emergency-rung-again"),
        summary=t(f"emergency-advice-{kind}"),
        actions=dial(kind, t),
        tone="danger",
    )


def line(
    ticket: UUID, number: int, sender: str, text: str | None, t: Translator, *, to: Side,
    elder: bool,
) -> Card:  # fmt: skip
    """Carry one line of a talk to the other; without a text it is a picture.

    A worker's first button never ends the talk.
    """
    end = Action("handover.end", t("action-end-talk"))
    answer = Action("handover.choose", t("action-answer", name=sender))
    return Card(
        key=f"talk:{ticket}:{number}",
        title=t(_sender(to, elder=elder), name=sender),
        summary=t("talk-picture") if text is None else text,
        actions=(
            *((answer, end) if to is Side.WORKER else (end,)),
            *((_picture(number, t),) if text is None else ()),
        ),
        tone="info",
        ticket=str(ticket),
    )


def _picture(number: int, t: Translator) -> Action:
    """Link to a picture of the talk; the web chat shows it in the card itself."""
    return Action("talk.picture", t("action-see-picture"), url=f"/api/chat/pictures/{number}.jpg")


def _sender(to: Side, *, elder: bool) -> str:
    if to is Side.RESIDENT:
        return "talk-worker"
    return "talk-elder" if elder else "talk-resident"


def transcript(
    ticket: UUID, name: str, lines: Sequence[Line], t: Translator
) -> Card:  # fmt: skip
    """Show the worker what was written before the talk began."""
    return Card(
        key=f"talk:{ticket}:0",
        title=t("talk-begins", name=name),
        summary=t("talk-begins-next" if lines else "talk-begins-empty"),
        fields=tuple(
            Field(at(one.at), t("talk-picture") if one.pictured else one.text) for one in lines
        ),
        actions=tuple(_picture(one.id, t) for one in lines if one.pictured),
        tone="info",
        ticket=str(ticket),
    )


def contacts(people: Sequence[Contact], t: Translator) -> Card:
    """List telephones; each is a link to dial, and none is dialled by the assistant."""
    return Card(
        key=f"say:{uuid7()}",
        title=t("contacts-title"),
        summary=t("contacts-noted"),
        fields=tuple(
            Field(t(f"part-{one.part.value}"), f"{one.name} {one.phone or t('contact-no-phone')}")
            for one in people
        ),
        actions=tuple(
            Action("call", t("action-phone", name=one.name), url=f"tel:{one.phone}")
            for one in people
            if one.phone
        ),
        tone="info",
    )
