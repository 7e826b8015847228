"""Data keys: made, added, counted, rotated."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable

from core.crypto import keyring, use_keyring
from core.db import Database
from core.settings import Settings
from ops import rotation
from ops.stack import added_key, joined, new_keys

Say = Callable[[str], None]
_EVERY_S = 1.0


def run(action: str, *, batch: int, demo: bool, say: Say) -> int:
    """Do one of `new`, `add`, `list` and `rotate`; returns the exit code."""
    if action == "new":
        say(new_keys().rstrip())
        return 0
    if action == "add":
        if (line := added_key(Settings())) is not None:
            say(line)
        return 0
    with joined(demo=demo) as settings:
        use_keyring(settings.keyring)
        if action == "list":
            return asyncio.run(_list(settings, say))
        return asyncio.run(_rotate(settings, batch, say))


async def _list(settings: Settings, say: Say) -> int:
    db = Database(settings.database_url)
    try:
        found = await rotation.census(db, settings.home / "media")
    finally:
        await db.aclose()
    ring = keyring()
    total = sum(found.values(), Counter[int]())
    for version in sorted({*ring.ciphers, *total}):
        traits = [
            "seals what is written" if version == ring.writes else "opens only",
            "look-ups derive from it: it must stay" if version == min(ring.ciphers) else "",
        ]
        known = ", ".join(filter(None, traits))
        says = known if version in ring.ciphers else "NOT IN LINLING_DATA_KEYS: does not open"
        say(f"key {version}: {total[version]} values; {says}")
    for name, versions in sorted(found.items()):
        for version, many in sorted(versions.items()):
            say(f"{name} key {version}: {many}")
    return 0


async def _rotate(settings: Settings, batch: int, say: Say) -> int:
    db, folder = Database(settings.database_url, pool=2), settings.home / "media"
    try:
        outcome = await rotation.rotate(db, folder, batch=batch, tell=_Teller())
        found = await rotation.census(db, folder)
    finally:
        await db.aclose()
    writes = keyring().writes
    say(f"{outcome.moved} values sealed anew under key {writes}")
    for name, versions in sorted(found.items()):
        stay = versions.total() - versions[writes]
        if stay and (why := rotation.FROZEN.get(name.partition(".")[0])):
            say(f"{name}: {stay} stay under their key: {why}")
    for name, many in sorted(outcome.broken.items()):
        say(f"{name}: {many} do not open with any key and were left as they are")
    for name, many in sorted(outcome.held.items()):
        say(f"{name}: {many} were held by others all the time; run this again")
    return 1 if outcome.broken or outcome.held else 0


class _Teller:
    """Says how far it is, once a second at most, on standard error."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, text: str) -> None:
        if (now := time.monotonic()) >= self._next:
            self._next = now + _EVERY_S
            sys.stderr.write(f"{text}\n")
