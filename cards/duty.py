"""The cards of duty: a shift begins, was missed, ends with open tickets; swaps and who is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from core.card import Action, Card, Field
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from services.reliefs import Relief
from services.shifts import Turn
from services.swaps import Answered


def span(starts_at: datetime, ends_at: datetime, t: Translator) -> str:
    """Write from when to when a shift lasts, in the community's time."""
    begins, ends = local(starts_at), local(ends_at)
    weekday = t(f"weekday-{begins.weekday()}")
    days = (ends - timedelta(microseconds=1)).date() - begins.date()
    key = {0: "duty-span", 1: "duty-span-night"}.get(days.days, "duty-span-days")
    return t(
        key, day=begins.strftime("%m-%d"), weekday=weekday, begins=begins.strftime("%H:%M"),
        ends=ends.strftime("%H:%M"), last=ends.strftime("%m-%d"),
    )  # fmt: skip


def beginning(one: Turn, t: Translator) -> Card:
    """Tell somebody that their shift begins soon."""
    return Card(
        key=f"duty:{uuid7()}",
        title=t("duty-begins", grid=one.grid, post=t(f"duty-post-{one.duty.value}")),
        summary=t("duty-begins-next"),
        fields=(Field(t("duty-field-shift"), span(one.starts_at, one.ends_at, t)),),
        actions=(
            Action("say.duty_on", t("intent-duty_on"), "primary"),
            Action("say.swap_shift", t("intent-swap_shift")),
            Action("say.my_shifts", t("intent-my_shifts")),
        ),
        tone="info",
    )


def missed(one: Turn, t: Translator) -> Card:
    """Tell whoever did not say 我在岗 that the backup counts until they do."""
    return Card(
        key=f"duty:{uuid7()}",
        title=t("duty-missed", grid=one.grid),
        summary=t("duty-missed-next"),
        fields=(Field(t("duty-field-shift"), span(one.starts_at, one.ends_at, t)),),
        actions=(Action("say.duty_on", t("intent-duty_on"), "primary"),),
        tone="warning",
    )


def missed_by(one: Turn, t: Translator) -> Card:
    """Tell backup, lead and operators that a post is not manned."""
    return Card(
        key=f"duty:{uuid7()}",
        title=t("duty-missed-by", name=one.name, grid=one.grid),
        summary=t("duty-missed-by-next"),
        fields=(Field(t("duty-field-shift"), span(one.starts_at, one.ends_at, t)),),
        tone="warning",
    )


def relief(one: Relief, t: Translator) -> Card:
    """Show the next one what waits, to be taken with one tap."""
    return Card(
        key=f"relief:{one.id}",
        title=t("relief-title", name=one.giver_name, count=len(one.tickets)),
        summary=t("relief-next"),
        fields=tuple(
            Field(t(f"what-{what}"), place or t("place-unknown")) for _, what, place in one.tickets
        ),
        actions=(
            Action("relief.take", t("action-relief"), "primary", args={"relief": str(one.id)}),
        ),
        tone="warning",
    )


def given(one: Relief, t: Translator) -> Card:
    """Tell whoever goes home who was asked to take over, and that it is theirs until then."""
    return Card(
        key=f"duty:{uuid7()}",
        title=t("relief-given", count=len(one.tickets)),
        summary=t("relief-asked", names=t("word-list").join(one.taker_names))
        if one.taker_names else t("relief-asked-nobody"),
        tone="info",
    )  # fmt: skip


def swap_asked(swap: UUID, name: str, shift: str, t: Translator) -> Card:
    """Ask a colleague to take a shift."""
    args = {"swap": str(swap)}
    return Card(
        key=f"swap:{swap}",
        title=t("swap-asked", name=name),
        fields=(Field(t("duty-field-shift"), shift),),
        actions=(
            Action("swap.yes", t("action-swap-yes"), "primary", args=args),
            Action("swap.no", t("action-swap-no"), args=args),
        ),
        tone="info",
    )


def mine(turns: Sequence[Turn], link: str, t: Translator) -> Card:
    """List the own shifts of the coming days, with a link that a calendar follows."""
    return Card(
        key=f"duty:{uuid7()}",
        title=t("duty-mine", count=len(turns)) if turns else t("duty-mine-none"),
        fields=tuple(
            Field(f"{one.grid} {t(f'duty-post-{one.duty.value}')}", span(one.starts_at, one.ends_at, t))
            for one in turns
        ),
        actions=(
            Action("say.swap_shift", t("intent-swap_shift")),
            Action("calendar", t("action-calendar"), url=link),
        ),
        tone="info",
    )  # fmt: skip


def swapped(done: Answered, t: Translator) -> Card:
    """Tell whoever asked, and who keep the rota, how it ended."""
    key = "swap-taken" if done.accepted else "swap-refused"
    return Card(
        key=f"duty:{uuid7()}",
        title=t(key, name=done.colleague, giver=done.shift.name),
        fields=(Field(t("duty-field-shift"), span(done.shift.starts_at, done.shift.ends_at, t)),),
        tone="success" if done.accepted else "warning",
    )
