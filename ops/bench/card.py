"""A device's message over MQTT → the card in the recipient's live stream, and its edits."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiomqtt
import httpx
import orjson

from core.clock import utcnow
from core.db import Database
from core.mqtt import address
from ops.bench import Report, percentile
from ops.bench.clicks import ACKNOWLEDGE, Hand
from ops.bench.fleet import Point, Size, build, logins
from ops.bench.ground import Ground, answers, free_port, ground, wait_until
from ops.migrate import migrate

ALARMS = 150
PER_S = 5
GRIDS = 10
SETTLE_S = 20
BUDGET = {"card_p95_ms": "≤ 1,000", "card_p99_ms": "≤ 2,000", "edit_max_ms": "≤ 2,000"}
_PLACE = re.compile(r"(\d+)室")


@dataclass
class Seen:
    """When each card came, and when its edit after the acknowledgement; by number of the home."""

    sent: dict[int, float] = field(default_factory=dict)
    shown: dict[tuple[int, str], float] = field(default_factory=dict)
    acked: dict[int, float] = field(default_factory=dict)
    edited: dict[tuple[int, str], float] = field(default_factory=dict)


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground() as place:
        return asyncio.run(_measure(place))


async def _measure(place: Ground) -> Report:
    await migrate(place.settings.database_url)
    db = Database(place.settings.database_url, pool=2)
    points = await build(db, Size(homes=ALARMS, grids=GRIDS, kind="smoke"), now=utcnow())
    port = free_port()
    place.worker("worker", "mqtt,outbox,schedule")
    place.bot("bot", port)
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 30, "the stack is ready")
    people = [point.relative for point in points] + [one.workers[0] for one in points[:GRIDS]]
    bearers = await logins(db, people, now=utcnow())
    await db.aclose()
    seen = Seen()
    limits = httpx.Limits(max_connections=len(people) + 20)
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(
        base_url=base, trust_env=False, timeout=httpx.Timeout(60, read=None), limits=limits
    ) as http:
        await _play(place, [Hand(http, bearer) for bearer in bearers], points, seen)
    return _report(seen)


async def _play(place: Ground, hands: list[Hand], points: list[Point], seen: Seen) -> None:
    relatives, workers = hands[: len(points)], hands[len(points) :]
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        listening = [
            group.create_task(
                _listens(await stack.enter_async_context(_stream(hand)), seen, part, hand)
            )
            for part, some in (("relative", relatives), ("worker", workers))
            for hand in some
        ]
        await _rings(place, points, seen)
        deadline = time.monotonic() + SETTLE_S
        while len(seen.edited) < len(points) and time.monotonic() < deadline:  # noqa: ASYNC110  streams end it
            await asyncio.sleep(0.1)
        for task in listening:
            task.cancel()


async def _rings(place: Ground, points: list[Point], seen: Seen) -> None:
    async with aiomqtt.Client(**address(place.settings.mqtt_url)) as client:
        for number, point in enumerate(points):
            body = {"id": f"card-{number}", "metrics": {"smoke": True}}
            seen.sent[number] = time.monotonic()
            await client.publish(point.topic, orjson.dumps(body), qos=1)
            await asyncio.sleep(1 / PER_S)


@asynccontextmanager
async def _stream(hand: Hand) -> AsyncIterator[httpx.Response]:
    async with hand.client.stream("GET", "/api/chat/stream", headers=hand.headers) as answer:
        answer.raise_for_status()
        yield answer


async def _listens(answer: httpx.Response, seen: Seen, part: str, hand: Hand) -> None:
    """Note what comes; a worker acknowledges at once."""
    pressing: set[asyncio.Task[None]] = set()
    async for line in answer.aiter_lines():
        if not line.startswith("data: {"):
            continue
        item: dict[str, Any] = json.loads(line.removeprefix("data: "))
        card = item.get("card")
        found = _PLACE.search(card["title"] + card["summary"]) if card else None
        if card is None or found is None or not card["ticket"]:
            continue
        number = int(found[1])
        if item["op"] == "message":
            seen.shown.setdefault((number, part), time.monotonic())
        elif number in seen.acked and part == "relative":
            seen.edited.setdefault((number, part), time.monotonic())
        if part == "worker" and item["op"] == "message":
            token = next(one["token"] for one in card["actions"] if one["id"] == ACKNOWLEDGE)
            task = asyncio.create_task(_acknowledges(hand, token, number, seen))
            pressing.add(task)
            task.add_done_callback(pressing.discard)


async def _acknowledges(hand: Hand, token: str, number: int, seen: Seen) -> None:
    seen.acked[number] = time.monotonic()
    await hand.presses(token)


def _report(seen: Seen) -> Report:
    cards = [(at - seen.sent[number]) * 1000 for (number, _), at in seen.shown.items()]
    edits = [(at - seen.acked[number]) * 1000 for (number, _), at in seen.edited.items()]
    figures = {
        "cards": len(cards),
        "card_p50_ms": round(percentile(cards, 0.5)),
        "card_p95_ms": round(percentile(cards, 0.95)),
        "card_p99_ms": round(percentile(cards, 0.99)),
        "edits": len(edits),
        "edit_p50_ms": round(percentile(edits, 0.5)),
        "edit_max_ms": round(max(edits, default=0)),
    }
    kept = (
        len(cards) == 2 * ALARMS
        and len(edits) == ALARMS
        and figures["card_p95_ms"] <= 1_000
        and figures["card_p99_ms"] <= 2_000
        and figures["edit_max_ms"] <= 2_000
    )
    return Report("card", figures, BUDGET, kept)
