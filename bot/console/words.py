"""Codes of tickets and events into words, for the queue."""

from typing import Any

from core.i18n import Translator


def in_words(ticket: dict[str, Any], t: Translator) -> dict[str, Any]:
    """Give a ticket its title and its events their sentences."""
    return {
        **ticket,
        "title": _title(ticket, t),
        "events": [_event(event, t) for event in ticket["events"]],
    }


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
