"""Proposed limits in words: what was, what would be, for how long, and accept or decline."""

from collections.abc import Sequence

from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from services.rules.proposals import LASTS, Proposal


def proposal(one: Proposal, t: Translator) -> Card:
    """Show one to an operator."""
    return Card(
        key=f"proposal:{one.id}",
        title=t("proposal-title", device=one.device, what=t(f"what-{one.key}")),
        summary=t("proposal-hint", days=LASTS.days),
        fields=(
            Field(t("field-limit-now"), _limit(one, t, proposed=False)),
            Field(t("field-limit-proposed"), _limit(one, t, proposed=True)),
        ),
        actions=(
            Action("rule.accept", t("action-proposal-accept"), "primary",
                   args={"proposal": str(one.id)}),
            Action("rule.decline", t("action-proposal-decline"), args={"proposal": str(one.id)}),
        ),
        tone="info",
    )  # fmt: skip


def waiting(found: Sequence[Proposal], t: Translator) -> Card:
    """List what waits; the oldest can be decided here, the others follow."""
    if not found:
        return Card(key=f"proposals:{uuid7()}", title=t("proposals-none"), tone="success")
    return proposal(found[0], t)


def sent(one: Proposal, t: Translator) -> Card:
    """Tell the worker that the operator was asked, and what for."""
    return Card(
        key=f"proposal:{uuid7()}",
        title=t("proposal-sent"),
        summary=t("proposal-sent-hint", was=_limit(one, t, proposed=False),
                  now=_limit(one, t, proposed=True)),
        tone="info",
    )  # fmt: skip


def decided(one: Proposal, t: Translator, *, accepted: bool) -> Card:
    """Say what holds from now on, to the operator and to the worker who had proposed it."""
    title = t("proposal-declined", device=one.device)
    if accepted:
        limit = _limit(one, t, proposed=True)
        title = t("proposal-accepted", device=one.device, limit=limit, days=LASTS.days)
    return Card(key=f"proposal:{uuid7()}", title=title, tone="success" if accepted else "info")


def _limit(one: Proposal, t: Translator, *, proposed: bool) -> str:
    if one.absence:
        span = one.span if proposed else one.was_span
        return t("limit-span", hours=round(span.total_seconds() / 3600))
    value = round(one.limit if proposed else one.was_limit, 2)
    return t(f"limit-{one.metric}", value=f"{value:g}")
