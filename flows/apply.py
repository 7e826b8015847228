"""申请设备: which device, for whom, and the consent to whom it tells what."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from cards.devices import on_the_list
from cards.talk import question, say
from core.act import Reply
from core.crypto import new_token
from flows.base import Abort, Answer, Ask, Done, Standing, Step, Turn, unread
from models import DeviceKind
from services import device_requests
from services.device_requests import KINDS

NAME = "apply"
_YES, _NO, _KEEP, _WITHDRAW = "yes", "no", "keep", "withdraw"
_SAID_LIMIT = 200


async def begin(turn: Turn, said: str) -> Step:
    """Ask what the words left open; refuse at once who lives nowhere we know."""
    whom = await device_requests.beneficiaries(turn.session, turn.by)
    data = {
        "said": said[:_SAID_LIMIT],
        "people": {str(one.person): one.name for one in whom},
        "kind": _named(turn, said),
        "whom": str(whom[0].person) if len(whom) == 1 else None,
    }
    return await _next(turn, Standing(NAME, "", data, ""))


async def proceed(turn: Turn, standing: Standing, given: Answer) -> Step:
    """Take the answer of the step that waits and go on to what is still open."""
    choices = dict(_choices(turn, standing))
    value = given.choice or next((v for v, label in choices.items() if label == given.text), None)
    if value not in choices:
        return unread(_ask(turn, standing, "flow-choose-one"))
    if standing.step == "consent":
        return await _consented(turn, standing, agreed=value == _YES)
    if standing.step == "again":
        return await _again(turn, standing, withdraw=value == _WITHDRAW)
    return await _next(turn, replace(standing, data=standing.data | {standing.step: value}))


def cancel(turn: Turn) -> Step:
    """Ask for nothing."""
    return Abort(say(turn.t("apply-cancelled")))


async def _next(turn: Turn, standing: Standing) -> Step:
    for step in ("kind", "whom"):
        if standing.data[step] is None:
            return _ask(turn, replace(standing, step=step))
    whom, kind = _aim(standing)
    place = await device_requests.waiting(turn.session, turn.by, whom, kind)
    if place is not None:
        data = standing.data | {"place": place}
        return _ask(turn, replace(standing, step="again", data=data))
    return _ask(turn, replace(standing, step="consent"))


async def _consented(turn: Turn, standing: Standing, *, agreed: bool) -> Step:
    if not agreed:
        return Abort(say(turn.t("apply-not-agreed")))
    whom, kind = _aim(standing)
    said = standing.data["said"]
    place = await device_requests.ask(turn.session, turn.by, whom, kind, said=said, now=turn.now)
    return Done((Reply(on_the_list(kind, place, turn.t)),))


async def _again(turn: Turn, standing: Standing, *, withdraw: bool) -> Step:
    whom, kind = _aim(standing)
    if not withdraw:
        return Done((Reply(on_the_list(kind, standing.data["place"], turn.t)),))
    await device_requests.withdraw(turn.session, turn.by, whom, kind, now=turn.now)
    return Done((Reply(say(turn.t("apply-withdrawn"), tone="success")),))


def _aim(standing: Standing) -> tuple[UUID, DeviceKind]:
    return UUID(standing.data["whom"]), DeviceKind(standing.data["kind"])


def _named(turn: Turn, said: str) -> str | None:
    """Find the kind in the words themselves, when exactly one is named."""
    heard = said.casefold()
    found = [
        kind.value
        for kind in KINDS
        if any(word in heard for word in turn.t(f"heard-as-{kind.value}").split())
    ]
    return found[0] if len(found) == 1 else None


def _choices(turn: Turn, standing: Standing) -> Iterable[tuple[str, str]]:
    t = turn.t
    if standing.step == "kind":
        return [(kind.value, t(f"kind-{kind.value}")) for kind in KINDS]
    if standing.step == "whom":
        people: dict[str, str] = standing.data["people"]
        return people.items()
    if standing.step == "again":
        return [(_KEEP, t("apply-keep")), (_WITHDRAW, t("apply-withdraw"))]
    return [(_YES, t("apply-agree")), (_NO, t("apply-disagree"))]


def _ask(turn: Turn, standing: Standing, hint: str = "flow-how-to-answer") -> Ask:
    now = replace(standing, ref=new_token(6))
    kind = standing.data["kind"]
    title = turn.t(f"apply-ask-{now.step}", kind=turn.t(f"kind-{kind}") if kind else "")
    card = question(
        f"flow:{NAME}:{now.ref}", title,
        turn.t(f"apply-consent-{kind}") if now.step == "consent" else turn.t(hint),
        list(_choices(turn, now)), {"ref": now.ref}, ticket=None, version=1,
    )  # fmt: skip
    return Ask(now, card)
