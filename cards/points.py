"""Points in words: what somebody has, what there is for them, a redemption seen from both sides."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cards.talk import say
from core.card import Action, Card, Field, Tone
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from models.points import RedemptionState
from services.points.holds import RedemptionView
from services.points.queries import Balance, Movement
from services.points.rewards import RewardView

_TONES: dict[RedemptionState, Tone] = {
    RedemptionState.HELD: "info",
    RedemptionState.CONFIRMED: "success",
    RedemptionState.REFUSED: "warning",
    RedemptionState.CANCELLED: "neutral",
    RedemptionState.EXPIRED: "warning",
}


def _name(item: str, item_en: str, t: Translator) -> str:
    return item_en if t.lang == "en" and item_en else item


def balance_card(has: Balance, t: Translator) -> Card:
    """Say what the person has and what they can do with it."""
    held = (Field(t("points-field-held"), t("points-amount", amount=has.held)),) if has.held else ()
    return Card(
        key=f"points:{uuid7()}",
        title=t("points-title", free=has.free),
        summary=t("points-next") if has.free or has.held else t("points-none-yet"),
        fields=held,
        actions=(
            Action("say.list_rewards", t("action-list-rewards"), "primary"),
            Action("say.points_history", t("action-points-history")),
        ),
        tone="info",
    )


def history_card(moves: Sequence[Movement], more: int | None, t: Translator) -> Card:
    """List what came and went, newest first; `more` is where the next page goes on."""
    if not moves:
        return say(t("points-history-none"), summary=t("points-none-yet"))
    actions = [Action("say.list_rewards", t("action-list-rewards"))]
    if more is not None:
        actions.insert(
            0, Action("points.more", t("action-points-more"), "primary", args={"before": more})
        )
    return Card(
        key=f"points:{uuid7()}",
        title=t("points-history-title"),
        fields=tuple(
            Field(
                f"{local(one.at):%Y-%m-%d}", t("points-line", why=_why(one, t), points=_way(one, t))
            )
            for one in moves
        ),
        actions=tuple(actions),
        tone="info",
    )


def _way(one: Movement, t: Translator) -> str:
    return t("points-in" if one.amount > 0 else "points-out", amount=abs(one.amount))


def _why(one: Movement, t: Translator) -> str:
    item = _name(one.item, one.item_en, t) or t("points-some-activity")
    return t(f"points-why-{one.reason.value}", item=item)


def offers_card(
    offers: Sequence[RewardView], has: Balance, more: UUID | None, t: Translator, *,
    title: str = "rewards-title",
) -> Card:  # fmt: skip
    """List rewards to choose from; `more` is the one after which the next page begins."""
    if not offers:
        return say(t("rewards-none"))
    actions = [
        Action(
            "reward.choose",
            t("action-choose-reward", item=_name(one.item, one.item_en, t), cost=one.cost),
            "primary" if place == 0 else "default",
            args={"reward": str(one.id)},
        )
        for place, one in enumerate(offers)
    ]
    if more is not None:
        actions.append(Action("reward.more", t("action-points-more"), args={"after": str(more)}))
    return Card(
        key=f"rewards:{uuid7()}",
        title=t(title),
        summary=t("rewards-hint", free=has.free),
        fields=tuple(
            Field(
                f"{number} {_name(one.item, one.item_en, t)}",
                t("reward-line", cost=one.cost, place=one.place),
            )
            for number, one in enumerate(offers, 1)
        ),
        actions=tuple(actions),
        tone="info",
    )


def ask_card(one: RewardView, has: Balance, t: Translator) -> Card:
    """Ask before points are set aside; the button carries the redemption's id, so it counts once."""
    item = _name(one.item, one.item_en, t)
    if has.free < one.cost:
        return Card(
            key=f"reward:{uuid7()}",
            title=t("points-too-few", need=one.cost, have=has.free),
            summary=t("points-too-few-next", item=item),
            actions=(Action("say.list_rewards", t("action-list-rewards"), "primary"),),
            tone="warning",
        )
    return Card(
        key=f"reward:{uuid7()}",
        title=t("redeem-ask", item=item, cost=one.cost),
        summary=t("redeem-ask-next", place=one.place),
        fields=(Field(t("points-field-left"), t("points-amount", amount=has.free - one.cost)),),
        actions=(
            Action(
                "redeem.hold", t("action-redeem-hold"), "primary",
                args={"reward": str(one.id), "redemption": str(uuid7())},
            ),
            Action("say.list_rewards", t("action-list-rewards")),
        ),
        tone="info",
    )  # fmt: skip


def resident_card(one: RedemptionView, t: Translator, *, now: datetime) -> Card:
    """Show the resident their redemption: the code while it is held, then how it ended."""
    state, item = one.at(now), _name(one.item, one.item_en, t)
    fields = [
        Field(t("points-field-item"), item),
        Field(t("points-field-amount"), t("points-amount", amount=one.amount)),
        Field(t("points-field-shop"), one.place),
    ]
    actions: tuple[Action, ...] = ()
    if state is RedemptionState.HELD:
        title = t("redeem-code", code=f"{one.code[:3]} {one.code[3:]}")
        summary = t("redeem-code-next", place=one.place, time=f"{local(one.expires_at):%H:%M}")
        actions = (
            Action("redeem.qr", t("action-redeem-qr"), "primary", url=qr_url(one.token)),
            Action("redeem.cancel", t("action-redeem-cancel"), args={"redemption": str(one.id)}),
        )
    else:
        title = t(f"redeem-resident-{state.value}", item=item)
        summary = t(f"redeem-resident-{state.value}-next", amount=one.amount)
        fields.append(Field(t("points-field-receipt"), one.receipt))
    return _redemption(
        one, title=title, summary=summary, fields=fields, actions=actions, state=state
    )


def qr_url(token: str) -> str:
    """Name the picture of a QR code, to be opened on the phone and shown at the counter."""
    return f"/api/chat/qr/{token}.svg"


def merchant_card(one: RedemptionView, t: Translator, *, now: datetime) -> Card:
    """Show the merchant what to hand over and to whom: amount, item, masked name."""
    state = one.at(now)
    fields = [
        Field(t("points-field-item"), _name(one.item, one.item_en, t)),
        Field(t("points-field-amount"), t("points-amount", amount=one.amount)),
        Field(t("points-field-guest"), one.masked_name),
    ]
    actions: tuple[Action, ...] = ()
    if state is RedemptionState.HELD:
        summary = t("redeem-merchant-check", time=f"{local(one.expires_at):%H:%M}")
        args = {"redemption": str(one.id)}
        actions = (
            Action("redeem.confirm", t("action-redeem-confirm"), "primary", args=args),
            Action("redeem.refuse", t("action-redeem-refuse"), "danger", args=args),
        )
    else:
        summary = t(f"redeem-merchant-{state.value}-next", amount=one.amount)
        fields.append(Field(t("points-field-receipt"), one.receipt))
    title = t(f"redeem-merchant-{state.value}")
    return _redemption(
        one, title=title, summary=summary, fields=fields, actions=actions, state=state
    )


def _redemption(
    one: RedemptionView, *, title: str, summary: str, fields: Sequence[Field],
    actions: tuple[Action, ...], state: RedemptionState,
) -> Card:  # fmt: skip
    version = 1 if state is RedemptionState.HELD else 2
    return Card(
        key=f"redemption:{one.id}", title=title, summary=summary, fields=tuple(fields),
        actions=actions, tone=_TONES[state], version=version,
    )  # fmt: skip
