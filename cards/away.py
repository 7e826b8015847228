"""外出报备 in words: the question, the confirmation, the list, and how it ended."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from core.card import Action, Card, Field, Tone
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from services.away import Away

_OFFERED = (1, 3, 7, 14)


def who(people: Sequence[tuple[UUID, str]], args: dict[str, Any], t: Translator) -> Card:
    """Ask who is away."""
    return _card(
        t("away-who"),
        tuple(
            Action("away.who", name, args={**args, "person": str(person)})
            for person, name in people
        ),
    )


def how_long(
    person: UUID, name: str, t: Translator, *, offered: bool = False, remedy: bool = False
) -> Card:
    """Ask for how many days.

    `offered` after a relative said that the elder is with them, as a `remedy` after a false alarm.
    """
    title = t("away-offer" if offered else "away-how-long", name=name)
    if remedy:
        title = t("away-remedy", name=name)
    return _card(
        title,
        tuple(
            Action("away.days", t("away-days", count=days),
                   args={"person": str(person), "days": days})
            for days in _OFFERED
        ),
        summary=t("away-how-long-hint"),
    )  # fmt: skip


def confirm(person: UUID, name: str, begins: date, ends: date, t: Translator) -> Card:
    """Let people see the days before they count."""
    return _card(
        t("away-confirm", name=name, begins=day(begins, t), ends=day(ends, t)),
        (
            Action(
                "away.confirm", t("action-away-confirm"), "primary",
                args={"person": str(person), "begins": begins.isoformat(), "ends": ends.isoformat()},
            ),
            Action("away.drop", t("action-away-drop")),
        ),
        summary=t("away-confirm-hint"),
    )  # fmt: skip


def noted(away: Away, t: Translator) -> Card:
    """Say what was noted, and what it does not hush."""
    title = t("away-noted", name=away.name, ends=day(last_day(away.ends_at), t))
    if away.wanted_until is not None:
        title = t("away-noted-longest", name=away.name, ends=day(last_day(away.ends_at), t))
    return _card(title, (_end(away, t),), summary=t("away-noted-hint"), tone="success")


def told_elder(away: Away, t: Translator) -> Card:
    """Tell the person that somebody has reported them away."""
    title = t("away-told-elder", who=away.setter, ends=day(last_day(away.ends_at), t))
    return _card(title, (_end(away, t),), summary=t("away-told-elder-hint"))


def listing(aways: Sequence[Away], t: Translator) -> Card:
    """List who is reported away, until when and by whom."""
    if not aways:
        return _card(t("away-none"), ())
    return Card(
        key=f"away:{uuid7()}",
        title=t("away-list"),
        fields=tuple(
            Field(
                one.name,
                t("away-line", begins=day(local(one.begins_at).date(), t),
                  ends=day(last_day(one.ends_at), t), who=one.setter),
            )
            for one in aways
        ),
        actions=tuple(
            Action("away.end", t("action-away-end-of", name=one.name), args={"away": str(one.id)})
            for one in aways
        ),
        tone="info",
    )  # fmt: skip


def ended(away: Away, t: Translator) -> Card:
    """Say that it has ended and that all alarms count again."""
    return _card(t("away-ended", name=away.name), (), tone="success")


def used(away: Away, t: Translator) -> Card:
    """Tell the setter that something was used in the flat: back, or somebody who should not be."""
    again = {
        "person": str(away.person), "begins": local(away.begins_at).date().isoformat(),
        "ends": last_day(away.ends_at).isoformat(),
    }  # fmt: skip
    return _card(
        t("away-used", name=away.name),
        (Action("away.confirm", t("action-away-again"), args=again),),
        summary=t("away-used-hint"),
        tone="warning",
    )


def back_today(away: Away, t: Translator) -> Card:
    """Ask the setter on the day of the return."""
    key = "away-back-longest" if away.wanted_until else "away-back"
    return _card(
        t(key, name=away.name),
        (
            _end(away, t),
            *(
                Action("away.days", t("action-away-more", count=days),
                       args={"person": str(away.person), "days": days})
                for days in (3, 7, 14)
            ),
        ),
        summary=t("away-back-hint"),
    )  # fmt: skip


def day(value: date, t: Translator) -> str:
    """Write a day with its weekday."""
    return t("away-day", month=str(value.month), day=str(value.day), weekday=value.isoweekday())


def last_day(ends_at: datetime) -> date:
    """Return the last day of a span that ends at a midnight."""
    return local(ends_at - timedelta(seconds=1)).date()


def _end(away: Away, t: Translator) -> Action:
    return Action("away.end", t("action-away-end"), args={"away": str(away.id)})


def _card(
    title: str, actions: tuple[Action, ...], *, summary: str = "", tone: Tone = "info"
) -> Card:
    return Card(key=f"away:{uuid7()}", title=title, summary=summary, actions=actions, tone=tone)
