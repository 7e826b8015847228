"""Frigate: which objects stand still in which zones, whether cameras run, whether something moves.

Source: Frigate's "MQTT" page, with the default prefix. A device is a camera; the recorder
itself is the device `frigate`, the gateway of all. Everything else below the prefix (snapshots, counts, settings)
holds no readings and is not even opened.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from core.errors import DecodeError
from core.reading import NOTHING, RECEIPT, Decoded, Reading
from core.units import truth
from devices.body import (
    Address,
    Head,
    an_object,
    device_id,
    load_object,
    mark,
    moment,
    single,
    told,
)

SOURCE: Final = "frigate"
_MAX_ZONES: Final = 16
_STATES: Final = {
    b"online": True,
    b"offline": False,
    b"stopped": False,
    b"disabled": False,
}


def address(topic: str) -> Address | None:
    """Read the camera off a topic.

    Of the roles only `detect` counts as the camera's presence: where recording fails, alarms
    still work, and roles that disagree must not make a camera flicker.
    """
    match topic.split("/")[1:]:
        case ["events" | "reviews"]:
            return Address("object", "")
        case ["available"]:
            return Address("state", SOURCE)
        case [camera, "status", "detect"]:
            return Address("state", device_id(camera))
        case [camera, "motion"]:
            return Address("motion", device_id(camera))
    return None


def decode(to: Address, payload: bytes, received: datetime) -> Decoded:
    """Decode a tracked object, a camera's state or its motion."""
    if to.kind == "object":
        return _tracked(load_object(payload), received)
    about = told(to.device, gateway=SOURCE) if to.device != SOURCE else ()
    head = Head(SOURCE, to.device, received, RECEIPT, about=about)
    said = payload.strip().lower()
    if not said:
        return NOTHING
    if to.kind == "state":
        if said not in _STATES:
            raise DecodeError("online is neither yes nor no")
        return single(head, "online", value=_STATES[said])
    try:
        return single(head, "motion", value=truth(said.decode("utf-8", "replace")))
    except ValueError:
        raise DecodeError("motion is neither yes nor no") from None


def _tracked(body: Mapping[str, object], received: datetime) -> Decoded:
    """Say per zone whether the object stands in it, and once more when it no longer does.

    Reviews lack `stationary` and so give nothing: the events of their objects come anyway. The
    readings of one object share its id, so that one car driving off does not free a lane in
    which another still stands.
    """
    if body.get("after") is None:
        return Decoded((), (), RECEIPT)
    after = an_object(body["after"], "after")
    before = body.get("before")
    before = before if isinstance(before, dict) else {}
    if "stationary" not in after:
        return NOTHING
    ended = body.get("type") == "end" or after.get("end_time") is not None
    stands = set() if ended else _still_in(after)
    stood = _still_in(before) | (_still_in(after) if ended else set())
    if not stands | stood:
        return NOTHING
    ts, clock = moment(
        (after.get("end_time") if ended else None) or after.get("frame_time"), received
    )
    camera = device_id(after.get("camera"))
    about = told(camera, gateway=SOURCE)
    head = Head(SOURCE, camera, ts, clock, mark(after.get("id")), about)
    label = mark(after.get("label"))
    readings = tuple(
        _reading(head, zone, label, stands=zone in stands) for zone in sorted(stands | stood)
    )
    return Decoded(readings, (), clock, about)


def _reading(head: Head, zone: str, label: str | None, *, stands: bool) -> Reading:
    return Reading(
        SOURCE,
        head.device,
        "object_stationary",
        stands,
        None,
        head.ts,
        head.event_id,
        zone,
        label,
    )


def _still_in(state: Mapping[str, object]) -> set[str]:
    """List the zones in which a tracked object stands still."""
    zones = state.get("current_zones")
    if not isinstance(zones, list) or state.get("false_positive") is True:
        return set()
    try:
        if not truth(state.get("stationary", False)):
            return set()
    except ValueError:
        raise DecodeError("object_stationary is neither yes nor no") from None
    return {zone for zone in map(mark, zones[:_MAX_ZONES]) if zone}
