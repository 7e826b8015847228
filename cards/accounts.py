"""Joining a person's accounts: the code, the welcome, and what came of it."""

from collections.abc import Mapping
from dataclasses import replace

from cards import guide
from core.actor import Role
from core.card import Action, Card
from core.i18n import Translator
from core.ids import uuid7


def code(digits: str, minutes: int, t: Translator) -> Card:
    """Show a one-time code, in two groups that can be read aloud."""
    return Card(
        key=f"say:{uuid7()}",
        title=t("link-code", code=f"{digits[:4]} {digits[4:]}"),
        summary=t("link-code-next", code=digits, minutes=minutes),
        tone="info",
    )


def invitations(links: Mapping[str, str], t: Translator) -> Card:
    """Offer the addresses by which another account joins without typing."""
    return Card(
        key=f"say:{uuid7()}",
        title=t("link-instead"),
        actions=tuple(
            Action("link.open", t("link-by", channel=t(f"channel-{name}")), url=url)
            for name, url in links.items()
        ),
        tone="info",
    )


def welcome(role: Role, t: Translator, *, newcomer: bool, asks_number: bool) -> Card:
    """Greet somebody who has just come, with what there is."""
    card = guide.menu(role, t, title="welcome-new" if newcomer else "smalltalk-hello")
    if not newcomer:
        return card
    actions = card.actions
    if asks_number:
        actions = (*actions, Action("contact.share", t("action-share-number")))
    return replace(card, summary=t("welcome-next"), actions=actions)
