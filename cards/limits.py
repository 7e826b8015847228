"""A limit of a vital sign in words: whose, what holds now, and what would."""

from typing import Any

from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from services.rules.limits import Now


def confirm(whose: str, known: Now, wanted: float, args: dict[str, Any], t: Translator) -> Card:
    """Let the operator see both limits before the new one counts."""
    metric = known.rule.metric
    was = t(f"limit-{metric}", value=f"{known.rule.limit:g}")
    return Card(
        key=f"limit:{uuid7()}",
        title=t("limit-confirm", whose=whose, what=t(f"what-{known.rule.key}")),
        summary=t("limit-confirm-hint"),
        fields=(
            Field(t("field-limit-now"), t("limit-own" if known.own else "limit-common", limit=was)),
            Field(t("field-limit-new"), t(f"limit-{metric}", value=f"{wanted:g}")),
            Field(t("field-reason"), args["source"]),
        ),
        actions=(Action("limit.put", t("action-limit-put"), "primary", args=args),),
        tone="warning",
    )


def put(whose: str, t: Translator) -> Card:
    """Say that it counts from now on."""
    return Card(key=f"limit:{uuid7()}", title=t("limit-put", whose=whose), tone="success")
