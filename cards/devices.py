"""Devices that come: on the waiting list, in their live test, in place."""

from collections.abc import Sequence

from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from models import DeviceKind
from services.device_requests import Wish

_PRESSED = frozenset({DeviceKind.SMOKE, DeviceKind.GAS, DeviceKind.WRISTBAND, DeviceKind.FIRE})


def waiting_for_test(name: str, kind: DeviceKind, t: Translator) -> Card:
    """Tell the worker that the device is registered and what to do for its live test."""
    how = "press" if kind in _PRESSED else "use"
    return _card(t("install-registered", name=name), t(f"install-test-{how}"))


def gateway_in_place(name: str, t: Translator) -> Card:
    """Tell the worker that a gateway is registered, and how to learn of its own failing."""
    return _card(t("install-gateway", name=name), t("install-gateway-next"))


def tested(name: str, heard: str | None, t: Translator) -> Card:
    """Tell the worker how the live test ended; `heard` is a metric."""
    if heard is None:
        return Card(
            key=f"install:{uuid7()}", title=t("install-not-heard", name=name),
            summary=t("install-not-heard-next"), tone="warning",
        )  # fmt: skip
    return Card(
        key=f"install:{uuid7()}", title=t("install-heard", name=name),
        summary=t("install-heard-next"), tone="success",
    )  # fmt: skip


def on_the_list(kind: DeviceKind, place: int, t: Translator) -> Card:
    """Say where a wish stands in the list and what comes next."""
    title = t("apply-listed", kind=t(f"kind-{kind.value}"), place=place)
    return _card(title, t("apply-listed-next"))


def in_place(kind: DeviceKind, t: Translator) -> Card:
    """Tell whoever asked that the device is there."""
    title = t("apply-installed", kind=t(f"kind-{kind.value}"))
    return Card(key=f"wish:{uuid7()}", title=title, summary=t("apply-installed-next"),
                tone="success")  # fmt: skip


def wishes(found: Sequence[Wish], total: int, t: Translator) -> Card:
    """List who waits for a device, the neediest first."""
    more = total - len(found)
    return Card(
        key=f"wishes:{uuid7()}",
        title=t("wishes-title", count=total) if total else t("wishes-none"),
        summary=t("wishes-more", count=more) if more else "",
        fields=tuple(
            Field(t(f"kind-{one.kind.value}"), t("wishes-line", name=one.name, place=one.place))
            for one in found
        ),
        actions=(Action("say.register_device", t("intent-register_device"), "primary"),),
        tone="info",
    )


def _card(title: str, summary: str) -> Card:
    return Card(key=f"install:{uuid7()}", title=title, summary=summary, tone="info")
