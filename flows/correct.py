"""信息不对: what is wrong about a shop, what would be right, and a yes before anything is written."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from cards import shop_reports as cards
from cards.talk import question, say
from core.act import Reply
from core.crypto import new_token
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, unread
from models import ShopFault
from services import notices
from services.shops import reports

NAME = "correct"
_YES, _NO = "yes", "no"
# What has to be given, and what may be: where it moved to is often not known.
_TOLD = frozenset({ShopFault.HOURS, ShopFault.PHONE, ShopFault.MOVED})


async def begin(turn: Turn, shop: UUID, name: str, fault: ShopFault | None = None) -> Step:
    """Ask what is wrong, unless the words have said it."""
    data = {"shop": str(shop), "name": name, "fault": fault and fault.value, "said": ""}
    return _next(turn, Standing(NAME, "", data, ""))


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take what is wrong, then what is right, then the yes."""
    choices = dict(_choices(turn, standing))
    value = given.choice or next((v for v, label in choices.items() if label == given.text), None)
    if standing.step == "said" and value is None and given.text:
        said = reports.checked(ShopFault(standing.data["fault"]), given.text)
        return _ask(turn, replace(standing, step="sure", data=standing.data | {"said": said}))
    if value not in choices:
        return unread(_ask(turn, standing, "flow-choose-one"))
    if standing.step == "fault":
        return _next(turn, replace(standing, data=standing.data | {"fault": value}))
    if standing.step == "said":
        return _ask(turn, replace(standing, step="sure"))
    return await _write(turn, standing) if value == _YES else cancel(turn)


def cancel(turn: Turn) -> Step:
    """Leave the shop as it is listed."""
    return Abort(say(turn.t("correct-cancelled")))


def _next(turn: Turn, standing: Standing) -> Step:
    fault = standing.data["fault"]
    if fault is None:
        return _ask(turn, replace(standing, step="fault"))
    return _ask(turn, replace(standing, step="said" if ShopFault(fault) in _TOLD else "sure"))


async def _write(turn: Turn, standing: Standing) -> Step:
    data, t = standing.data, turn.t
    one, own = await reports.report(
        turn.session, turn.by, shop=UUID(data["shop"]), fault=ShopFault(data["fault"]),
        said=data["said"], now=turn.now,
    )  # fmt: skip
    if own:
        return Done((Reply(say(t("correct-own-done", name=one.name), tone="success")),))
    if len(one.people) == 1:  # the next ones who say the same stand on the same card
        found = await reports.checkers(turn.session, one.community, now=turn.now)
        await notices.tell(turn.session, found, partial(cards.to_check, one), now=turn.now)
    thanks = say(t("correct-thanks"), summary=t("correct-next", count=len(one.people)))
    return Done((Reply(thanks),))


def _choices(turn: Turn, standing: Standing) -> list[tuple[str, str]]:
    if standing.step == "fault":
        return [(one.value, turn.t(f"shop-fault-{one.value}")) for one in ShopFault]
    if standing.step == "said":
        unknown = standing.data["fault"] == ShopFault.MOVED.value
        return [("unknown", turn.t("correct-where-unknown"))] if unknown else []
    return [(_YES, turn.t("correct-yes")), (_NO, turn.t("correct-no"))]


def _ask(turn: Turn, standing: Standing, hint: str = "flow-how-to-answer") -> Ask:
    now, data, t = replace(standing, ref=new_token(6)), standing.data, turn.t
    said, fault = t(hint), data["fault"]
    if now.step == "said":
        title, said = t(f"correct-ask-{fault}", name=data["name"]), t(f"correct-example-{fault}")
    elif now.step == "sure" and fault == ShopFault.MOVED and data["said"]:
        title = t("correct-sure-moved-to", name=data["name"], said=data["said"])
    elif now.step == "sure":
        title = t(f"correct-sure-{fault}", name=data["name"], said=data["said"])
    else:
        title = t("correct-ask-fault", name=data["name"])
    card = question(
        f"flow:{NAME}:{now.ref}", title, said, _choices(turn, now), {"ref": now.ref}, ticket=None,
        version=1,
    )  # fmt: skip
    return Ask(now, card)
