"""What the assistant can do for a role, guesses to choose from, and what it can't do yet."""

from collections.abc import Mapping, Sequence

from cards.talk import emergency_links
from core.actor import Role
from core.card import Action, Card, Field
from core.i18n import LANGUAGES, Translator
from core.ids import uuid7
from services.devices import Trouble

# At most six, and only what works; a reply with the number does the same.
_MENUS: Mapping[Role, tuple[str, ...]] = {
    Role.RESIDENT: (
        "browse_circle", "list_activities", "points_balance", "list_rewards", "elder_status",
        "human",
    ),
    Role.ELDER: ("elder_status", "browse_circle", "list_activities", "points_balance", "human"),
    Role.FAMILY: ("elder_status", "browse_circle", "list_activities", "points_balance", "human"),
    Role.WORKER: (
        "my_tickets", "approve_attendance", "device_status", "duty_on", "duty_off", "human",
    ),
    Role.MERCHANT: ("confirm_redemption", "human"),
    Role.OPERATOR: ("device_status", "approve_attendance", "human"),
}  # fmt: skip


def menu(role: Role, t: Translator, *, title: str = "menu-title") -> Card:
    """Show what a person in this role can do here."""
    return Card(
        key=f"menu:{uuid7()}",
        title=t(title),
        summary=t(f"menu-{role.value}"),
        actions=_says(_MENUS[role], t),
        tone="info",
    )


def choices(intents: Sequence[str], text: str, t: Translator, *, person_first: bool) -> Card:
    """Offer guesses of what was meant, a person (first after a second miss), and who to dial."""
    person = Action("say.human", t("intent-human"), "primary" if person_first else "default")
    guesses = [
        Action("understood.choose", t(f"intent-{intent}"), args={"intent": intent, "text": text})
        for intent in intents
        if intent != "human"
    ]
    ordered = [person, *guesses] if person_first else [*guesses, person]
    return Card(
        key=f"unsure:{uuid7()}",
        title=t("unsure-again" if person_first else "unsure-title"),
        summary=t("unsure-next"),
        actions=(*ordered, *emergency_links(t)),
    )


def not_yet(intent: str, t: Translator) -> Card:
    """Say plainly that this can't be done here yet, and who can."""
    return Card(
        key=f"say:{uuid7()}",
        title=t(f"not-yet-{intent}"),
        summary=t("not-yet-next"),
        actions=_says(("human", "help"), t),
    )


def which_language(t: Translator) -> Card:
    """Ask for the language, each in its own words."""
    return Card(
        key=f"say:{uuid7()}",
        title=t("language-which"),
        actions=tuple(
            Action("language.set", Translator(lang)("language-name"), args={"lang": lang})
            for lang in LANGUAGES
        ),
    )


def privacy(t: Translator) -> Card:
    """Tell what is kept, who sees it, and who answers for it."""
    return Card(
        key=f"privacy:{uuid7()}",
        title=t("privacy-title"),
        fields=tuple(
            Field(t(f"privacy-{part}"), t(f"privacy-{part}-text"))
            for part in ("kept", "seen", "asked")
        ),
        actions=(Action("privacy.looks", t("action-looks"), "primary"), *_says(("human",), t)),
        tone="info",
    )


def troubles(found: Sequence[Trouble], total: int, t: Translator) -> Card:
    """List the devices of somebody's grids that are not normal, three by name."""
    shown = found[:3]
    more = len(found) - len(shown)
    title = t("devices-all-normal", total=total)
    if found:
        title = t("devices-not-normal", count=len(found), total=total)
    return Card(
        key=f"devices:{uuid7()}",
        title=title,
        summary=t("devices-more", count=more) if more else "",
        fields=tuple(Field(one.name, t(f"state-{one.state}")) for one in shown),
        actions=_says(("my_tickets", "register_device", "device_requests", "silences", "human"), t),
        tone="warning" if found else "success",
    )


def _says(intents: Sequence[str], t: Translator) -> tuple[Action, ...]:
    return tuple(
        Action(f"say.{intent}", t(f"intent-{intent}"), "primary" if place == 0 else "default")
        for place, intent in enumerate(intents)
    )
