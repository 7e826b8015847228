"""Silences and tests of devices in words: the request, what runs, and how it ended."""

from collections.abc import Sequence

from core.card import Action, Card, Field, Tone
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from models import SilenceKind
from services.silenced import Over, Silenced


def asked(one: Silenced, told: Sequence[str], t: Translator) -> Card:
    """Tell the asker that it waits for somebody else, and who was asked."""
    title = t("silence-asked", device=one.device, minutes=one.minutes)
    summary = t("silence-asked-hint", names=t("word-list").join(told))
    if not told:
        summary = t("silence-asked-nobody")
    return _card(title, (_end(one, t, key="action-silence-withdraw"),), summary=summary,
                 tone="warning")  # fmt: skip


def request(one: Silenced, t: Translator) -> Card:
    """Ask a second person, with who wants it, how long and why."""
    return Card(
        key=f"silence:{uuid7()}",
        title=t("silence-request", who=one.asker, device=one.device, minutes=one.minutes),
        summary=t("silence-request-hint"),
        fields=(Field(t("field-reason"), one.reason),),
        actions=(
            Action("silence.agree", t("action-silence-agree"), "primary", args=_args(one)),
            _end(one, t, key="action-silence-refuse"),
        ),
        tone="warning",
    )


def begun(one: Silenced, t: Translator) -> Card:
    """Say that the device is silent from now on, until when, and how to end it early."""
    test = one.kind is SilenceKind.TEST
    until = f"{local(one.ends_at):%H:%M}" if one.ends_at else ""
    title = t("silence-begun-test" if test else "silence-begun", device=one.device, until=until)
    return _card(title, (_end(one, t),), summary=t("silence-begun-hint"), tone="warning")


def agreed(one: Silenced, t: Translator) -> Card:
    """Tell the asker that somebody agreed."""
    return _card(
        t("silence-agreed", who=one.agreer, device=one.device, until=f"{local(one.ends_at):%H:%M}"
          if one.ends_at else ""),
        (_end(one, t),), summary=t("silence-begun-hint"), tone="warning",
    )  # fmt: skip


def listing(found: Sequence[Silenced], me: object, t: Translator) -> Card:
    """List what is silenced or asked for, what was held back, and end or agree by a press."""
    if not found:
        return _card(t("silences-none"), (), summary=t("silences-how"), tone="success")
    return Card(
        key=f"silence:{uuid7()}",
        title=t("silences-title", count=len(found)),
        fields=tuple(Field(one.device, _line(one, t)) for one in found),
        actions=tuple(
            Action("silence.agree", t("action-silence-agree-to", device=one.device),
                   args=_args(one))
            for one in found if one.ends_at is None and one.asked_by != me
        ) + tuple(
            Action("silence.end", t("action-silence-end-of", device=one.device), args=_args(one))
            for one in found
        ),
        tone="warning",
    )  # fmt: skip


def ended(device: str, t: Translator) -> Card:
    """Say that it ends now; what was held back is told when it was judged again."""
    return _card(t("silence-ended", device=device), (), tone="success")


def refused(device: str, who: str, t: Translator) -> Card:
    """Tell whoever asked that it was withdrawn by somebody else."""
    return _card(t("silence-refused", device=device, who=who), (), tone="info")


def over(one: Over, t: Translator) -> Card:
    """Tell what would have rung meanwhile, and what became of it."""
    if not one.began:
        return _card(t("silence-lapsed", device=one.device), (), tone="info")
    return Card(
        key=f"silence:{uuid7()}",
        title=t("silence-over-rings" if any(rings for _, rings in one.held) else "silence-is-over",
                device=one.device),
        summary="" if one.held else t("silence-over-nothing"),
        fields=tuple(
            Field(t(f"what-{key}"), t("silence-held-rings" if rings else "silence-held-over"))
            for key, rings in one.held
        ),
        tone="danger" if any(rings for _, rings in one.held) else "success",
    )  # fmt: skip


def _line(one: Silenced, t: Translator) -> str:
    if one.ends_at is None:
        return t("silences-waiting", who=one.asker, minutes=one.minutes)
    until, held = f"{local(one.ends_at):%H:%M}", len(one.held)
    if one.kind is SilenceKind.TEST:
        return t("silences-test", who=one.asker, until=until, held=held)
    return t("silences-line", who=one.asker, second=one.agreer, until=until, held=held)


def _end(one: Silenced, t: Translator, *, key: str = "action-silence-end") -> Action:
    return Action("silence.end", t(key), args=_args(one))


def _args(one: Silenced) -> dict[str, str]:
    return {"silence": str(one.id)}


def _card(
    title: str, actions: tuple[Action, ...], *, summary: str = "", tone: Tone = "info"
) -> Card:
    return Card(key=f"silence:{uuid7()}", title=title, summary=summary, actions=actions, tone=tone)
