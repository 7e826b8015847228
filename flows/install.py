"""登记设备: which device by its code, what it is, where it hangs; then the live test begins."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from cards.devices import gateway_in_place, waiting_for_test
from cards.talk import question, say
from core.act import Reply
from core.crypto import new_token
from core.errors import UserError
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, unread
from models import DeviceKind
from services import device_requests, installations, places
from services.installations import LISTED, Stranger
from services.places import Site

NAME = "install"
CODE_LIMIT = 200
PLACE_LIMIT = 60
# These protect the people of a flat, so they need one.
_IN_FLATS = frozenset(
    {DeviceKind.DOOR, DeviceKind.GAS, DeviceKind.SMOKE, DeviceKind.WRISTBAND, DeviceKind.WATER}
)


async def begin(turn: Turn) -> Step:
    """Ask for the code, and offer what was heard last; refuse at once who may not."""
    found = await installations.strangers(turn.session, turn.by, now=turn.now)
    return _ask_code(turn, Standing(NAME, "code", {}, ""), found, turn.t("install-code-how"))


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the answer of the step that waits and go on to the next."""
    if standing.step == "code":
        return await _code(turn, standing, given)
    if standing.step == "kind":
        return _kind(turn, standing, given)
    if standing.step == "wearer":
        return await _wearer(turn, standing, given)
    return await _place(turn, standing, given)


def cancel(turn: Turn) -> Step:
    """Register nothing."""
    return Abort(say(turn.t("install-cancelled")))


async def _code(turn: Turn, standing: Standing, given: Answer) -> Step:
    found = await installations.strangers(turn.session, turn.by, now=turn.now)
    code = given.choice or given.text or ""
    matches = installations.matching(found, code[:CODE_LIMIT]) if code else []
    if len(matches) != 1:
        hint = turn.t("install-code-how")
        if code:
            hint = turn.t("install-code-several" if matches else "install-code-unheard")
        return _ask_code(turn, standing, matches or found, hint)
    one = matches[0]
    data = {"community": str(one.community), "source": one.source, "external": one.external}
    return _ask_kind(turn, replace(standing, step="kind", data=data))


def _kind(turn: Turn, standing: Standing, given: Answer) -> Step:
    labels = {turn.t(f"kind-{kind.value}"): kind.value for kind in DeviceKind}
    value = given.choice or labels.get(given.text or "")
    if value not in set(DeviceKind):
        return unread(_ask_kind(turn, standing, "flow-choose-one"))
    data = standing.data | {"kind": value}
    return _ask_place(turn, replace(standing, step="place", data=data))


async def _place(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Find the flat or place that was typed; a wristband is asked for whom it is."""
    text = (given.text or "").strip()
    if not text or len(text) > PLACE_LIMIT:
        return _ask_place(turn, standing)
    kind = DeviceKind(standing.data["kind"])
    site = await places.site(turn.session, turn.by, text)
    if site is None or (site.home is None and kind in _IN_FLATS):
        return _ask_place(turn, standing, "install-place-unknown")
    if kind is DeviceKind.WRISTBAND:
        wearers = await places.wearers(turn.session, turn.by, site)
        if len(wearers) > 1:
            asking = replace(standing, step="wearer", data=standing.data | {"at": text})
            return _ask_wearer(turn, asking, wearers, "flow-how-to-answer")
    return await _register(turn, standing, kind, site)


async def _wearer(turn: Turn, standing: Standing, given: Answer) -> Step:
    site = await places.site(turn.session, turn.by, standing.data["at"])
    if site is None:
        return _ask_place(turn, replace(standing, step="place"), "install-place-unknown")
    wearers = await places.wearers(turn.session, turn.by, site)
    chosen = [who for who, name in wearers if given.choice == str(who) or given.text == name]
    if len(chosen) != 1:
        return unread(_ask_wearer(turn, standing, wearers, "flow-choose-one"))
    return await _register(turn, standing, DeviceKind.WRISTBAND, site, wearer=chosen[0])


async def _register(
    turn: Turn, standing: Standing, kind: DeviceKind, site: Site, *, wearer: UUID | None = None
) -> Step:
    """Register the device and begin its live test."""
    found = await installations.strangers(turn.session, turn.by, now=turn.now)
    one = next((s for s in found if _is(s, standing)), None)
    if one is None:
        raise UserError("device-known", status=409)
    name = turn.t("device-name", place=site.name, kind=turn.t(f"kind-{kind.value}"))
    await installations.register(
        turn.session, turn.by, one, kind=kind, at=site, name=name, wearer=wearer, now=turn.now,
        gateway_name=turn.t("gateway-name", code=one.gateway),
    )  # fmt: skip
    if site.home is not None:
        await device_requests.fulfil(
            turn.session, turn.by, community=site.community, grid=site.grid, home=site.home,
            kind=kind, now=turn.now,
        )  # fmt: skip
    if kind is DeviceKind.GATEWAY:
        return Done((Reply(gateway_in_place(name, turn.t)),))
    return Done((Reply(waiting_for_test(name, kind, turn.t)),))


def _is(one: Stranger, standing: Standing) -> bool:
    data = standing.data
    return (str(one.community), one.source, one.external) == (
        data["community"], data["source"], data["external"],
    )  # fmt: skip


def _ask_code(turn: Turn, standing: Standing, found: Sequence[Stranger], hint: str) -> Ask:
    choices = [(one.external, one.external) for one in found[:LISTED]]
    return _ask(standing, turn.t("install-ask-code"), hint, choices)


def _ask_kind(turn: Turn, standing: Standing, hint: str = "flow-how-to-answer") -> Ask:
    choices = [(kind.value, turn.t(f"kind-{kind.value}")) for kind in DeviceKind]
    title = turn.t("install-ask-kind", code=standing.data["external"])
    return _ask(standing, title, turn.t(hint), choices)


def _ask_place(turn: Turn, standing: Standing, hint: str = "install-place-how") -> Ask:
    return _ask(standing, turn.t("install-ask-place"), turn.t(hint), [])


def _ask_wearer(
    turn: Turn, standing: Standing, wearers: Sequence[tuple[UUID, str]], hint: str
) -> Ask:
    choices = [(str(who), name) for who, name in wearers]
    return _ask(standing, turn.t("install-ask-wearer"), turn.t(hint), choices)


def _ask(standing: Standing, title: str, hint: str, choices: Sequence[tuple[str, str]]) -> Ask:
    now = replace(standing, ref=new_token(6))
    card = question(
        f"flow:{NAME}:{now.ref}", title, hint, choices, {"ref": now.ref}, ticket=None, version=1
    )
    return Ask(now, card)
