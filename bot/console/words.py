"""Codes of tickets and events into words, for the queue."""

from typing import Any

from bot.briefs import people_in_words
from core.i18n import Translator
from services.tickets.desk import CallList


def in_words(ticket: dict[str, Any], t: Translator) -> dict[str, Any]:
    """Give a ticket its title and its events their sentences."""
    return {
        **ticket,
        "title": _title(ticket, t),
        "events": [_event(event, t) for event in ticket["events"]],
    }


def figures_in_words(figures: dict[str, Any], t: Translator) -> dict[str, Any]:
    """Name the groups of people, the largest first."""
    groups = [
        {"group": code, "name": t(f"group-{code}"), "count": count}
        for code, count in figures["groups"].items()
    ]
    return {**figures, "groups": groups}


def _title(ticket: dict[str, Any], t: Translator) -> str:
    what = t(f"what-{ticket['what']}")
    return t("drill-title", what=what) if ticket["drill"] else what


def _event(event: dict[str, Any], t: Translator) -> dict[str, str | None]:
    text = t(f"event-{event['kind']}", who=event["who"] or t("somebody"))
    data = event["data"]
    if "found" in data:
        text += " " + t(f"found-{data['found']}") + " " + t(f"seen-{data['seen']}")
    if event["note"]:
        text += " " + t("event-note", note=event["note"])
    return {"at": event["at"], "kind": event["kind"], "text": text, "photo": data.get("photo")}


def call_list_in_words(found: CallList, t: Translator) -> dict[str, Any]:
    """Write whom to telephone, those whom the ticket is about first."""
    return {
        **people_in_words(found.brief, t),
        "staff": [{"name": name, "phone": phone} for name, phone in found.staff],
        "duty_phone": found.duty_phone,
    }
