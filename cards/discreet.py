"""A ticket without names, for channels whose data leaves the country (DESIGN section 5)."""

from dataclasses import replace

from core.i18n import Translator
from services.tickets.queries import TicketView
from services.tickets.signs import NO_SIGNS


def discreet(view: TicketView, t: Translator) -> TicketView:
    """Leave building, stair, flat and kind; people become what they do, their words are left out."""
    worker = t("somebody-worker")
    call = view.call and replace(
        view.call, caller=t("somebody-neighbour"), said=t("said-elsewhere")
    )
    return replace(
        view,
        acked_by_name=worker if view.acked_by_name else "",
        assigned_to_name=worker if view.assigned_to_name else "",
        call=call,
        signs=NO_SIGNS,
        unprotected=(),
        scene=None,
        noted=tuple(replace(one, who=worker) for one in view.noted),
        answers=tuple(replace(one, name=t("somebody-family")) for one in view.answers),
    )
