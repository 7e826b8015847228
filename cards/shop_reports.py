"""What is said to be wrong about a shop, for whoever passes by and can look."""

from collections.abc import Sequence
from dataclasses import replace

from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from services.shops.reports import GONE, Report


def to_check(one: Report, t: Translator) -> Card:
    """Ask somebody of the staff to look on their way: it is so, or it is not."""
    args = {"report": str(one.id)}
    return Card(
        key=f"shop-report:{one.id}",
        title=t("shop-report-title", name=one.name, fault=t(f"shop-fault-{one.fault.value}")),
        summary=t("shop-report-look", count=len(one.people)),
        fields=(
            *((Field(t("field-address"), one.address),) if one.address else ()),
            *((Field(t("field-said"), one.said),) if one.said else ()),
        ),
        actions=(
            Action("shop.true", t("action-shop-true"), "primary", args=args),
            Action("shop.untrue", t("action-shop-untrue"), args=args),
        ),
        tone="info",
    )


def waiting(found: Sequence[Report], t: Translator) -> Card:
    """Show the oldest report that waits, and how many more there are."""
    if not found:
        return Card(key=f"shop-report:{uuid7()}", title=t("shop-reports-none"), tone="success")
    return replace(to_check(found[0], t), summary=t("shop-reports-more", count=len(found) - 1))


def decided(one: Report, t: Translator, *, accepted: bool) -> Card:
    """Say what the list says from now on, to whoever looked and to those who reported it."""
    right = "shop-report-gone" if one.fault in GONE else "shop-report-put"
    return Card(
        key=f"shop-report:{uuid7()}",
        title=t(right if accepted else "shop-report-kept", name=one.name),
        tone="success" if accepted else "info",
    )
