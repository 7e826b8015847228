"""python -m worker [--only mqtt,outbox,schedule,telegram]."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvloop

from channels.recorder import Recorder
from channels.registry import channels, close, warm
from channels.speech import Speech
from channels.telegram import check
from core import collector, log
from core.bus import RedisBus
from core.clock import use_timezone
from core.crypto import use_keyring
from core.db import Database
from core.log import logger
from core.settings import Settings
from services.access import SharedTokens
from worker import mqtt, outbox, probes, schedule, telegram
from worker.stack import Stack

Part = Callable[[Stack], Awaitable[object]]
PARTS: dict[str, Part] = {
    "mqtt": mqtt.run,
    "outbox": outbox.run,
    "schedule": schedule.run,
    telegram.NAME: telegram.run,
}
# Parts of which only one may run at a time, wherever the processes are.
LED = frozenset({"mqtt", "schedule", telegram.NAME})
_AGAIN_S = 1.0


async def keep_running(name: str, stack: Stack) -> None:
    """Run a part for ever: wait for its leadership, start it again when it fails."""
    while True:
        try:
            if name not in LED:
                await PARTS[name](stack)
            async with stack.db.leadership(name) as lost:
                await _until_lost(PARTS[name](stack), lost)
        except Exception as error:  # noqa: BLE001  a part that fails is logged and started again
            logger().warning("worker.part_restarts", part=name, exc=error)
        await asyncio.sleep(_AGAIN_S)


async def _until_lost(work: Awaitable[object], lost: Awaitable[None]) -> None:
    """Work until done or until the leadership is lost; whatever ends first ends both."""
    tasks = {asyncio.ensure_future(work), asyncio.ensure_future(lost)}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def serve(settings: Settings, parts: list[str]) -> None:
    """Run the parts until SIGTERM or SIGINT."""
    bus = RedisBus(settings.redis_url)
    db = Database(settings.database_url, bus=bus)
    speech = Speech(settings.asr) if settings.asr.base_url else None
    recorder = Recorder(settings.frigate) if settings.frigate.base_url else None
    if recorder is None:
        logger().info("snapshots.off", unset="LINLING_FRIGATE__BASE_URL")
    stack = Stack(
        settings, db, bus, channels(settings, SharedTokens(db)), speech.hear if speech else None,
        recorder.snapshot if recorder else None,
    )  # fmt: skip
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    collector.spare()
    tasks = [asyncio.create_task(keep_running(name, stack)) for name in parts]
    tasks.append(asyncio.create_task(warm(stack.channels)))
    if settings.worker_port:
        tasks.append(asyncio.create_task(probes.run(stack, settings.worker_port)))
    await stop.wait()
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    await close(stack.channels)
    if recorder is not None:
        await recorder.aclose()
    await stack.db.aclose()
    await bus.aclose()


def main() -> int:
    """Parse the options, check the keys, serve."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    settings = Settings()
    wanted = [name for name in PARTS if name != telegram.NAME or telegram.wanted(settings)]
    parser.add_argument("--only", default=",".join(wanted), help="parts, by commas")
    parts = parser.parse_args().only.split(",")
    if unknown := sorted(set(parts) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if absent := sorted(set(parts) - set(wanted)):
        parser.error(f"{', '.join(absent)}: LINLING_TELEGRAM__TOKEN is not set, or MODE=webhook")
    log.configure(settings.log_level)
    try:
        use_keyring(settings.keyring)
        use_timezone(settings.timezone)
        settings.require_addresses("database_url", "redis_url")
        check(settings)
        if "mqtt" in parts:
            settings.require_addresses("mqtt_url")
    except (RuntimeError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    uvloop.run(serve(settings, parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
