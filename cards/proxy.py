"""代办: every card says for whom it is, and carries whom its buttons act for."""

from dataclasses import replace

from cards.talk import say
from core.card import Action, Card
from core.i18n import Translator
from core.ids import uuid7
from services import masks
from services.people.proxy import IDLE, Standing

FOR = "for"  # the argument of a button, and of a flow, that says for whom it was made


def marked(card: Card, standing: Standing, t: Translator) -> Card:
    """Say on a card for whom the worker acts, and tie its buttons to them."""
    actions = tuple(
        replace(one, args={**one.args, FOR: str(standing.person)}) if one.url is None else one
        for one in card.actions
    )
    title = t("proxy-title", name=masks.name(standing.name), title=card.title)
    return replace(card, title=title, actions=actions)


def begun(standing: Standing, t: Translator) -> Card:
    """Say that it has begun, how it goes on, and how it ends."""
    minutes = int(IDLE.total_seconds() // 60)
    return Card(
        key=f"proxy:{uuid7()}",
        title=t("proxy-begun", name=masks.name(standing.name)),
        summary=t("proxy-begun-next", minutes=minutes),
        actions=(Action("proxy.end", t("action-end-proxy")),),
        tone="warning",
    )


def sure(action: Action, standing: Standing, t: Translator) -> Card:
    """Let the worker check with the person once more before their points are spent."""
    return Card(
        key=f"proxy:{uuid7()}",
        title=t("proxy-sure", name=masks.name(standing.name)),
        summary=t("proxy-sure-next"),
        actions=(action,),
        tone="warning",
    )


def ended(name: str, t: Translator) -> Card:
    """Say that the worker is themselves again."""
    return say(t("proxy-ended", name=masks.name(name)), tone="success")
