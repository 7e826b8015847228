"""Activities in words: the list, one of them, what somebody joined, attendance, reminders."""

from collections.abc import Sequence
from datetime import datetime

from core.card import Action, Card, Field
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from services.activities.queries import ActivityView, Participant

SHOWN = 3
_PEOPLE = 8


def listing(
    found: Sequence[ActivityView], start: int, t: Translator,
    *, when: str = "", title: str = "activities-title",
) -> Card:  # fmt: skip
    """Show three from `start` on; a number opens one. `when` is what was said of the days."""
    page = found[start : start + SHOWN]
    actions = [_show(one) for one in page]
    if start + SHOWN < len(found):
        more = {"start": start + SHOWN, "when": when}
        actions.append(Action("activity.more", t("action-more-activities"), args=more))
    actions.append(Action("say.human", t("intent-human")))
    return Card(
        key=f"activities:{uuid7()}",
        title=t(title),
        summary=t("activities-next"),
        fields=tuple(
            Field(f"{number} {one.title}", _line(one, t)) for number, one in enumerate(page, 1)
        ),
        actions=tuple(actions),
        tone="info",
    )


def detail(one: ActivityView, t: Translator, *, now: datetime) -> Card:
    """Show everything about an activity; joining or leaving is one press away, and no less."""
    args = {"activity": str(one.id)}
    actions = []
    if one.starts_at > now and one.joined:
        actions = [Action("activity.ask_leave", t("action-leave"), args=args)]
    elif one.starts_at > now and one.free > 0:
        actions = [Action("activity.join", t("action-join"), "primary", args=args)]
    return Card(
        key=f"activity:{uuid7()}",
        title=one.title,
        summary=_standing(one, t, now=now),
        fields=(
            Field(t("field-when"), when(one, t)),
            Field(t("field-place"), one.place),
            Field(t("field-places"), t("activity-places", free=one.free, capacity=one.capacity)),
            *((Field(t("field-points"), t("activity-points", points=one.points)),) if one.points else ()),
        ),
        actions=(*actions, Action("say.list_activities", t("action-other-activities"))),
        tone="info",
    )  # fmt: skip


def joined(one: ActivityView, t: Translator) -> Card:
    """Confirm a place."""
    return Card(
        key=f"activity:{uuid7()}",
        title=t("activity-joined", title=one.title),
        summary=t("activity-joined-next"),
        fields=(Field(t("field-when"), when(one, t)), Field(t("field-place"), one.place)),
        actions=(Action("say.my_activities", t("intent-my_activities")),),
        tone="success",
    )


def ask_leave(one: ActivityView, t: Translator) -> Card:
    """Ask once more before a place is given away."""
    return Card(
        key=f"activity:{uuid7()}",
        title=t("activity-ask-leave", title=one.title),
        summary=t("activity-ask-leave-next"),
        fields=(Field(t("field-when"), when(one, t)),),
        actions=(
            Action("activity.leave", t("action-leave-sure"), "danger", args={"activity": str(one.id)}),
            Action("say.my_activities", t("action-keep-place")),
        ),
        tone="warning",
    )  # fmt: skip


def own(found: Sequence[ActivityView], t: Translator, *, now: datetime) -> Card:
    """List what somebody joined, three at most; what is to come first."""
    page = found[:SHOWN]
    return Card(
        key=f"activities:{uuid7()}",
        title=t("my-activities-title"),
        fields=tuple(Field(one.title, _own_line(one, t, now=now)) for one in page),
        actions=(
            *(_show(one) for one in page),
            Action("say.list_activities", t("action-other-activities")),
        ),
        tone="info",
    )


def to_approve(found: Sequence[ActivityView], t: Translator) -> Card:
    """List activities whose attendance is to be approved."""
    return Card(
        key=f"attendance:{uuid7()}",
        title=t("attendance-title"),
        fields=tuple(Field(one.title, when(one, t)) for one in found),
        actions=tuple(
            Action("activity.attendance", one.title, args={"activity": str(one.id)})
            for one in found
        ),
        tone="info",
    )


def attendance(one: ActivityView, people: Sequence[Participant], t: Translator) -> Card:
    """Show who has a place; a press on a name approves that person, the list stays."""
    waiting = [who for who in people if not who.attended]
    return Card(
        key=f"attendance:{one.id}:{uuid7()}",
        title=t("attendance-of", title=one.title),
        summary=t("attendance-next" if waiting else "attendance-done", points=one.points),
        fields=tuple(
            Field(who.name, t("attendance-approved" if who.attended else "attendance-waiting"))
            for who in people[: 2 * _PEOPLE]
        ),
        actions=tuple(
            Action(
                "activity.approve", t("action-approve", name=who.name),
                args={"activity": str(one.id), "person": str(who.person)},
            )
            for who in waiting[:_PEOPLE]
        ),
        tone="info" if waiting else "success",
    )  # fmt: skip


def credited(title: str, points: int, balance: int, t: Translator) -> Card:
    """Tell the resident that their attendance was approved and what they have now."""
    words = t("attendance-credited", points=points, balance=balance)
    return Card(
        key=f"activity:{uuid7()}",
        title=t("attendance-yours", title=title),
        summary=words if points else t("attendance-thanks"),
        actions=(Action("say.points_balance", t("intent-points_balance")),) if points else (),
        tone="success",
    )


def reminder(title: str, place: str, starts_at: datetime, t: Translator, *, now: datetime) -> Card:
    """Remind of an activity."""
    days = (local(starts_at).date() - local(now).date()).days
    key = {0: "reminder-today", 1: "reminder-tomorrow"}.get(days, "reminder-later")
    return Card(
        key=f"activity:{uuid7()}",
        title=t(key, title=title, time=f"{local(starts_at):%H:%M}"),
        summary=t("reminder-next"),
        fields=(Field(t("field-when"), _date(starts_at, t)), Field(t("field-place"), place)),
        actions=(Action("say.my_activities", t("intent-my_activities")),),
        tone="info",
    )


def when(one: ActivityView, t: Translator) -> str:
    """Write the day and the hours."""
    return f"{_date(one.starts_at, t)}–{local(one.ends_at):%H:%M}"


def _date(moment: datetime, t: Translator) -> str:
    here = local(moment)
    day = t(f"weekday-{here.weekday()}")
    return t("date-and-time", month=here.month, day=here.day, weekday=day, time=f"{here:%H:%M}")


def _show(one: ActivityView) -> Action:
    return Action("activity.show", one.title, args={"activity": str(one.id)})


def _line(one: ActivityView, t: Translator) -> str:
    if one.joined:
        key = "activity-line-joined"
    else:
        key = "activity-line" if one.free else "activity-line-full"
    return t(key, when=when(one, t), place=one.place, free=one.free)


def _own_line(one: ActivityView, t: Translator, *, now: datetime) -> str:
    if one.attended:
        return t("activity-own-attended", when=when(one, t))
    key = "activity-own-coming" if one.starts_at > now else "activity-own-past"
    return t(key, when=when(one, t), place=one.place)


def _standing(one: ActivityView, t: Translator, *, now: datetime) -> str:
    if one.status.value == "cancelled":
        return t("activity-cancelled", title=one.title)
    if one.attended:
        return t("attendance-approved")
    if one.joined:
        return t("activity-have-place")
    if one.starts_at <= now:
        return t("activity-begun", title=one.title)
    return t("activity-ask-join") if one.free else t("activity-full", title=one.title)
