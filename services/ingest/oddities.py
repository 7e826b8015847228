"""What is odd about messages that were read all the same: keys nobody knows, clocks that lie."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from core.crypto import keyring, seal_json
from core.db import Session, sql
from core.metrics import UNKNOWN_KEYS, WRONG_CLOCKS
from services.ingest.rows import Row

MOST_KEYS: Final = 500  # of one source: strangers choose keys
_KEY: Final = "unknown_key.key"
_CLAIMED: Final = "wrong_clock.claimed"


async def note_keys(session: Session, keys: Counter[tuple[str, str]], *, now: datetime) -> None:
    """Count keys (source, key) that nobody understood; a known one always, new ones up to a bound."""
    if not keys:
        return
    UNKNOWN_KEYS.inc(keys.total())
    ordered = sorted(keys)
    index = keyring().index
    await session.execute(
        sql(
            """
            INSERT INTO unknown_key AS u (source, key_index, key, messages, first_seen, last_seen)
            SELECT w.source, w.i, w.k, w.n, :now, :now
            FROM unnest(CAST(:sources AS text[]), CAST(:indexes AS bytea[]),
                        CAST(:keys AS bytea[]), CAST(:counts AS int[])) AS w(source, i, k, n)
            WHERE (SELECT count(*) FROM unknown_key o WHERE o.source = w.source) < :most
               OR EXISTS (SELECT 1 FROM unknown_key o
                          WHERE o.source = w.source AND o.key_index = w.i)
            ON CONFLICT (source, key_index) DO UPDATE
            SET messages = u.messages + excluded.messages, last_seen = excluded.last_seen
            """
        ),
        {
            "now": now, "most": MOST_KEYS,
            "sources": [source for source, _ in ordered],
            "indexes": [index(key, "unknown_key.key_index") for _, key in ordered],
            "keys": [seal_json(key, _KEY) for _, key in ordered],
            "counts": [keys[one] for one in ordered],
        },
    )  # fmt: skip


async def note_clocks(session: Session, rows: Sequence[Row], *, now: datetime) -> None:
    """Keep what a device's clock claimed that could not be right; its readings bear our time."""
    wrong: dict[UUID, str] = {}
    times: Counter[UUID] = Counter()
    for message, known in {(row.message.digest, row.known.id): (row.message, row.known.id)
                           for row in rows if row.message.claimed}.values():  # fmt: skip
        wrong[known] = message.claimed
        times[known] += 1
    if not wrong:
        return
    WRONG_CLOCKS.inc(times.total())
    ordered = sorted(wrong)
    await session.execute(
        sql(
            """
            INSERT INTO wrong_clock AS c (device_id, claimed, messages, first_seen, last_seen)
            SELECT d, k, n, :now, :now
            FROM unnest(CAST(:devices AS uuid[]), CAST(:claims AS bytea[]),
                        CAST(:counts AS int[])) AS w(d, k, n)
            ON CONFLICT (device_id) DO UPDATE
            SET claimed = excluded.claimed, messages = c.messages + excluded.messages,
                last_seen = excluded.last_seen
            """
        ),
        {
            "now": now, "devices": ordered,
            "claims": [seal_json(wrong[device], _CLAIMED) for device in ordered],
            "counts": [times[device] for device in ordered],
        },
    )  # fmt: skip
