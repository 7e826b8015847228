"""Each kind of device rings in the running demo, in the words of its own ecosystem."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.clock import utcnow
from tests.live import Running, running
from tests.until import comes

NOON = 12
# Of a door nothing is an alarm by itself: its rule waits for what does not come.
# The title's beginning, the topic or platform, the message. The persona's own flat: {flat}.
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("烟雾报警", "zigbee2mqtt/{flat} 烟感", {"smoke": True, "battery": 91, "linkquality": 80}),
    ("燃气泄漏报警", "zigbee2mqtt/{flat} 燃气", {"gas": True, "linkquality": 70}),
    ("漏水报警", "zigbee2mqtt/{flat} 水表", {"water_leak": True, "battery_low": False}),
    (
        "一键呼救",
        "atom/g616/status/861261020000002",
        {"imei": "861261020000002", "sos": True, "heartRate": "88", "isWearing": True},
    ),
    ("火点报警", "linling/default/fire-01/event", {"metrics": {"temperature": "86.5"}}),
    (
        "井盖倾斜",
        "application/1/device/24e124a840000001/event/up",
        {
            "deduplicationId": "1ec0a1b0-9f5e-4c4b-9a58-0d2a3c1f2e77", "fCnt": 8, "fPort": 85,
            "deviceInfo": {"devEui": "24e124a840000001", "deviceProfileName": "MC-100"},
            "rxInfo": [{"gatewayId": "24e124fffef00001", "rssi": -71}],
            "object": {"tilt_angle": -40},
        },
    ),
    (
        "井盖打开",
        "ctwing",
        {
            "messageType": "dataReport", "deviceId": "869951040000001", "upPacketSN": -1,
            "payload": {"manhole_cover_open_state": 1, "battery_value": 90},
        },
    ),
]  # fmt: skip
CAMERAS = {
    "cam_dongfang_09": ("消防通道被占", "fire_lane_gate", "truck"),
    "lane_dongfang_01": ("消防通道被占", "east", "car"),
    "bins_dongfang_01": ("垃圾满溢", "bins", "garbage"),
    "parking_dongfang_01": ("车辆乱停", "north", "car"),
    "street_dongfang_01": ("占道、乱堆放", "sidewalk", "stall"),
}


def stands(camera: str, zone: str, label: str) -> dict[str, Any]:
    """Make Frigate's event of something that stands in a zone."""
    after: dict[str, Any] = {"id": f"1.5-{camera}", "camera": camera, "label": label}
    after |= {"current_zones": [zone], "stationary": True}
    return {"type": "update", "before": {}, "after": after}


@pytest.fixture(scope="module")
def noon() -> Iterator[Running]:
    """Start a demo in a zone where it is about noon: property alarms wait for the morning."""
    ahead = NOON - utcnow().hour
    with running(LINLING_TIMEZONE=f"Etc/GMT{-ahead:+d}") as made:  # its signs are turned round
        yield made


async def test_every_kind_rings_the_worker(noon: Running) -> None:
    """From the ecosystem's own message to a card in the chat of the worker on duty."""
    async with httpx.AsyncClient(base_url=noon.base_url, trust_env=False) as http:
        login = await http.post("/api/chat/login", json={"persona": "worker"})
        bearer = {"Authorization": f"Bearer {login.json()['token']}"}
        panel = (await http.get("/api/demo")).json()["devices"]
        flat = next(one["name"] for one in panel if one["kind"] == "smoke").rpartition(" ")[0]
        begun = utcnow()
        for _, where, said in CASES:
            await speaks(noon, http, where.format(flat=flat), said)
        for camera, (_, zone, label) in CAMERAS.items():
            await speaks(noon, http, "frigate/events", stands(camera, zone, label))
        wanted = Counter([title for title, _, _ in CASES] + [one[0] for one in CAMERAS.values()])
        await comes(lambda: rung(http, bearer, begun), wanted)
        await comes(lambda: pictured(http, bearer), "image/jpeg")


async def pictured(http: httpx.AsyncClient, bearer: dict[str, str]) -> str:
    """Open what a camera saw; returns the kind of content, nothing while no card shows it."""
    page = await http.get("/api/chat/messages", params={"after": 0}, headers=bearer)
    for item in reversed(page.json()["items"]):
        for action in item["card"]["actions"]:
            if action["id"] == "ticket.picture":
                seen = await http.get(action["url"], headers=bearer)
                return seen.headers["content-type"]
    return ""


async def speaks(demo: Running, http: httpx.AsyncClient, where: str, said: dict[str, Any]) -> None:
    """Send a message by the way of its ecosystem."""
    if where != "ctwing":
        await demo.publish(where, said)
        return
    secret = json.loads((demo.home / "fakes.json").read_text())["ctwing"]["token"]
    answer = await http.post(f"/ingest/ctwing?token={secret}", json=said)
    assert answer.status_code == httpx.codes.OK


async def rung(http: httpx.AsyncClient, bearer: dict[str, str], since: datetime) -> Counter[str]:
    """Count by title the worker's cards of tickets opened since, to be taken on."""
    items: list[dict[str, Any]] = []
    while page := (
        await http.get(
            "/api/chat/messages", params={"after": items[-1]["id"] if items else 0}, headers=bearer
        )
    ).json()["items"]:
        items += page
    newest = {item["card"]["key"]: item["card"] for item in items if item["card"]["ticket"]}
    return Counter(
        card["title"].partition("：")[0]
        for card in newest.values()
        if opened_ms(card["ticket"]) >= since.timestamp() * 1000
        and "ticket.ack" in [action["id"] for action in card["actions"]]
    )


def opened_ms(ticket: str) -> int:
    """Read off a ticket's id when it was made: the demo's story has older ones."""
    return UUID(ticket).int >> 80
