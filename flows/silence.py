"""设备静音, 测试模式: which device, how long, why; then a second person is asked, or the test runs."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from cards import silences as cards
from cards.talk import question, say
from core.act import Reply
from core.crypto import new_token
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, unread
from models import DeviceKind, SilenceKind
from services import actors, notices, places, silenced, silences
from services.language.silencing import Wish, minutes_of
from services.permissions import Permission, reach

NAME = "silence"
_PLACE_LIMIT = 60
_REASON_LIMIT = 200
_OFFERED = {SilenceKind.SILENCE: (30, 60, 120), SilenceKind.TEST: (5, 10)}
REASONS = ("dust", "cooking", "repair")
# The kinds that people also call by other words.
_HEARD = frozenset(
    {
        DeviceKind.SMOKE, DeviceKind.GAS, DeviceKind.DOOR, DeviceKind.WRISTBAND, DeviceKind.WATER,
        DeviceKind.CAMERA,
    }
)  # fmt: skip


async def begin(turn: Turn, wish: Wish) -> Step:
    """Take what was said and ask for the rest; refuse at once who may not."""
    reach(turn.by, Permission.DEVICES_SILENCE)
    kind = SilenceKind.TEST if wish.wants == "test" else SilenceKind.SILENCE
    data = {"kind": kind.value, "minutes": wish.minutes, "reason": wish.reason[:_REASON_LIMIT]}
    standing = Standing(NAME, "place", data, "")
    return await _place(turn, standing, wish.place, told=False)


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the answer of the step that waits and go on to what is still missing."""
    text = (given.text or "").strip()
    if standing.step == "place":
        return await _place(turn, standing, text, told=True)
    data = dict(standing.data)
    if standing.step == "device":
        names: dict[str, str] = data["devices"]
        value = given.choice or next((i for i, name in names.items() if name == text), None)
        if value not in names:
            return unread(_ask(turn, standing, "flow-choose-one"))
        data["device"] = value
    elif standing.step == "minutes":
        data["minutes"] = minutes_of(given.choice or text)
    else:
        known = given.choice in REASONS
        data["reason"] = turn.t(f"silence-why-{given.choice}") if known else text[:_REASON_LIMIT]
    return await _next(turn, replace(standing, data=data))


def cancel(turn: Turn) -> Step:
    """Silence nothing."""
    return Abort(say(turn.t("silence-cancelled")))


async def _place(turn: Turn, standing: Standing, text: str, *, told: bool) -> Step:
    """Find the flat and in it the device, by the word for its kind where one was said."""
    site = await places.site(turn.session, turn.by, text) if 0 < len(text) <= _PLACE_LIMIT else None
    found = await silenced.devices(turn.session, turn.by, site) if site else []
    if not found:
        hint = (
            "uninstall-none" if site else "install-place-unknown" if told else "install-place-how"
        )
        return _ask(turn, replace(standing, step="place"), hint)
    meant = [one for one in found if _named(turn, one[2], text)] or found
    data = standing.data | {"devices": {str(one): name for one, name, _ in meant}}
    if len(meant) == 1:
        data["device"] = str(meant[0][0])
    return await _next(turn, replace(standing, data=data))


async def _next(turn: Turn, standing: Standing) -> Step:
    """Ask for what is still missing; with nothing missing, ask for the silence itself."""
    data, kind = standing.data, SilenceKind(standing.data["kind"])
    if (data.get("minutes") or 0) > silences.LONGEST[kind]:
        again = replace(standing, step="minutes", data=data | {"minutes": None})
        return _ask(turn, again, "silence-longest")
    missing = next((one for one in ("device", "minutes", "reason") if not data.get(one)), None)
    if missing is not None:
        return _ask(turn, replace(standing, step=missing))
    made = await silences.ask(
        turn.session, turn.by, device=UUID(data["device"]), kind=kind, minutes=data["minutes"],
        reason=data["reason"], now=turn.now,
    )  # fmt: skip
    one = await silenced.one(turn.session, made)
    if kind is SilenceKind.TEST:
        return Done((Reply(cards.begun(one, turn.t)),))
    told = await notices.tell(
        turn.session, await silenced.seconds(turn.session, made, now=turn.now),
        lambda t: cards.request(one, t), now=turn.now, at_once=True,
    )  # fmt: skip
    names = await actors.names(turn.session, told)
    return Done((Reply(cards.asked(one, [names[who] for who in told], turn.t)),))


def _named(turn: Turn, kind: str, text: str) -> bool:
    """Tell whether the words name this kind of device."""
    words = {turn.t(f"kind-{kind}")}
    if kind in _HEARD:
        words |= set(turn.t(f"heard-as-{kind}").split())
    return any(word.casefold() in text.casefold() for word in words)


def _choices(turn: Turn, standing: Standing) -> Sequence[tuple[str, str]]:
    if standing.step == "device":
        return list(standing.data["devices"].items())
    if standing.step == "minutes":
        offered = _OFFERED[SilenceKind(standing.data["kind"])]
        return [(str(one), turn.t("wait-minutes", count=one)) for one in offered]
    if standing.step == "reason":
        return [(one, turn.t(f"silence-why-{one}")) for one in REASONS]
    return []


def _args(standing: Standing, hint: str) -> dict[str, int]:
    """Say with the hint what it is about: the longest time."""
    if hint != "silence-longest":
        return {}
    return {"minutes": silences.LONGEST[SilenceKind(standing.data["kind"])]}


def _ask(turn: Turn, standing: Standing, hint: str = "flow-how-to-answer") -> Ask:
    now = replace(standing, ref=new_token(6))
    card = question(
        f"flow:{NAME}:{now.ref}", turn.t(f"silence-ask-{now.step}"),
        turn.t(hint, **_args(now, hint)), _choices(turn, now), {"ref": now.ref}, ticket=None, version=1,
    )  # fmt: skip
    return Ask(now, card)
