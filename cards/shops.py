"""Shops near somebody: at most three a card, numbers to choose by, links to dial and to walk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.card import Action, Card, Field
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from services.shops import links
from services.shops.hours import DAY, clock
from services.shops.places import Source
from services.shops.search import Found, Hit, Kind
from services.shops.taxonomy import categories


def shop_list(
    found: Found, source: Source, more: Mapping[str, Any], *, now: datetime, t: Translator
) -> Card:
    """Show a page of shops; `more` are the arguments that ask for it again."""
    if not found.shops:
        return _nothing(found, more["asked"], t)
    shown = more["offset"] + len(found.shops)
    actions = [
        Action("shop.show", one.name, "primary" if place == 0 else "default",
               args={"shop": str(one.id)} | {key: more[key] for key in ("lon", "lat", "home")})
        for place, one in enumerate(found.shops)
    ]  # fmt: skip
    if shown < found.total:
        actions.append(Action("shop.more", t("action-more"), args={**more, "offset": shown}))
    first = found.shops[0]
    kind = len({one.category for one in found.shops}) > 1 or len(found.categories) != 1
    return Card(
        key=f"shops:{uuid7()}",
        title=_title(found, t),
        summary=t(f"shops-from-{source}") + t("shops-how", count=len(found.shops)),
        fields=tuple(
            Field(f"{number} {one.name}", _line(one, now, t, kind=kind))
            for number, one in enumerate(found.shops, 1)
        ),
        actions=(*actions, *_links(first, t, name=first.name)),
        tone="info",
    )


def shop_detail(one: Hit, now: datetime, t: Translator) -> Card:
    """Show all that is known of one shop."""
    fields = [
        Field(t("field-category"), categories()[one.category].name(t.lang)),
        Field(t("field-way"), _way(one, t)),
        Field(t("field-open"), _open(one, now, t)),
    ]
    if one.hours_raw:
        fields.append(Field(t("field-hours"), one.hours_raw))
    if one.address:
        fields.append(Field(t("field-address"), one.address))
    if one.phone:
        fields.append(Field(t("field-phone"), one.phone))
    if one.tags:
        fields.append(Field(t("field-also"), t("word-list").join(one.tags)))
    return Card(
        key=f"shop:{uuid7()}",
        title=one.name,
        summary=t("shop-check-first") if one.open is None else "",
        fields=tuple(fields),
        actions=(
            *_links(one, t),
            Action(
                "route.amap", t("action-route-amap"), url=links.walking(one.name, one.at)["amap"]
            ),
            Action("say.browse_circle", t("action-browse-circle")),
            Action(
                "shop.report", t("action-shop-report"), args={"shop": str(one.id), "name": one.name}
            ),
            Action("say.human", t("action-ask-person")),
        ),
        tone="info",
    )


def _links(one: Hit, t: Translator, *, name: str = "") -> list[Action]:
    """Offer to dial and to walk; with a name the labels say whose links they are."""
    call = "action-call-to" if name else "action-call"
    walk = "action-route-to" if name else "action-route"
    said = {"name": name} if name else {}
    found = []
    if one.phone:
        found.append(Action("call", t(call, **said), url=links.dial(one.phone)))
    url = links.walking(one.name, one.at)["tencent"]
    return [*found, Action("route", t(walk, **said), url=url)]


def _title(found: Found, t: Translator) -> str:
    if found.kind is Kind.NEARBY:
        return t("shops-closed-near" if found.closed else "shops-nearby-title")
    if found.kind is Kind.NAME:
        return t("shops-name-title")
    what = t("word-or").join(categories()[code].name(t.lang) for code in found.categories)
    if found.kind is Kind.MAYBE:
        return t("shops-maybe-title", what=what)
    return t("shops-closed-title" if found.closed else "shops-title", what=what)


def _nothing(found: Found, asked: str, t: Translator) -> Card:
    what = asked[:20]
    if found.categories:
        what = t("word-or").join(categories()[code].name(t.lang) for code in found.categories)
    return Card(
        key=f"shops:{uuid7()}",
        title=t("shops-none", what=what) if what else t("shops-none-at-all"),
        summary=t("shops-none-next"),
        actions=(
            Action("say.browse_circle", t("action-browse-circle"), "primary"),
            Action("say.human", t("action-ask-person")),
        ),
    )


def _line(one: Hit, now: datetime, t: Translator, *, kind: bool) -> str:
    """Say all of a shop in a line; its kind only where the title does not."""
    parts = [categories()[one.category].name(t.lang)] if kind else []
    parts += [_way(one, t), _open(one, now, t)]
    if one.phone:
        parts.append(t("shop-phone", phone=one.phone))
    return t("word-comma").join(parts)


def _way(one: Hit, t: Translator) -> str:
    """Say the walk, always as about: to 10 m, from 1 km on to 100 m."""
    minutes = max(1, round(one.walk_s / 60))
    if one.walk_m < 1000:
        return t("shop-way", metres=max(10, round(one.walk_m, -1)), minutes=minutes)
    return t("shop-way-far", km=f"{one.walk_m / 1000:.1f}", minutes=minutes)


def _open(one: Hit, now: datetime, t: Translator) -> str:
    here = local(now)
    if one.hours is None:
        return t("shop-hours-unknown")
    if one.hours.always:
        return t("shop-always-open")
    if (closes := one.hours.closes(here)) is not None:
        return t("shop-open-until", time=clock(closes % DAY or DAY))
    opens = one.hours.opens(here)
    if opens is None:
        return t("shop-closed")
    days, minute = opens
    if days < 2:
        return t("shop-opens-today" if days == 0 else "shop-opens-tomorrow", time=clock(minute))
    weekday = (here.weekday() + days) % 7
    return t("shop-opens-on", day=t(f"weekday-{weekday}"), time=clock(minute))
