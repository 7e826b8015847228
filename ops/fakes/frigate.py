"""A recorder with Frigate's HTTP interface: it has a picture of what it told of on the broker.

Source: Frigate's "HTTP API" page. Pictures are drawn, as there is no camera: the label in a frame.
"""

import asyncio
import io
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

import aiomqtt
import orjson
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from PIL import Image, ImageDraw

from core.mqtt import address
from ops.fakes.phone import Faults
from ops.fakes.transport import Vanished

TOPIC = "frigate/events"
_KEPT = 500
_SIZE = (1280, 720)
_BOX = (420, 300, 860, 620)
_AGAIN_S = 1.0


@dataclass
class FakeFrigate:
    """The recorder's memory: of each event its camera and label; those without a picture too."""

    events: "OrderedDict[str, tuple[str, str]]" = field(default_factory=OrderedDict)
    unseen: set[str] = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    calls: int = 0

    def hear(self, payload: bytes) -> None:
        """Remember an event as it was published; anything else is not one."""
        try:
            after = orjson.loads(payload)["after"]
            event, camera, label = (str(after[key]) for key in ("id", "camera", "label"))
        except (ValueError, KeyError, TypeError):
            return
        self.events[event] = (camera, label)
        while len(self.events) > _KEPT:
            self.events.popitem(last=False)

    def picture(self, event: str, *, framed: bool) -> bytes | None:
        """Draw what was seen; None for what was never told of, or has no picture."""
        if event not in self.events or event in self.unseen:
            return None
        camera, label = self.events[event]
        drawn = Image.new("RGB", _SIZE, (86, 96, 104))
        pen = ImageDraw.Draw(drawn)
        pen.polygon([(0, 720), (1280, 720), (880, 260), (400, 260)], fill=(58, 60, 64))
        pen.rounded_rectangle(_BOX, 40, fill=(150, 60, 52))
        if framed:
            pen.rectangle(_BOX, outline=(255, 214, 0), width=4)
            pen.text((_BOX[0], _BOX[1] - 40), label, fill=(255, 214, 0), font_size=32)
        pen.text((20, 20), f"{camera}  {event}", fill=(255, 255, 255), font_size=28)
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=70)
        return out.getvalue()


def create_app(fake: FakeFrigate) -> FastAPI:
    """Serve the interface, with its bad moments."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/api/version")
    async def version() -> PlainTextResponse:
        return PlainTextResponse("0.16.2-fake")

    @app.get("/api/events/{event}/snapshot.jpg")
    async def snapshot(event: str, bbox: int = 0) -> Response:
        fake.calls += 1
        fault = fake.faults.strike()
        if fault in {"timeout_before", "timeout_after", "reset"}:
            raise Vanished
        if fault is not None:
            return Response(status_code=int(fault))
        jpeg = fake.picture(event, framed=bool(bbox))
        if jpeg is None:
            return JSONResponse({"success": False, "message": "Event not found"}, 404)
        return Response(jpeg, media_type="image/jpeg")

    return app


async def listen(
    fake: FakeFrigate, mqtt_url: str, *, ready: Callable[[], object] = int
) -> NoReturn:
    """Hear on the broker what a recorder would have published itself; outlives the broker."""
    while True:
        try:
            async with aiomqtt.Client(**address(mqtt_url)) as client:
                await client.subscribe(TOPIC, qos=1)
                ready()
                async for message in client.messages:
                    if isinstance(message.payload, bytes):
                        fake.hear(message.payload)
        except aiomqtt.MqttError:
            await asyncio.sleep(_AGAIN_S)
