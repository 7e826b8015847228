"""Who hears of an elder's alarms: the list, ending a link, and telling those concerned."""

from collections.abc import Sequence
from uuid import UUID

from cards.residents import relation
from cards.talk import say
from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from services.people.families import Link

# Offered to a relative whose relation nobody said.
_RELATIONS = ("son", "daughter", "grandchild", "spouse", "relative")


def relatives(links: Sequence[Link], me: UUID, t: Translator) -> Card:
    """List who hears of whose alarms, each with the button that ends the own ones."""
    if not links:
        return say(t("family-none"), summary=t("family-none-next"))
    own = [one for one in links if me in {one.elder, one.relative}]
    return Card(
        key=f"family:{uuid7()}",
        title=t("family-title"),
        fields=tuple(Field(_whose(one, me, t), _how(one, t)) for one in links),
        actions=tuple(
            Action(
                "family.end", t("action-unlink", name=_other(one, me)),
                args={"elder": str(one.elder), "relative": str(one.relative)},
            )
            for one in own
        ),
        tone="info",
    )  # fmt: skip


def _other(one: Link, me: UUID) -> str:
    return one.relative_name if one.elder == me else one.elder_name


def _whose(one: Link, me: UUID, t: Translator) -> str:
    if one.elder == me:
        return one.relative_name
    return t("family-of", elder=one.elder_name, name=one.relative_name)


def _how(one: Link, t: Translator) -> str:
    said = relation(one.relation, t) if one.relation else t("relation-relative")
    if one.by_elder:
        return t("family-by-elder", relation=said)
    return t("family-by-worker", relation=said, name=one.consent_by)


def ask_unlink(one: Link, t: Translator) -> Card:
    """Name the consequence before a link ends."""
    return Card(
        key=f"family:{uuid7()}",
        title=t("family-ask-end", elder=one.elder_name, name=one.relative_name),
        summary=t("family-ask-end-next", elder=one.elder_name, name=one.relative_name),
        actions=(
            Action(
                "family.end", t("action-unlink-sure"), "danger",
                args={"elder": str(one.elder), "relative": str(one.relative), "sure": True},
            ),
        ),
        tone="danger",
    )  # fmt: skip


def linked(one: Link, t: Translator) -> Card:
    """Tell a relative that a code has joined them, and ask whose they are."""
    return Card(
        key=f"family:{uuid7()}",
        title=t("family-linked", elder=one.elder_name),
        summary=t("family-linked-next"),
        actions=()
        if one.relation
        else tuple(
            Action(
                "family.relation", t(f"relation-{code}"),
                args={"elder": str(one.elder), "relation": code},
            )
            for code in _RELATIONS
        ),
        tone="success",
    )  # fmt: skip


def told_linked(one: Link, t: Translator) -> Card:
    """Tell the elder and other relatives who hears of the alarms from now on."""
    return say(
        t("family-told-linked", elder=one.elder_name, name=one.relative_name),
        summary=t("family-told-next"), tone="info",
    )  # fmt: skip


def told_unlinked(one: Link, t: Translator) -> Card:
    """Tell those concerned that somebody hears of the alarms no more."""
    return say(t("family-told-ended", elder=one.elder_name, name=one.relative_name), tone="warning")
