"""The demo's panel: rings a simulated device through the real broker. Absent outside the demo."""

from typing import Any, Literal
from uuid import UUID

import aiomqtt
import orjson
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from bot.deps import InStack
from bot.stack import Stack
from core.errors import UserError
from core.mqtt import address
from services import demo

# A confirmation waits until the broker has saved, which takes its time on a busy disk.
CONFIRMED_S = 15

router = APIRouter(prefix="/api/demo", include_in_schema=False)


class Ring(BaseModel):
    """The device to ring and as what."""

    model_config = ConfigDict(extra="forbid")
    device: UUID
    kind: Literal["smoke", "gas", "sos"]


class Clear(BaseModel):
    """The device that is to report that all is well."""

    model_config = ConfigDict(extra="forbid")
    device: UUID


@router.get("")
async def panel(stack: InStack) -> dict[str, Any]:
    """List the devices that can be rung, and say where the phones of the demo's vendors are."""
    async with stack.db.reading() as session:
        devices = await demo.ringable(session)
    return {"demo": True, "devices": devices, "phones": stack.settings.phones_url}


@router.post("/ring")
async def ring(body: Ring, stack: InStack) -> dict[str, Any]:
    """Let a device raise its alarm."""
    return await _publish(stack, body.device, body.kind, active=True)


@router.post("/clear")
async def clear(body: Clear, stack: InStack) -> dict[str, Any]:
    """Let a device report that its alarm is over."""
    async with stack.db.reading() as session:
        kind = await demo.alarm_metric(session, body.device)
    return await _publish(stack, body.device, kind, active=False)


async def _publish(stack: Stack, device: UUID, metric: str, *, active: bool) -> dict[str, Any]:
    async with stack.db.reading() as session:
        topic, payload = await demo.message(session, device, metric, active=active)
    try:
        async with aiomqtt.Client(
            **address(stack.settings.mqtt_url), timeout=CONFIRMED_S
        ) as client:
            await client.publish(topic, orjson.dumps(payload), qos=1)
    except aiomqtt.MqttError:
        raise UserError("broker-unreachable", status=503) from None
    return {"ok": True, "topic": topic, "payload": payload}
