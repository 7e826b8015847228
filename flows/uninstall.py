"""拆除设备: of which flat, which one; then it is out of the registry."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from cards.talk import question, say
from core.act import Reply
from core.crypto import new_token
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, unread
from services import installations, places
from services.permissions import Permission, reach

NAME = "uninstall"
_PLACE_LIMIT = 60


async def begin(turn: Turn) -> Step:
    """Ask for the flat or house; refuse at once who may not."""
    reach(turn.by, Permission.DEVICES_WRITE)
    return _ask_place(turn, Standing(NAME, "place", {}, ""), "install-place-how")


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the flat, then the device."""
    if standing.step == "place":
        return await _place(turn, standing, (given.text or "").strip())
    names: dict[str, str] = standing.data["devices"]
    value = given.choice or next((i for i, name in names.items() if name == given.text), None)
    if value not in names:
        return unread(_ask_device(turn, standing, "flow-choose-one"))
    name = await installations.remove(turn.session, turn.by, UUID(value), now=turn.now)
    return Done((Reply(say(turn.t("uninstall-done", name=name), tone="success")),))


def cancel(turn: Turn) -> Step:
    """Leave the registry as it is."""
    return Abort(say(turn.t("uninstall-cancelled")))


async def _place(turn: Turn, standing: Standing, text: str) -> Step:
    site = await places.site(turn.session, turn.by, text) if 0 < len(text) <= _PLACE_LIMIT else None
    found = await installations.standing(turn.session, turn.by, site) if site else []
    if not found:
        hint = "uninstall-none" if site else "install-place-unknown"
        return _ask_place(turn, standing, hint)
    data = {"devices": {str(one.id): one.name for one in found}}
    return _ask_device(turn, replace(standing, step="device", data=data), "flow-how-to-answer")


def _ask_place(turn: Turn, standing: Standing, hint: str) -> Ask:
    return _ask(standing, turn.t("uninstall-ask-place"), turn.t(hint), [])


def _ask_device(turn: Turn, standing: Standing, hint: str) -> Ask:
    choices = list(standing.data["devices"].items())
    return _ask(standing, turn.t("uninstall-ask-device"), turn.t(hint), choices)


def _ask(standing: Standing, title: str, hint: str, choices: Sequence[tuple[str, str]]) -> Ask:
    now = replace(standing, ref=new_token(6))
    card = question(
        f"flow:{NAME}:{now.ref}", title, hint, choices, {"ref": now.ref}, ticket=None, version=1
    )
    return Ask(now, card)
