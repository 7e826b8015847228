"""The card of a door that nobody opens: what to try next, and what was tried when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from core.card import Action, Card, Field
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from services.tickets.door import POLICE, TRIED, Step


def door(ticket: UUID, tried: Mapping[Step, datetime], t: Translator) -> Card:
    """List what can be tried in its order; what was tried stands with its time."""
    left = [step for step in TRIED if step not in tried]
    return Card(
        key=f"door:{uuid7()}",
        title=t("door-title"),
        summary=t("door-hint"),
        fields=tuple(
            Field(t(f"door-{step.value}"), f"{local(at):%H:%M}") for step, at in tried.items()
        ),
        actions=(
            *(
                Action("door.note", t(f"action-door-{step.value}"), args={"step": step.value})
                for step in left
            ),
            Action("call", t("action-dial", number="110"), "danger", url="tel:110"),
        ),
        tone="warning",
        ticket=str(ticket),
    )


def who_else(ticket: UUID, colleagues: Sequence[tuple[UUID, str]], t: Translator) -> Card:
    """Ask with whom the door is forced: nobody does that alone."""
    beside = [(POLICE, t("door-with-police")), *((str(one), name) for one, name in colleagues)]
    return Card(
        key=f"door:{uuid7()}",
        title=t("door-ask-two"),
        summary=t("door-ask-two-hint"),
        actions=tuple(
            Action("door.note", name, args={"step": Step.FORCED.value, "beside": one})
            for one, name in beside
        ),
        tone="warning",
        ticket=str(ticket),
    )
