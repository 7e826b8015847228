"""What an outbox row shows now: the card with its buttons, as a new message or as an edit."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from cards.calls import card_of
from cards.discreet import discreet
from core.card import Card
from core.db import Session, wake
from core.i18n import Translator
from core.metrics import ALARM_TO_CARD
from models import Part, Severity, Status
from services import buttons, outbox, steps
from services.outbox import Due
from services.tickets import (
    bell,
    flapping,
    journal,
    own_cards,
    queries,
    scene,
    signs,
    stairs,
    storm,
)
from services.tickets.queries import TicketView


@dataclass(frozen=True, slots=True)
class Rendered:
    """A card as it stands now; `ring` and `version` are 0 for what is no ticket's.

    `outcome` says that it tells how an alarm ended.
    """

    card: Card
    op: Literal["message", "update"]
    lang: str
    ring: int = 0
    version: int = 0
    outcome: bool = False


async def render(
    session: Session, row: Due, *, now: datetime, abroad: bool = False
) -> Rendered | None:
    """Render a row; None, and the row is done, when the person has seen as much already."""
    if row.kind != "ticket":
        card = await _with_buttons(session, Card.load(row.payload), row, now=now)
        return Rendered(card, "message", row.lang)
    keys: dict[str, UUID] = {"ticket": row.object_id, "person": row.person}
    shown = await own_cards.lock_card(session, **keys, channel=row.channel)
    view = await queries.view(session, row.object_id)
    if shown is None or (shown.shown_ring >= shown.ring and shown.shown_version >= view.version):
        await outbox.sent(session, replace(row, version=view.version))
        return None
    if view.severity != Severity.LIFE and view.has_device:
        view = replace(view, beside=await storm.beside(session, view.id))
    if view.what in stairs.GROUPED:
        view = replace(view, mates=await stairs.mates(session, view.id))
    if view.has_device and (view.returned or view.version > 1):
        view = replace(view, flaps=await flapping.times(session, view.id, now=now))
    if view.what == bell.BELL:
        view = replace(view, heard=shown.confirmed)
    elif view.severity in {Severity.LIFE, Severity.CARE}:
        view = await _on_the_spot(session, view, shown.part, now=now)
    t = Translator(row.lang)
    card = card_of(discreet(view, t) if abroad else view, shown.part, row.person, t, now=now)
    return Rendered(
        await _with_buttons(session, card, row, now=now),
        "message" if shown.ring > shown.shown_ring else "update",
        row.lang,
        shown.ring,
        view.version,
        outcome=view.status in {Status.RESOLVED, Status.CLOSED},
    )


async def _on_the_spot(
    session: Session, view: TicketView, part: Part, *, now: datetime
) -> TicketView:
    """Add what was noted and, for those who go there, the place and what else the flat says."""
    if view.version > 1:  # whatever is noted raises it
        view = replace(view, noted=await journal.of(session, view.id, view.epoch))
    if part in {Part.ELDER, Part.FAMILY, Part.CALLER}:
        return view
    unusual = view.severity == Severity.CARE
    return replace(
        view,
        signs=await signs.of(session, view.id, now=now, unusual=unusual),
        scene=await scene.of(session, view.id),
    )


async def _with_buttons(session: Session, card: Card, row: Due, *, now: datetime) -> Card:
    return await buttons.mint(session, card, person=row.person, channel=row.channel, now=now)


async def note(session: Session, row: Due, shown: Rendered, *, now: datetime) -> None:
    """Mark a row as sent, and a ticket's card as shown at this version."""
    if row.kind == "ticket":
        keys: dict[str, UUID] = {"ticket": row.object_id, "person": row.person}
        await own_cards.card_shown(
            session, **keys, channel=row.channel, ring=shown.ring, version=shown.version, now=now
        )
        if shown.op == "message":
            ALARM_TO_CARD.observe((now - row.created_at).total_seconds())
            if row.life:
                await steps.watch(session, **keys, channel=row.channel, now=now)
        wake(session, "card", ticket=str(row.object_id))
        row = replace(row, version=shown.version)
    await outbox.sent(session, row)
